// Keyboard: what each key does, in one place. Single letters work outside text fields only, and not
// at all with <html data-keys="off">. Everything here has a visible control too.
import "../../vendor/tinykeys.js";

const { tinykeys } = globalThis.tinykeys;
const list = () => document.querySelector("vt-list");
const composer = () => document.querySelector("vt-composer");
const acts = (name) => [...document.querySelectorAll(`[data-act="${name}"]`)];

// Press the control of that name: the one on screen, else a hidden one made for keys.
function act(name) {
  const all = acts(name);
  const control = all.find((element) => element.checkVisibility()) ?? all[0];
  if (!control) return;
  if (control.matches("input")) control.focus();
  else control.click();
}

function step(by) {
  if (list()) list().move(by);
  else act(by > 0 ? "next" : "previous");
}

function pane() {
  const panes = [...document.querySelectorAll(".side, .pane-list, .pane-conv, .composer, .pane-ctx")]
    .filter((element) => element.checkVisibility());
  const at = panes.findLastIndex((element) => element.contains(document.activeElement));
  const next = panes[(at + 1) % panes.length];
  const inside = next?.querySelector("[aria-current], textarea:not([hidden]), [contenteditable], a, button");
  inside?.focus();
}

const LETTERS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => act("full"),
  Enter: () => document.activeElement === document.body && act("full"),
  r: () => composer()?.write("reply"),
  n: () => composer()?.write("note"),
  e: () => act("resolve"),
  s: () => act("status"),
  p: () => act("priority"),
  l: () => act("tags"),
  a: () => act("assignee"),
  i: () => act("mine"),
  c: () => act("new"),
  z: () => act("undo"),
  "[Shift]+/": () => act("search"),
  "[Shift]+?": () => document.getElementById("keys").showModal(),
  "g b": () => location.assign(document.querySelector(".side-brand").href),
  "g p": () => act("me"),
};

const WRITING = "input, select, textarea, [contenteditable]:not([contenteditable=false])";

function ignored(event) {
  return (
    event.isComposing ||
    event.defaultPrevented ||
    document.documentElement.dataset.keys === "off" ||
    event.target.closest?.(`${WRITING}, dialog[open], :popover-open`) !== null
  );
}

function quietly(handler) {
  return (event) => {
    if (event.key !== "Enter") event.preventDefault();
    handler(event);
  };
}

const bound = Object.entries(LETTERS).map(([keys, handler]) => [keys, quietly(handler)]);
tinykeys(window, Object.fromEntries(bound), { ignore: ignored });

tinykeys(
  window,
  {
    F6: (event) => {
      event.preventDefault();
      pane();
    },
    Escape: (event) => event.target.closest?.(WRITING) && leave(event.target),
  },
  { ignore: (event) => event.isComposing || event.defaultPrevented },
);

function leave(field) {
  if (field.closest(":popover-open, dialog")) return; // the browser closes those
  field.blur();
  document.getElementById("conv")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-act=keys]")) document.getElementById("keys").showModal();
});
