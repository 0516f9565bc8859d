// Words of the console's own that are cut off, in what is seen: buttons, links, heads, labels, tabs.
() => {
  const own = "main button, main h1, main h2, main h3, main label, main legend, main th, main [role=columnheader] span, main [role=tab], nav a, nav a span, header a, header button";
  return [...document.querySelectorAll(own)]
    .filter((one) => one.checkVisibility() && one.textContent.trim() && !one.closest(".hw-sr, [role=gridcell], td, pre, code, select"))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && /(hidden|clip)/.test(getComputedStyle(one).overflowX))
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 60)}`);
}
