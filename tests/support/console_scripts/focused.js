// What has the focus, whether a ring shows it, and whether it has a place on the page.
() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const box = it.getBoundingClientRect();
  const rings = [it, it.parentElement, it.closest("label, .hw-search, .hw-select, .hw-switch, .hw-radio-card, [role=row], .ex-search")].filter(Boolean).map((one) => getComputedStyle(one));
  // The button inside a date field: the browser draws its ring, and tells nobody.
  const native = it.type === "date" && !it.matches(":focus-visible");
  return {
    name: `${it.tagName} ${it.getAttribute("aria-label") ?? it.textContent.trim().slice(0, 40)}`,
    seen: native || rings.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none"),
    inside: box.width > 0 && box.height > 0,
  };
}
