// Notes in window.__paint when a page was painted, how long it was busy, and when its first row was there.
window.__paint = {long: 0, shift: 0, lcp: 0, rows: 0};
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.__paint.long += Math.max(0, one.duration - 50); }).observe({type: "longtask", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.__paint.shift += one.value; }).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.__paint.lcp = one.startTime; }).observe({type: "largest-contentful-paint", buffered: true});
const ready = () => {
  const row = document.querySelector("[data-index]");
  if (window.__paint.rows || !row || !/\w{3}/.test(row.textContent)) return;
  window.__paint.rows = -1;
  requestAnimationFrame(() => { window.__paint.rows = performance.now(); });
};
new MutationObserver(ready).observe(document, {subtree: true, childList: true, characterData: true});
const Real = window.SharedWorker;
window.SharedWorker = class extends Real {
  constructor(...all) {
    super(...all);
    this.port.addEventListener("message", () => { window.__arrived = performance.now(); });
  }
};
