// Whether a cell's text can turn no other.
(cell) => {
  const it = cell.querySelector("strong, span, bdi") ?? cell;
  return !cell.textContent.includes("\u202e") || ["isolate", "isolate-override", "plaintext"].includes(getComputedStyle(it).unicodeBidi)
    || ["isolate", "isolate-override", "plaintext"].includes(getComputedStyle(cell).unicodeBidi);
}
