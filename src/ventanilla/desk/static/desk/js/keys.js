// Keyboard. What each key does stands in the sheet of shortcuts (#keys, made of desk/keys.py): an
// action presses the control with its data-act, or goes where it leads. Single keys work outside
// text fields only; what holds Ctrl works everywhere. Everything here has a visible control too.
const WRITING = "input, select, textarea, [contenteditable]:not([contenteditable=false])";
const REPEATS = ["next", "previous"]; // held down, these go on; nothing else does
const WITHIN = 1_000; // milliseconds between the two keys of one shortcut
const NARROW = 1180; // pixels, as in layout.css: the context is a sheet
const APPLE = /Mac|iP/.test(navigator.platform);
const sheet = () => document.getElementById("keys");
const list = () => document.querySelector("vt-list");
const composer = () => document.querySelector("vt-composer");

// Press the control of that name: the one on screen, else a hidden one made for keys.
function act(name) {
  const all = [...document.querySelectorAll(`[data-act="${name}"]`)];
  const control = all.find((element) => element.checkVisibility()) ?? all[0];
  if (!control) return false;
  if (control.matches("input:not([type=checkbox])")) control.focus();
  else control.click();
}

// What no control does alone. `false`: there is nothing to do here, the browser may use the key.
const OWN = {
  next: () => step(1),
  previous: () => step(-1),
  reply: () => write("reply"),
  note: () => write("note"),
  palette: () => void import("./palette.js").then(({ open }) => open(run)),
  keys: () => sheet().showModal(),
  panes: ({ shiftKey }) => void panes(({ next }) => next(shiftKey ? -1 : 1)),
  leave: ({ target }) => leave(target),
};

const panes = (use) => import("./panes.js").then(use);

function step(by) {
  if (!list()) return act(by > 0 ? "next" : "previous");
  list().move(by);
}

function write(kind) {
  if (!composer()) return false;
  composer().write(kind);
}

function leave(field) {
  if (!field.closest?.(WRITING) || field.closest(":popover-open, dialog")) return false; // the browser closes those
  field.blur();
  document.getElementById("conv")?.focus({ preventScroll: true });
}

// Do what an action of the registry does. `row` is its line in the sheet.
function run(row, event) {
  const { does, href } = row.dataset;
  if (href) return location.assign(href);
  return OWN[does] ? OWN[does](event) : act(does);
}

// A press as the registry writes it: "e", "Shift+e", "$mod+k", "F6". Signs come with Shift on one
// keyboard and with AltGr on another; "" for what is the browser's.
function pressed(event) {
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  const sign = /^[^\p{L}\p{N}\s]$/u.test(key);
  if (sign && event.getModifierState("AltGraph")) return key;
  if (altKey || (APPLE ? ctrlKey : metaKey)) return "";
  const mod = APPLE ? metaKey : ctrlKey;
  const name = key?.length === 1 ? key.toLowerCase() : key;
  return `${mod ? "$mod+" : ""}${shiftKey && !sign ? "Shift+" : ""}${name}`;
}

const rows = new Map();
for (const row of document.querySelectorAll("#keys [data-keys]:not([data-keys=''])")) {
  const { keys, also } = row.dataset;
  for (const one of [keys, ...(also?.split(" ") ?? [])]) rows.set(one, row);
}
const begins = new Set([...rows.keys()].filter((keys) => keys.includes(" ")).map((keys) => keys[0]));
let before = "";
let timer = 0;

addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.isComposing || event.defaultPrevented || !target.closest) return;
  const key = pressed(event);
  const free = !target.closest(`${WRITING}, dialog[open], :popover-open`);
  if (!free && !/\$mod|F6|Escape/.test(key)) return;
  const row = rows.get(before + key) ?? rows.get(key);
  clearTimeout(timer);
  before = !before && begins.has(key) ? `${key} ` : "";
  if (before) timer = setTimeout(() => (before = ""), WITHIN);
  const does = row?.dataset.does;
  if (!row || !fits(key, target, does) || (event.repeat && !REPEATS.includes(does))) return;
  if (run(row, event) !== false) event.preventDefault();
});

// Keys that controls use themselves: Enter opens the open row in full, arrows move within the list.
function fits(key, target, does) {
  if (key === "Enter") return target.matches("body, #conv, .tl-item[aria-current]");
  if (/^Arrow/.test(key)) return Boolean(target.closest("vt-list"));
  return does !== "tick-all" || !target.closest(`${WRITING}, #conv`);
}

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-act]")?.dataset.act;
  if (name === "keys" || name === "palette") OWN[name]();
  if (name !== "side" && (name !== "ctx" || innerWidth <= NARROW)) return;
  event.preventDefault(); // there it is no popover
  panes(({ toggle }) => toggle(name));
});
