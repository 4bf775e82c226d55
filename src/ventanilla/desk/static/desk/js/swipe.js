// A row under a finger, on a phone: to the left it is snoozed (its choices open), to the right it is
// resolved, with Undo. Loaded by the first touch; what it does, the button on the row does, too.
const NARROW = "(max-width: 860px)";
const BEGINS = 12; // pixels; below, it may still be a tap or the beginning of scrolling
const FAR = 88; // pixels; let go beyond, and it is done
const EDGE = 20; // pixels; what begins there is the browser's gesture
const texts = () => document.getElementById("vt-swipe");

let now = null; // the gesture: {row, id, x, y, by, hint}

export function begin(event) {
  if (now) return cancel(); // a second finger: not meant so
  const row = event.target.closest?.(".tl-item")?.closest(".tl-row:not(.is-gone)");
  const wanted = row && event.pointerType === "touch" && texts() && matchMedia(NARROW).matches;
  const { clientX: x, clientY: y, pointerId: id } = event;
  if (!wanted || x < EDGE || x > innerWidth - EDGE || picking()) return;
  now = { row, id, x, y, by: 0, hint: null };
}

const picking = () => document.querySelector(".pane-list:is([data-picking], :has(.tl-check:checked))");

function moved(event) {
  if (event.pointerId !== now?.id) return;
  const by = event.clientX - now.x;
  const down = Math.abs(event.clientY - now.y);
  if (!now.hint && down > BEGINS && down > Math.abs(by)) return cancel(); // it scrolls
  if (!now.hint && Math.abs(by) < BEGINS) return;
  show(by);
}

function show(by) {
  now.by = by;
  now.hint ??= hint(now.row);
  now.hint.dataset.side = by > 0 ? "right" : "left";
  now.hint.toggleAttribute("data-far", Math.abs(by) >= FAR);
  now.row.querySelector(".tl-item").style.transform = `translateX(${by}px)`;
}

function hint(row) {
  const made = texts().content.firstElementChild.cloneNode(true);
  row.prepend(made);
  return made;
}

function cancel() {
  const { row, hint: shown } = now;
  now = null;
  shown?.remove();
  row.querySelector(".tl-item")?.style.removeProperty("transform");
}

function ended(event) {
  if (event.pointerId !== now?.id) return;
  const { row, by, hint: shown } = now;
  cancel();
  if (!shown) return; // a tap
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 300);
  if (Math.abs(by) < FAR || event.type === "pointercancel") return;
  if (by > 0) resolve(row);
  else menu(row);
}

// The click that ends a gesture opens no ticket.
function stop(event) {
  if (!event.target.closest?.(".tl-row")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function resolve(row) {
  const { url, view } = texts().dataset;
  const values = { n: row.id.slice(1), status: 4, view };
  window.htmx.ajax("POST", url, { source: document.body, target: "#toasts", swap: "none", values });
}

// What can be done with a row, asked for once it is wanted: opens at the row's button.
export async function menu(row) {
  const url = texts().dataset.menu.replace("/0/", `/${row.id.slice(1)}/`);
  document.getElementById("row-menu")?.remove();
  await window.htmx.ajax("GET", url, { source: document.body, target: "#bulk-last", swap: "afterend" });
  document.getElementById("row-menu")?.showPopover({ source: row.querySelector(".tl-do") });
}

const { style } = texts()?.dataset ?? {};
if (style) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
addEventListener("pointerdown", begin);
addEventListener("pointermove", moved, { passive: true });
addEventListener("pointerup", ended);
addEventListener("pointercancel", ended);
