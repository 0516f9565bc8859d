// Notes what a screen reader is told in window.__said.
() => {
  window.__said = [];
       const it = document.querySelector("p.task-unseen");
       window.__said.push(it.textContent);
       new MutationObserver(() => window.__said.push(it.textContent)).observe(it, {childList: true, characterData: true, subtree: true});
     }
