// Ticking rows of a list, and the bar that changes them together. Loaded with the first tick.
const MOST_MENU = "[popover]:popover-open, dialog[open]";
const pane = () => document.querySelector(".pane-list");
const bar = () => document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll(".tl-check")];
const ticked = () => boxes().filter((box) => box.checked);
let last = null; // the number of the row where a range begins
let whole = false; // the whole view, beyond the rows that are shown

const PICKS = {
  row: (box, event) => {
    if (event.shiftKey) range(box);
    last = box.value;
    // the letters work again once the pointer has ticked
    if (event.detail) box.closest(".tl-row").querySelector(".tl-item").focus({ preventScroll: true });
  },
  current: () => {
    const box = current();
    if (!box) return;
    box.checked = !box.checked;
    last = box.value;
  },
  range: () => {
    const box = current();
    if (!box) return;
    box.checked = true;
    range(box);
    last = box.value;
  },
  all: (control) => {
    const on = control.matches("input") ? control.checked : ticked().length < boxes().length;
    for (const box of boxes()) box.checked = on;
  },
  whole: () => {
    whole = true;
    for (const box of boxes()) box.checked = true;
  },
  none: () => clear(),
  mode: () => {
    if (!pane().toggleAttribute("data-picking")) clear();
  },
  // From the menu of further changes: stands where that one did.
  menu: (control) => {
    const source = document.querySelector("[popovertarget=bulk-more]");
    document.getElementById(control.dataset.menu).showPopover({ source });
  },
  dismiss: () => document.getElementById("bulk-last").replaceChildren(),
};

export function pick(control, event) {
  const kind = control.dataset.pick;
  if (!["whole", "menu", "dismiss"].includes(kind)) whole = false;
  PICKS[kind](control, event);
  show();
}

// The row that the reader is at: the one with the focus, else the open one.
function current() {
  const row = document.activeElement?.closest(".tl-row") ?? document.querySelector(".tl-item[aria-current]")?.closest(".tl-row");
  return row?.querySelector(".tl-check") ?? null;
}

// Tick all from the last one that was ticked to this one.
function range(box) {
  const all = boxes();
  const ends = [all.findIndex((one) => one.value === last), all.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] >= 0) for (const one of all.slice(ends[0], ends[1] + 1)) one.checked = box.checked;
}

function clear() {
  whole = false;
  last = null;
  for (const box of ticked()) box.checked = false;
  pane().removeAttribute("data-picking");
}

function show() {
  const chosen = ticked().length;
  const mode = document.querySelector("[data-pick=mode]");
  mode?.setAttribute("aria-pressed", String(pane().hasAttribute("data-picking") || chosen > 0));
  if (!bar()) return;
  bar().hidden = !chosen;
  if (chosen && bar().matches("[hx-get]")) return bar().dispatchEvent(new CustomEvent("wanted"));
  if (chosen) fill(chosen);
}

function fill(chosen) {
  const all = chosen === boxes().length;
  const total = document.getElementById("place-count")?.textContent ?? "";
  const count = bar().querySelector(".bulk-n b");
  const shown = whole && total ? total : String(chosen);
  count.textContent = shown === "1" ? count.dataset.one : count.dataset.many.replace("{}", shown);
  const box = bar().querySelector("[data-pick=all]");
  Object.assign(box, { checked: all, indeterminate: !all });
  document.getElementById("bulk-whole").disabled = !whole;
  bar().querySelector("[data-offer]").hidden = whole || !all || !document.getElementById("more");
  bar().querySelector("[data-chosen]").hidden = !whole;
  for (const one of bar().querySelectorAll("[data-words]")) {
    const figure = one.hasAttribute("data-all-shown") ? String(chosen) : total;
    one.textContent = figure ? one.dataset.words.replace("{}", figure) : one.dataset.unknown;
  }
}

// The bar has come, more rows have, or some have changed.
document.addEventListener("htmx:after:swap", () => {
  if (whole) for (const box of boxes()) box.checked = true;
  show();
});

// What was asked for is done or under way.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.sourceElement.closest("#bulk") || ctx.request.method !== "POST") return;
  if (ctx.response.status >= 300) return;
  clear();
  show();
});

// Rows that left the view stay until the reader goes on to another.
document.addEventListener("click", (event) => {
  const row = event.target.closest(".tl-item")?.closest(".tl-row");
  if (!row) return;
  for (const gone of document.querySelectorAll(".tl-row.is-gone")) if (gone !== row) gone.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !ticked().length || document.querySelector(MOST_MENU)) return;
  if (event.target.closest("textarea, [contenteditable], input:not([type=checkbox])")) return;
  clear();
  show();
});
