// Notes each change of an element in window.__changes: its text, when it was on the screen, ms since its event came.
(selector) => {
  window.__changes = [];
  let before = "";
  const look = () => {
    const it = document.querySelector(selector), text = it?.getAttribute("aria-valuenow") ?? "";
    if (text === "" || text === before) return;
    before = text;
    const seen = performance.now(), from = window.__arrived ?? seen;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.__changes.push([text, performance.timeOrigin + performance.now(), seen - from]);
    }));
  };
  new MutationObserver(look).observe(document.body, {attributes: true, subtree: true, childList: true, characterData: true});
}
