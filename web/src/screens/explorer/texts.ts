import type { Limits } from "./editors";
import type { CauseId, ProblemId } from "./logic/diagnosis";
import type { Kind } from "./logic/schema";
import type { Mistake } from "./logic/validate";

type MistakeKind = Mistake["kind"];

const kinds: Record<Kind, string> = { string: "text", integer: "whole number", number: "number", boolean: "true or false", object: "structure", array: "list" };
const mistakes: Record<MistakeKind, (accepted: string) => string> = {
  unknown: (accepted) => `not known here; known: ${accepted}`,
  missing: (accepted) => `is required (${accepted})`,
  type: (accepted) => `must be ${accepted}`,
  range: (accepted) => `must be ${accepted}`,
  choice: (accepted) => `must be one of ${accepted}`,
  count: (accepted) => `must have ${accepted}`,
  nul: () => "must not hold NUL",
  filter: (accepted) => `no such filter here; known: ${accepted}`,
  time: (accepted) => `must be a time: ${accepted}`,
};
const problems: Record<ProblemId, string> = {
  unsigned: "The request has no signature.", skip: "It is sent as unsigned (SKIP).", malformed: "The Authorization header is not in the form of the algorithm.",
  "no-timestamp": "X-TC-Timestamp is missing.", milliseconds: "The timestamp is in milliseconds; it must be in seconds.", skew: "The clock is more than five minutes off.",
  date: "The date of the credential scope is not that of the timestamp in UTC.", "host-unsigned": "host is not among the signed headers.", "type-unsigned": "content-type is not among the signed headers.",
  unsorted: "The signed headers are not in alphabetical order.", "upper-names": "The names of signed headers are not in lower case.", "not-sent": "A signed header was not sent.",
  service: "The service of the scope is not served here.", "secret-space": "There is white space around the secret.", "secret-quotes": "There are quotes around the secret.",
  "id-space": "There is white space around the SecretId.", file: "The body is in a file that is not here.", variable: "A shell variable is not filled in.", length: "Content-Length is not that of the body.",
  "default-type": "curl adds Content-Type: application/x-www-form-urlencoded when none is named.", method: "The method is neither GET nor POST.", plus: "A + in the signature arrived as a space: percent-encode it.",
  "v1-method": "SignatureMethod is none of HmacSHA1 and HmacSHA256.",
};
const causes: Record<CauseId, string> = {
  "secret-space": "white space was signed as part of the SecretKey", "secret-quotes": "quotes were signed as part of the SecretKey", "secret-prefix": "the secret was used without TC3 before it", "keys-hex": "derived keys were used as hex text, not as bytes",
  "hmac-swapped": "key and message of an HMAC are swapped", host: "another host was signed than was asked", "host-port": "the host was signed with another port", "content-type": "another Content-Type was signed than was sent",
  "header-order": "headers were signed in another order", "header-missing": "a header was left out of what was signed", "header-case": "headers were signed in another case", "no-blank-line": "the blank line after the headers is missing",
  "query-order": "the query was signed in another order", "query-encoding": "the query was encoded in another way", "query-left-out": "the query was not signed", uri: "another path than / was signed", method: "another method was signed",
  "payload-space": "the body was signed with other white space", "payload-compact": "the body was signed without spaces", "payload-python": "the body was signed as Python writes JSON", "payload-ascii": "the body was signed with \\u escapes",
  "payload-empty": "an empty body was signed", "payload-unsigned": "UNSIGNED-PAYLOAD was signed", "payload-crlf": "line ends of the body differ", "payload-query": "the query was signed as the body", "hash-upper": "a hash is in upper case",
  timestamp: "another timestamp was signed", "scope-date": "another date was in the scope", "key-date": "the key was derived with another date", service: "another service was signed", base64: "the signature is in base64, not in hex",
  algorithm: "another algorithm was used", "v1-encoded": "values were encoded before signing", "v1-unsorted": "parameters were not sorted", "v1-slash": "/? between host and parameters is missing", "v1-digest": "the other digest was used",
  "v1-signature": "Signature itself was signed", "v1-url-encoded": "the signature was not percent-encoded: its + arrived as a space",
};

const en = {
  noSchema: "The server did not give the description of its API.",
  title: "API Explorer",
  search: "Find an action", searchHint: "Name or what it does", actions: "Actions", noAction: "No action is called so.", notServed: "not served here",
  services: { cwp: "cwp - Tencent Cloud's API", hostward: "hostward - what is besides" },
  request: "Request", served: "served", changes: "changes something", lacks: (permission: string) => `you lack ${permission}`,
  example: "Example", chooseExample: "fill in ...", onlyRequired: "Required only", noParameters: "It takes no parameters.", parametersJson: "Parameters as JSON",
  notObject: "This is no JSON object.",
  notJson: (reason: "syntax" | "twice" | "deep", line: number, column: number, member: string) =>
    reason === "twice" ? `Line ${line}: ${member} is there twice.` : reason === "deep" ? `Line ${line}: too deep.` : `Line ${line}, column ${column}: this is no JSON.`,
  caller: "Caller", bySession: "This session", byKey: "A key, signed here", noCrypto: "This browser signs only over HTTPS or on localhost.", keyKept: "Held in memory by this page alone, gone on reload.", keyMissing: "Fill in SecretId and SecretKey.",
  common: "Common parameters", regionHint: "Taken and not used: there are no regions here.", consoleLanguage: "the console's", tokenHint: "Of temporary keys.", endpoint: "Endpoint", endpointHint: "In programs and signatures.",
  wouldSay: (code: string, path: string) => `The server would say ${code}: ${path}.`, anyway: "Send it anyway", send: "Send",
  required: "required", kinds, limits: (limits: Limits) => limitWords(limits, { from: "from", to: "to", items: "items" }), standard: (standard: string) => (standard ? `default ${standard}` : ""),
  unsent: (standard: string) => (standard ? `not sent (${standard})` : "not sent"), sentEmpty: "sent as empty text", mistake: (kind: MistakeKind, accepted: string) => mistakes[kind](accepted),
  add: "Add", addTo: (name: string) => `Add to ${name}`, addFilter: "Add a filter", remove: (name: string) => `Remove ${name}`, fillIn: "Fill in", leaveOut: "Leave out", orValue: "or", exactMatch: "Whole value",
  tabs: { call: "Call", signature: "Signature", code: "Code", docs: "Docs", errors: "Errors", mock: "Mock", history: "History" }, tabsLabel: "About this action",
  notCalled: "Send the request, and the answer is shown here.", noAnswer: "The server did not answer.", pretty: "Answer", view: "View", views: { pretty: "Tree", table: "Table", raw: "Raw", headers: "Headers" },
  noJson: "The answer is not JSON of this API.", list: "List", copied: "Copied", notCopied: "The browser did not let it be copied.", copy: "Copy", rate: (n: number, most: number) => `${n} of ${most} this second`,
  askTitle: (name: string) => `Call ${name}?`, askBody: "This action changes something on this server, for real.", askVerb: "Call it", copyCurl: "As curl",
  exampleKey: "Signed with the key of the documentation's examples: choose \"A key\" on the left to sign with yours.", step1: "1. Canonical request", step2: "2. String to sign", step3: "3. Derived keys", step4: "4. Authorization", hashed: "Its SHA-256",
  v1Text: "String to sign", v1Made: "Signature", v1Escaped: "The signature is percent-encoded there.", whole: "Whole request", way: "Method", timestamp: "Timestamp", useNow: "Now", notSeconds: "Whole seconds since 1970", ownKey: "Signed in this browser with the key on the left.", keysSecret: "The last one signs. They work for a day: keep them secret.", paste: "Why is my request refused?", pasteHint: "A curl command, or the request as HTTP, with its Authorization header.", pasteSecret: "Its SecretKey", pasteRun: "Explain",
  unreadable: { empty: "Paste a request first.", form: "This is neither a curl command nor HTTP.", quote: "A quote is not closed.", "no-address": "No address is named." },
  matches: "The signature is right.", differs: "The signature is not the one this server makes.", explained: "It is explained by:", unexplained: "None of the usual mistakes explains it: compare the two texts, and check the SecretKey.", ours: "as the server reads it", theirs: "as it was signed", rightOne: "The right one",
  problems, causes, language: "Language",
  parameters: "Parameters", answerMembers: "Answer", permission: "Permission", roles: "Roles", unitOf: (unit: string) => `in ${unit}`, noMembers: "None.",
  remedy: "What to do", tryIt: "Try it", neverSent: "Codes of the API that this server never sends", provokeHint: "Try it sends a harmless request that is refused with the code. With a key there are more.", wasAnswered: "answered, not refused",
  fromExample: (name: string) => `A golden example: ${name}`, made: "Made from the schema", another: "Next", fromSchema: "Only from the schema", seed: "Seed",
  noHistory: "Nothing was called from here yet.", forget: "Forget all", historyHint: "The last 50 calls from this browser. Secrets are not kept.", action: "Action", at: "When", outcome: "Outcome", byKeyShort: "A key",
};

const zhKinds: Record<Kind, string> = { string: "字符串", integer: "整数", number: "数字", boolean: "布尔值", object: "结构", array: "数组" };
const zhMistakes: Record<MistakeKind, (accepted: string) => string> = {
  unknown: (accepted) => `未知参数；可用：${accepted}`, missing: (accepted) => `必填（${accepted}）`, type: (accepted) => `类型应为 ${accepted}`, range: (accepted) => `取值应为 ${accepted}`, choice: (accepted) => `取值应为 ${accepted} 之一`,
  count: (accepted) => `数量应为 ${accepted}`, nul: () => "不能包含 NUL 字符", filter: (accepted) => `没有该过滤条件；可用：${accepted}`, time: (accepted) => `时间格式：${accepted}`,
};
const zhProblems: Record<ProblemId, string> = {
  unsigned: "请求没有签名。", skip: "以 SKIP 方式发送，未签名。", malformed: "Authorization 头不符合算法格式。", "no-timestamp": "缺少 X-TC-Timestamp。", milliseconds: "时间戳为毫秒，应为秒。", skew: "时钟偏差超过五分钟。",
  date: "凭证范围中的日期与时间戳（UTC）不一致。", "host-unsigned": "host 未参与签名。", "type-unsigned": "content-type 未参与签名。", unsorted: "参与签名的头未按字母顺序排列。", "upper-names": "参与签名的头名不是小写。", "not-sent": "某个参与签名的头没有发送。",
  service: "凭证范围中的服务在此不存在。", "secret-space": "密钥前后有空白。", "secret-quotes": "密钥前后有引号。", "id-space": "SecretId 前后有空白。", file: "请求体在文件中，无法读取。", variable: "命令中的变量没有替换。", length: "Content-Length 与请求体不符。",
  "default-type": "未指定时 curl 会添加 Content-Type: application/x-www-form-urlencoded。", method: "请求方法既不是 GET 也不是 POST。", plus: "签名中的 + 被当作空格，请进行编码。", "v1-method": "SignatureMethod 不是 HmacSHA1 或 HmacSHA256。",
};
const zhCauses: Record<CauseId, string> = {
  "secret-space": "空白字符被当作 SecretKey 的一部分", "secret-quotes": "引号被当作 SecretKey 的一部分", "secret-prefix": "密钥前缺少 TC3", "keys-hex": "派生密钥使用了十六进制文本而不是字节", "hmac-swapped": "某次 HMAC 的密钥与消息颠倒", host: "签名的主机与请求的不同", "host-port": "签名的主机端口不同",
  "content-type": "签名的 Content-Type 与发送的不同", "header-order": "头的顺序不同", "header-missing": "漏签了某个头", "header-case": "头的大小写与签名时不同", "no-blank-line": "头之后缺少空行", "query-order": "查询参数顺序不同", "query-encoding": "查询参数编码方式不同",
  "query-left-out": "查询参数未参与签名", uri: "签名的路径不是 /", method: "签名的方法不同", "payload-space": "签名的请求体空白不同", "payload-compact": "签名的请求体没有空格", "payload-python": "签名的请求体是 Python 的 JSON 写法", "payload-ascii": "签名的请求体使用了 \\u 转义",
  "payload-empty": "签名的是空请求体", "payload-unsigned": "签名的是 UNSIGNED-PAYLOAD", "payload-crlf": "请求体换行符不同", "payload-query": "把查询参数当作请求体签名", "hash-upper": "哈希使用了大写", timestamp: "签名的时间戳不同", "scope-date": "凭证范围的日期不同",
  "key-date": "派生密钥使用了其他日期", service: "签名的服务不同", base64: "签名是 base64 而不是十六进制", algorithm: "使用了其他算法", "v1-encoded": "签名前对值做了编码", "v1-unsorted": "参数没有排序", "v1-slash": "? 之前缺少 /", "v1-digest": "使用了另一种摘要算法",
  "v1-signature": "把 Signature 本身也签了", "v1-url-encoded": "签名未做 URL 编码，其中的 + 变成了空格",
};

const zh: typeof en = {
  noSchema: "服务器没有返回接口说明。",
  title: "API Explorer",
  search: "查找接口", searchHint: "接口名或用途", actions: "接口列表", noAction: "没有这样的接口。", notServed: "此处未提供",
  services: { cwp: "cwp - 腾讯云 API", hostward: "hostward - 自有接口" },
  request: "请求", served: "已提供", changes: "会产生变更", lacks: (permission) => `缺少权限 ${permission}`,
  example: "示例", chooseExample: "填入 ...", onlyRequired: "仅必填", noParameters: "该接口没有参数。", parametersJson: "JSON 参数",
  notObject: "不是 JSON 对象。",
  notJson: (reason, line, column, member) => (reason === "twice" ? `第 ${line} 行：${member} 重复。` : reason === "deep" ? `第 ${line} 行：嵌套过深。` : `第 ${line} 行第 ${column} 列：不是 JSON。`),
  caller: "调用身份", bySession: "当前会话", byKey: "使用密钥签名", noCrypto: "仅在 HTTPS 或 localhost 下可在浏览器中签名。", keyKept: "仅保存在本页内存中，刷新即清除。", keyMissing: "请填写 SecretId 与 SecretKey。",
  common: "公共参数", regionHint: "可以填写但不起作用：此处没有地域。", consoleLanguage: "跟随控制台", tokenHint: "用于临时密钥。", endpoint: "接入地址", endpointHint: "用于代码与签名。",
  wouldSay: (code, path) => `服务端将返回 ${code}：${path}。`, anyway: "仍然发送", send: "发起调用",
  required: "必填", kinds: zhKinds, limits: (limits) => limitWords(limits, { from: "最小", to: "最大", items: "项" }), standard: (standard) => (standard ? `默认 ${standard}` : ""),
  unsent: (standard) => (standard ? `不发送（${standard}）` : "不发送"), sentEmpty: "以空字符串发送", mistake: (kind, accepted) => zhMistakes[kind](accepted),
  add: "添加", addTo: (name) => `添加到 ${name}`, addFilter: "添加过滤条件", remove: (name) => `移除 ${name}`, fillIn: "填写", leaveOut: "不发送", orValue: "或", exactMatch: "完全匹配",
  tabs: { call: "在线调用", signature: "签名串", code: "代码", docs: "文档", errors: "错误码", mock: "模拟数据", history: "历史" }, tabsLabel: "关于该接口",
  notCalled: "发起调用后，这里显示返回结果。", noAnswer: "服务器没有响应。", pretty: "返回结果", view: "显示方式", views: { pretty: "树形", table: "表格", raw: "原文", headers: "响应头" },
  noJson: "返回内容不是本接口的 JSON。", list: "列表", copied: "已复制", notCopied: "浏览器不允许复制。", copy: "复制", rate: (n, most) => `本秒内 ${n} / ${most} 次调用`,
  askTitle: (name) => `调用 ${name}？`, askBody: "该接口会在本服务器上产生实际变更。", askVerb: "调用", copyCurl: "复制为 curl",
  exampleKey: "使用文档示例密钥签名；如需使用自己的密钥，请在左侧选择“使用密钥签名”。", step1: "1. 规范请求串", step2: "2. 待签名字符串", step3: "3. 派生密钥", step4: "4. Authorization", hashed: "其 SHA-256",
  v1Text: "待签名字符串", v1Made: "签名", v1Escaped: "其中的签名已做 URL 编码。", whole: "完整请求", way: "签名方法", timestamp: "时间戳", useNow: "当前时间", notSeconds: "应为 1970 年以来的整秒数", ownKey: "在浏览器中使用左侧的密钥签名。", keysSecret: "最后一个用于签名。派生密钥在当天有效，请勿泄露。", paste: "我的请求为什么被拒绝？", pasteHint: "粘贴 curl 命令或 HTTP 原文，包含 Authorization 头。", pasteSecret: "对应的 SecretKey", pasteRun: "分析",
  unreadable: { empty: "请先粘贴请求。", form: "既不是 curl 命令也不是 HTTP 原文。", quote: "引号没有闭合。", "no-address": "没有地址。" },
  matches: "签名正确。", differs: "签名与服务端计算的不一致。", explained: "原因：", unexplained: "常见错误都无法解释，请对比两段文本并检查 SecretKey。", ours: "服务端的计算", theirs: "实际签名内容", rightOne: "正确的值",
  problems: zhProblems, causes: zhCauses, language: "语言",
  parameters: "输入参数", answerMembers: "输出参数", permission: "所需权限", roles: "角色", unitOf: (unit) => `单位：${unit}`, noMembers: "无。",
  remedy: "处理方法", tryIt: "试一试", neverSent: "接口约定中本服务器不会返回的错误码", provokeHint: "“试一试”会发送一个无害的、将以该错误码被拒绝的请求；使用密钥时可试的更多。", wasAnswered: "已正常返回",
  fromExample: (name) => `标准示例：${name}`, made: "根据结构生成", another: "下一个", fromSchema: "仅按结构生成", seed: "种子",
  noHistory: "还没有从这里发起过调用。", forget: "全部清除", historyHint: "本浏览器最近 50 次调用，不保存密钥等敏感信息。", action: "接口", at: "时间", outcome: "结果", byKeyShort: "密钥",
};

/** "from 1 to 100, in seconds, 1-5 items". */
function limitWords({ least, most, unit, items, format }: Limits, words: { from: string; to: string; items: string }): string {
  const range = [least && `${words.from} ${least}`, most && `${words.to} ${most}`].filter(Boolean).join(" ");
  const count = items ? `${items[0]}-${items[1]} ${words.items}` : "";
  return [range, unit, count, format].filter(Boolean).join(", ");
}

export const texts = { en, zh };
