/** Finding an action by a few letters of its name, its initials, or words of its description in either language. */
export interface Entry {
  service: "cwp" | "hostward";
  name: string;
  en: string;
  zh: string;
  served: boolean;
}

/** marks: places of the name's letters that matched. */
export interface Hit<E extends Entry = Entry> {
  entry: E;
  score: number;
  marks: number[];
}

const HUMP = /[A-Z0-9]/;

/** Entries that have every word of the query, the best first; all of them, in their order, for an empty query. */
export function search<E extends Entry>(entries: readonly E[], query: string, most = 60): Hit<E>[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.map((entry) => ({ entry, score: 0, marks: [] }));
  const hits: Hit<E>[] = [];
  for (const entry of entries) {
    const hit = matched(entry, words);
    if (hit) hits.push(hit);
  }
  const byName = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  hits.sort((one, other) => other.score - one.score || byName(one.entry.name, other.entry.name));
  return hits.slice(0, most);
}

function matched<E extends Entry>(entry: E, words: string[]): Hit<E> | null {
  let score = entry.served ? 30 : 0;
  const marks = new Set<number>();
  for (const word of words) {
    const inName = nameScore(entry.name, word);
    const inText = textScore(entry, word);
    const best = Math.max(inName?.score ?? 0, inText);
    if (best === 0) return null;
    score += best;
    if (inName && inName.score >= inText) for (const place of inName.marks) marks.add(place);
  }
  return { entry, score: score - entry.name.length / 100, marks: [...marks].sort((a, b) => a - b) };
}

function textScore(entry: Entry, word: string): number {
  return entry.en.toLowerCase().includes(word) || entry.zh.toLowerCase().includes(word) ? 40 : 0;
}

function nameScore(name: string, word: string): { score: number; marks: number[] } | null {
  const lower = name.toLowerCase();
  const at = lower.indexOf(word);
  if (lower === word) return { score: 200, marks: range(0, word.length) };
  if (at === 0) return { score: 120, marks: range(0, word.length) };
  const humps = initials(name, word);
  if (humps) return { score: 95, marks: humps };
  if (at > 0) return { score: HUMP.test(name[at] ?? "") ? 100 : 70, marks: range(at, word.length) };
  if (word.length < 3) return null;
  const marks = inOrder(name, word);
  if (marks === null) return null;
  const spread = (marks.at(-1) ?? 0) - (marks[0] ?? 0) + 1 - word.length;
  return spread > name.length / 2 + 4 ? null : { score: Math.max(5, 38 - spread), marks };
}

/** "dstd" for DescribeScanTaskDetails: each letter begins a part of the name, from the first on. */
function initials(name: string, word: string): number[] | null {
  const places = [...name].flatMap((letter, at) => (at === 0 || HUMP.test(letter) ? [at] : []));
  if (word.length < 2 || word.length > places.length) return null;
  const begun = places.slice(0, word.length);
  return begun.every((place, at) => name[place]?.toLowerCase() === word[at]) ? begun : null;
}

/** Places of the word's letters in their order, those that begin a part of the name preferred. */
function inOrder(name: string, word: string): number[] | null {
  const lower = name.toLowerCase();
  const marks: number[] = [];
  let from = 0;
  for (const letter of word) {
    let at = lower.indexOf(letter, from);
    if (at < 0) return null;
    for (let next = at; next >= 0 && marks.length > 0 && at !== from; next = lower.indexOf(letter, next + 1)) {
      if (HUMP.test(name[next] ?? "")) {
        at = restFits(lower, word, marks.length + 1, next + 1) ? next : at;
        break;
      }
    }
    marks.push(at);
    from = at + 1;
  }
  return marks;
}

function restFits(lower: string, word: string, begin: number, from: number): boolean {
  let at = from;
  for (const letter of word.slice(begin)) {
    at = lower.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

const range = (from: number, length: number) => Array.from({ length }, (_, at) => from + at);
