// Puts a variable where the caret last stood in one of the texts.
const texts = [...document.querySelectorAll("[data-texts]")];
let last = texts[0];

for (const text of texts) text.addEventListener("focus", () => (last = text));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-variable]");
  if (!button || !last) return;
  last.focus();
  last.setRangeText(button.dataset.variable, last.selectionStart, last.selectionEnd, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
});
