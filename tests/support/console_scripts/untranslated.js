// Texts of two English words and more that are shown, names and codes left out.
() => {
  const skip = "code, pre, .hw-mono, .ex-list, .ex-form, .ex-result, .hw-grid-body, .hw-top-name, kbd, select, [lang=en], .task-content, td";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const it = walk.currentNode;
    if (it.parentElement.closest(skip) || !it.parentElement.checkVisibility()) continue;
    if (/[a-z]{3,} [a-z]{3,}/i.test(it.data) && !/[\u4e00-\u9fff]/.test(it.data)) found.push(it.data.trim());
  }
  return found;
}
