// Fetching again what signals name as changed: only what is on screen, at most two fetches a second.
const GAP = 500; // milliseconds; the first two go at once
const BURST = 2;
const NEAR = 200; // pixels around the window that count as on screen

const waiting = new Set(); // fragments that may be out of date
let tokens = BURST;
let timer = 0;

// Keys are values of data-live; without any, only look again at what waits.
export function refresh(...keys) {
  for (const key of keys) {
    for (const element of document.querySelectorAll(`[data-live~="${key}"]`)) waiting.add(element);
  }
  pump();
}

export function refreshAll() {
  for (const element of document.querySelectorAll("[data-live]")) waiting.add(element);
  pump();
}

function pump() {
  while (tokens && !document.hidden) {
    const element = next();
    if (!element) break;
    waiting.delete(element);
    tokens -= 1;
    element.dispatchEvent(new CustomEvent("live")); // does not bubble: one fragment, one fetch
  }
  if (tokens < BURST) timer ||= setTimeout(more, GAP);
}

function more() {
  timer = 0;
  tokens += 1;
  pump();
}

// The open conversation first, then what a bulk change has come to, rows, counts.
function next() {
  for (const element of waiting) if (!element.isConnected) waiting.delete(element);
  const seen = [...waiting].filter(visible);
  const first = (name) => seen.find((element) => element.classList.contains(name));
  return first("conv-head") ?? first("bulk-last") ?? first("tl-row") ?? seen[0];
}

function visible(element) {
  if (!(element.checkVisibility?.() ?? true)) return false;
  if (!element.classList.contains("tl-row")) return true;
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > -NEAR && top < innerHeight + NEAR;
}

const again = () => waiting.size && pump();
document.addEventListener("scroll", again, { capture: true, passive: true });
document.addEventListener("htmx:after:swap", again);
