// What is selected in the message goes into the field of words (ticket/redaction.html).
const from = document.querySelector("[data-words-from]");
const words = document.getElementById(from?.dataset.wordsFrom ?? "");

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  const text = selected?.toString().trim();
  if (text && words && from.contains(selected.anchorNode) && from.contains(selected.focusNode)) words.value = text;
});
