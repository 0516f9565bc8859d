/** Splits code into coloured tokens: one rule a language family, and nothing about grammar. */
import type { CodeLanguage } from "./props";

export type Kind = "note" | "text" | "number" | "key" | "name" | "plain";
export interface Token { kind: Kind; text: string }
interface Rule { note: string; text: string; keys: string; caseless?: boolean }

const STRINGS = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
const C_NOTE = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const C_KEYS = "if|else|for|while|do|switch|case|default|break|continue|return|new|true|false|null|this|class|try|catch|finally|throw|static|public|private|final|void|int|long|boolean|var|import|package";

const RULES: Partial<Record<CodeLanguage, Rule>> = {
  python: {
    note: String.raw`#[^\n]*`, text: `"""[\\s\\S]*?"""|'''[\\s\\S]*?'''|[rbf]?(?:${STRINGS})`,
    keys: "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|False|finally|for|from|if|import|in|is|lambda|None|not|or|pass|raise|return|True|try|while|with|yield",
  },
  js: {
    note: C_NOTE, text: `${STRINGS}|\`(?:\\\\[\\s\\S]|[^\`\\\\])*\``,
    keys: `${C_KEYS}|const|let|function|async|await|of|in|typeof|undefined|export|from|require|extends`,
  },
  go: {
    note: C_NOTE, text: `${STRINGS}|\`[^\`]*\``,
    keys: "break|case|chan|const|continue|default|defer|else|fallthrough|for|func|go|if|import|interface|map|nil|package|range|return|select|string|struct|switch|true|false|type|var|error|int|int64|uint64|bool",
  },
  java: { note: C_NOTE, text: STRINGS, keys: `${C_KEYS}|extends|implements|throws|String` },
  csharp: { note: C_NOTE, text: `[@$]?"(?:\\\\.|[^"\\\\])*"|${STRINGS}`, keys: `${C_KEYS}|using|namespace|string|async|await|Task|bool` },
  php: { note: `${C_NOTE}|#[^\\n]*`, text: STRINGS, keys: `${C_KEYS}|use|namespace|function|echo|array|require_once|<\\?php` },
  shell: {
    note: String.raw`(?<=^|\s)#[^\n]*`, text: String.raw`"(?:\\[\s\S]|[^"\\])*"|'[^']*'`,
    keys: "if|then|else|fi|for|in|do|done|while|case|esac|function|export|local|return|sudo|curl|printf|echo",
  },
  json: { note: "(?!)", text: STRINGS, keys: "true|false|null" },
  http: { note: "(?!)", text: STRINGS, keys: "GET|POST|PUT|DELETE|HEAD|OPTIONS|HTTP\\/[\\d.]+" },
};

const NUMBER = String.raw`(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])`;
// A name is what is called, a key of an object, a variable of a shell or a header of HTTP.
const NAMES: Partial<Record<CodeLanguage, string>> = {
  json: String.raw`"(?:\\.|[^"\\\n])*"(?=\s*:)`, http: String.raw`^[\w-]+(?=:)`, shell: String.raw`\$\w+|\$\{[^}]*\}|(?<=\s)--?[\w-]+`,
};
const CALLED = String.raw`\b[A-Za-z_]\w*(?=\()`;
const KINDS = ["note", "name", "text", "number", "key"] as const;
const made = new Map<CodeLanguage, RegExp>();

function patternOf(language: CodeLanguage, rule: Rule): RegExp {
  const known = made.get(language);
  if (known) return known;
  const [name, after] = NAMES[language] ? [NAMES[language], "(?!)"] : ["(?!)", CALLED];
  const keys = String.raw`(?<![\w$.-])(?:${rule.keys})(?![\w-])`;
  const pattern = new RegExp(`(${rule.note})|(${name})|(${rule.text})|(${NUMBER})|(${keys})|(${after})`, "gm");
  made.set(language, pattern);
  return pattern;
}

/** The tokens of a text; joined again they are the text. */
export function tokenize(text: string, language: CodeLanguage): Token[] {
  const rule = RULES[language];
  if (!rule) return [{ kind: "plain", text }];
  const tokens: Token[] = [];
  let end = 0;
  for (const found of text.matchAll(patternOf(language, rule))) {
    if (found[0] === "") continue;
    if (found.index > end) tokens.push({ kind: "plain", text: text.slice(end, found.index) });
    tokens.push({ kind: KINDS[found.slice(1).findIndex((group) => group !== undefined)] ?? "name", text: found[0] });
    end = found.index + found[0].length;
  }
  if (end < text.length) tokens.push({ kind: "plain", text: text.slice(end) });
  return tokens;
}
