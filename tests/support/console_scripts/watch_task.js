// Notes each state of a task's page in window.__seen.
window.__seen = [];
const look = () => {
  const ring = document.querySelector('[role="progressbar"][aria-label^="Progress of Malware task"]');
  const parts = [...document.querySelectorAll(".task-summary .hw-stacked-legend b")].map((b) => Number(b.textContent));
  if (!ring || parts.length === 0) return;
  const now = {
    percent: Number(ring.getAttribute("aria-valuenow")), sum: parts.reduce((a, b) => a + b, 0), parts: parts.join(" "),
    phase: document.querySelector(".hw-page-badges")?.textContent ?? "", title: document.title,
  };
  const last = window.__seen.at(-1);
  if (JSON.stringify(last) !== JSON.stringify(now)) window.__seen.push(now);
};
look();
new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
