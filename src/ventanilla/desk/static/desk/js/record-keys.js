// Fields for shortcuts: the key that is pressed is written into them; two within a second, too.
const WITHIN = 1_000; // milliseconds between the two keys of one shortcut

for (const field of document.querySelectorAll(".own-key input")) {
  field.addEventListener("keydown", (event) => record(event, field));
}

function record(event, field) {
  if (event.ctrlKey || event.metaKey || event.isComposing || event.key.length !== 1) return;
  event.preventDefault();
  if (event.key === " ") return;
  const letter = event.key.toUpperCase();
  const shifted = event.shiftKey && letter !== event.key.toLowerCase();
  const pressed = shifted ? `⇧ ${letter}` : letter;
  const follows = event.timeStamp - Number(field.dataset.at ?? -Infinity) < WITHIN;
  field.value = follows && field.value ? `${field.value} ${pressed}` : pressed;
  field.dataset.at = follows ? -Infinity : event.timeStamp;
}
