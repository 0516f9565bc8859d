// What is written on what has the focus, or on its label; "" while nothing has it.
() => {
  const it = document.activeElement;
  if (!it || it === document.body) return "";
  const label = it.labels?.[0] ?? it.closest("label");
  return `${it.getAttribute("aria-label") ?? ""} ${label?.textContent ?? it.textContent}`;
}
