// Milliseconds from Enter in the field that has the focus to the first row with the text, and a new total.
(text) => new Promise((done) => {
  const grid = document.querySelector("[role=grid]"), before = grid.getAttribute("aria-rowcount"), began = performance.now();
  const look = () => {
    const grid = document.querySelector("[role=grid]"), first = document.querySelector("[data-index='0']");
    if (grid && grid.getAttribute("aria-rowcount") !== before && first?.textContent.includes(text)) requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(look);
  };
  const it = document.activeElement;
  it.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
  look();
})
