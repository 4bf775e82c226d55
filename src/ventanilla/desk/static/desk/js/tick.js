// One clock for every time and deadline on the page: each says when it will read differently.
const LONGEST = 60_000;
const shown = new Set();
let timer = 0;

// `element.show()` writes what is true now and returns the milliseconds until that changes.
export function keepTime(element) {
  shown.add(element);
  tick();
}

export function stopTime(element) {
  shown.delete(element);
}

function tick() {
  clearTimeout(timer);
  let next = LONGEST;
  for (const element of shown) next = Math.min(next, element.show());
  if (shown.size) timer = setTimeout(tick, Math.max(next, 250));
}

document.addEventListener("visibilitychange", () => document.hidden || tick());
