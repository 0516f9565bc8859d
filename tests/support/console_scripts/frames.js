// Frames that are drawn in a span, while an element is scrolled if one is named.
([selector, span]) => new Promise((done) => {
  const it = selector && document.querySelector(selector), end = performance.now() + span;
  let count = 0;
  const step = () => {
    count++;
    if (it) it.scrollTop += 240;
    if (performance.now() < end) requestAnimationFrame(step); else done(count);
  };
  requestAnimationFrame(step);
})
