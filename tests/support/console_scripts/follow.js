// Notes each change of an element in window.__changes: its text, when it was on the screen, ms since its event came.
(selector) => {
  window.__changes = [];
  const it = document.querySelector(selector);
  new MutationObserver(() => {
    const text = it.getAttribute("aria-valuenow") ?? it.textContent, seen = performance.now(), from = window.__arrived ?? seen;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.__changes.push([text, performance.timeOrigin + performance.now(), seen - from]);
    }));
  }).observe(it, {attributes: true, subtree: true, childList: true, characterData: true});
}
