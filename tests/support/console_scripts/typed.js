// Puts a text into a field as typing does, without the pause after it.
(it, text) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(it, text);
  it.dispatchEvent(new Event("input", {bubbles: true}));
}
