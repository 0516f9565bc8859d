// What can only be reached by scrolling the page sideways.
() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (one) => { for (let at = one.parentElement; at; at = at.parentElement) { const style = getComputedStyle(at); if (/(auto|scroll|hidden|clip)/.test(style.overflowX)) return true; } return false; };
  return [...document.querySelectorAll("main button, main a, main input, main select, main h1, main h2, main p")]
    .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 1 && box.height > 1 && (box.right > wide + 1 || box.left < -1) && !scrolls(one); })
    .map((one) => `${one.tagName} ${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 40)}`);
}
