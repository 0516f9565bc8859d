// What is written on what has the focus.
() => {
  const it = document.activeElement;
  return it ? `${it.getAttribute("aria-label") ?? ""} ${it.closest("label")?.textContent ?? it.textContent}` : "";
}
