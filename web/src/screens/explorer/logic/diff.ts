/** Lines of two texts, matched, so that what differs can be shown. */
export interface DiffLine {
  kind: "same" | "ours" | "theirs";
  text: string;
  /** Part of the line that differs from its counterpart: from, to. */
  part?: [number, number];
}

/** By the longest common subsequence of lines: canonical requests have about ten. */
export function diff(ours: string, theirs: string): DiffLine[] {
  const one = ours.split("\n");
  const other = theirs.split("\n");
  const common = lengths(one, other);
  const found: DiffLine[] = [];
  let at = 0;
  let to = 0;
  while (at < one.length || to < other.length) {
    if (at < one.length && to < other.length && one[at] === other[to]) {
      found.push({ kind: "same", text: one[at] ?? "" });
      at += 1;
      to += 1;
    } else if (at < one.length && (to >= other.length || (common[at + 1]?.[to] ?? 0) >= (common[at]?.[to + 1] ?? 0))) {
      found.push({ kind: "ours", text: one[at] ?? "" });
      at += 1;
    } else {
      found.push({ kind: "theirs", text: other[to] ?? "" });
      to += 1;
    }
  }
  return marked(found);
}

function lengths(one: string[], other: string[]): number[][] {
  const table = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
  for (let at = one.length - 1; at >= 0; at -= 1) {
    for (let to = other.length - 1; to >= 0; to -= 1) {
      const next = one[at] === other[to] ? (table[at + 1]?.[to + 1] ?? 0) + 1 : 0;
      const row = table[at];
      if (row) row[to] = Math.max(next, table[at + 1]?.[to] ?? 0, row[to + 1] ?? 0);
    }
  }
  return table;
}

/** Where a line and the one that took its place differ. */
function marked(lines: DiffLine[]): DiffLine[] {
  return lines.map((line, at) => {
    const before = lines[at - 1];
    const after = lines[at + 1];
    if (line.kind === "ours" && after?.kind === "theirs") return { ...line, part: differing(line.text, after.text) };
    if (line.kind === "theirs" && before?.kind === "ours") return { ...line, part: differing(line.text, before.text) };
    return line;
  });
}

function differing(text: string, other: string): [number, number] {
  let from = 0;
  while (from < text.length && text[from] === other[from]) from += 1;
  let end = 0;
  while (end < Math.min(text.length, other.length) - from && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [from, text.length - end];
}
