/** A CVSS vector's base metrics in words, versions 2, 3 and 4: "over the network, no privileges needed". */
import type { Language } from "@/lib/i18n";

type Words = Record<Language, string>;
const says = (en: string, zh: string): Words => ({ en, zh });

const HOW_MUCH: [string, Words][] = [["H", says("high", "高")], ["C", says("complete", "完全")], ["L", says("low", "低")], ["P", says("partial", "部分")], ["N", says("none", "无")]];
const EFFECTS: Record<string, Words> = { C: says("confidentiality", "机密性"), I: says("integrity", "完整性"), A: says("availability", "可用性") };
const WORDS: Record<string, Words> = {
  "AV:N": says("over the network", "可远程利用"),
  "AV:A": says("from the same network", "需在相邻网络"),
  "AV:L": says("on the machine itself", "需本地访问"),
  "AV:P": says("with hands on the machine", "需物理接触"),
  "AC:L": says("easy to exploit", "利用难度低"),
  "AC:M": says("of medium difficulty", "利用难度中"),
  "AC:H": says("hard to exploit", "利用难度高"),
  "AT:P": says("needs a certain situation", "需特定条件"),
  "PR:N": says("no privileges needed", "无需权限"),
  "PR:L": says("needs a plain account", "需普通权限"),
  "PR:H": says("needs an administrator", "需管理员权限"),
  "AU:N": says("no sign-in needed", "无需认证"),
  "AU:S": says("needs a sign-in", "需认证"),
  "AU:M": says("needs several sign-ins", "需多次认证"),
  "UI:N": says("nobody has to do anything", "无需用户操作"),
  "UI:R": says("somebody has to be led to act", "需用户操作"),
  "UI:P": says("somebody has to act", "需用户操作"),
  "UI:A": says("somebody has to be led to act", "需用户主动操作"),
  "S:C": says("reaches beyond its component", "影响超出自身组件"),
};

/** [] where the text is no such vector. */
export function inWords(vector: string, language: Language): string[] {
  const parts = vector.replace(/^\(|\)$/g, "").split("/").map((part) => part.toUpperCase());
  const said = parts.map((part) => WORDS[part]?.[language]).filter((word) => word !== undefined);
  const harm: string[] = [];
  for (const part of parts) {
    // Version 4 tells the vulnerable system's own apart: VC, VI, VA.
    const found = /^V?([CIA]):([HCLPN])$/.exec(part);
    const effect = found && EFFECTS[found[1] ?? ""];
    const much = found && HOW_MUCH.find(([letter]) => letter === found[2])?.[1];
    if (effect && much && found?.[2] !== "N") harm.push(language === "zh" ? `${effect.zh}影响${much.zh}` : `${much.en} harm to ${effect.en}`);
  }
  return [...said, ...harm];
}
