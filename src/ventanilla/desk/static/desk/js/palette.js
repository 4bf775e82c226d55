// The command palette (Ctrl K), loaded when it is first opened: go, find, do. The server gives
// where one can go and what a few letters find; what one can do stands on the page: the sheet of
// shortcuts, the open ticket's menus, the agent's own menu. Recent choices come first.
import Combobox from "../../vendor/combobox-nav.js";
import { plain } from "./vt-menu.js";

const ASK_AFTER = 150; // milliseconds after the last key
const RECENT = "vt-palette"; // ids only: what they stand for, the server says to whom may know
const SELDOM = ["side", "ctx", "keys"]; // shown once one types
const KEPT = 8;
const FIRST = 3; // of them are shown above everything else
const ON_TICKET = "#keys section:first-child [data-icon]";
const ANYWHERE = "#keys section:last-child [data-icon]";

let opening = null;

// `run` does what a line of the sheet says; given, because a module that keys.js loads can't import it.
export async function open(run) {
  opening ??= load(run);
  const palette = await opening;
  opening = null;
  if (palette && !palette.dialog.open) palette.show();
}

// Fetched anew each time: views, teams and rights may have changed.
async function load(run) {
  const tickets = recent().filter((id) => id.startsWith("#")).map((id) => id.slice(1));
  const url = document.querySelector("[data-act=palette][data-url]")?.dataset.url;
  if (!url) return null; // nobody is signed in
  const answer = await fetch(`${url}?recent=${tickets.join(",")}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const box = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("palette-box");
  if (!box) return null;
  const known = document.getElementById("palette-box");
  if (!known) await styled(box);
  known?.querySelector("dialog").remove();
  const dialog = document.importNode(box.querySelector("dialog"), true);
  (known ?? document.getElementById("palette-box")).append(dialog);
  return new Palette(dialog, run);
}

function styled(box) {
  const sheet = document.importNode(box.querySelector("link"), true);
  const place = Object.assign(document.createElement("div"), { id: box.id });
  const loaded = new Promise((done) => (sheet.onload = sheet.onerror = done));
  place.append(sheet);
  document.body.append(place);
  return loaded;
}

class Palette {
  constructor(dialog, run) {
    Object.assign(this, { dialog, run });
    this.input = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.found = dialog.querySelector("#palette-found");
    this.doing = new Map(); // option -> what it does
    this.fill();
    this.bringForward();
    this.macros(document.querySelector("vt-composer[data-prepared]:not([data-prepared=''])"));
    dialog.addEventListener("input", () => this.typed()); // after the combobox has heard it
    this.list.addEventListener("click", (event) => this.chosen(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.combobox.destroy());
  }

  show() {
    this.dialog.showModal();
    this.input.focus();
    this.combobox = new Combobox(this.input, this.list, { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" });
    this.filter();
    this.combobox.start();
  }

  group(name) {
    return this.list.querySelector(`[data-group=${name}]`);
  }

  // What can be done on the open ticket, here, and by the ticket's menus (those once one types).
  fill() {
    for (const row of document.querySelectorAll(ON_TICKET)) this.offerRow(row, "here");
    for (const menu of document.querySelectorAll("[id^=menus-] vt-menu:not([data-many])")) this.offerMenu(menu);
    for (const row of document.querySelectorAll(ANYWHERE)) this.offerRow(row, "do");
    for (const button of document.querySelectorAll(".menu-me button[name=availability]:not([aria-current])")) {
      const label = button.closest("form").querySelector(".menu-label").textContent;
      this.offer("do", { id: `availability:${button.value}`, icon: "user", words: `${label}: ${words(button)}`, does: () => button.click() });
    }
  }

  // Macros of the open ticket, shown once one types; each is looked at before it is run.
  async macros(composer) {
    if (!composer) return;
    const { macro, save, write } = this.dialog.dataset;
    if (composer.html) {
      const does = () => import("./macros.js").then(({ keep }) => keep(composer, write));
      this.offer("here", { id: "", icon: "bookmark", words: save, does }).dataset.typed = "";
    }
    const answer = await fetch(composer.dataset.prepared, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    for (const one of (await answer.json()).texts) {
      const label = one.folder ? `${one.folder} › ${one.name}` : one.name;
      const does = () => import("./macros.js").then(({ ask }) => ask(composer, { ...one, label }));
      this.offer("here", { id: "", icon: "zap", words: macro.replace("{}", label), does }).dataset.typed = "";
    }
    if (this.dialog.open) this.filter();
  }

  offerRow(row, group) {
    const { does, icon, keys } = row.dataset;
    const there = does === "reply" || does === "note" ? document.querySelector("vt-composer") : document.querySelector(`[data-act="${does}"]`);
    if (!there && does !== "keys") return;
    const caps = keys ? [...row.querySelectorAll("kbd")] : [];
    const item = this.offer(group, { id: does, icon, words: row.querySelector("dt").textContent, caps, does: () => this.run(row, {}) });
    if (SELDOM.includes(does)) item.dataset.typed = "";
  }

  offerMenu(menu) {
    const label = menu.getAttribute("aria-label");
    const name = menu.id.replace(/-\d+$/, "");
    for (const option of menu.querySelectorAll("[role=option]:not([data-create])")) {
      if (option.querySelector(".is-now")) continue;
      const item = this.offer("here", { id: "", words: `${label}: ${words(option)}`, does: () => option.click() });
      const sign = option.querySelector("svg, .av, .dot");
      if (sign) item.querySelector("svg").replaceWith(sign.cloneNode(true));
      else item.querySelector("use").setAttribute("href", icons(item, name === "category" ? "layers" : "tag"));
      item.dataset.typed = ""; // shown once one types
    }
  }

  offer(group, { id, icon, words: text, caps = [], does }) {
    const template = this.dialog.querySelector("[data-option]");
    const item = template.content.cloneNode(true).firstElementChild;
    if (icon) item.querySelector("use").setAttribute("href", icons(item, icon));
    if (id) item.dataset.id = `do:${id}`;
    item.querySelector(".menu-t").textContent = text;
    item.append(...caps.slice(0, 2).map((cap) => cap.cloneNode(true)));
    this.doing.set(item, does);
    this.group(group).append(item);
    return item;
  }

  // Recent choices stand first, of tickets all and of the rest the newest.
  bringForward() {
    const place = this.group("recent");
    const others = recent().filter((id) => !id.startsWith("#")).slice(0, FIRST);
    for (const id of others.reverse()) {
      const item = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
      if (item && !item.closest("[data-group=here]")) place.querySelector(".menu-label").after(item);
    }
    for (const ticket of [...place.querySelectorAll("[data-found]")].slice(FIRST)) ticket.dataset.typed = "";
    const here = this.group("here");
    if (this.doing.size && here.querySelector("[role=option]")) place.before(here);
  }

  typed() {
    this.filter();
    clearTimeout(this.asking);
    const asked = this.input.value.trim();
    if (asked.length < 2) return this.found.replaceChildren();
    this.asking = setTimeout(() => this.ask(asked), ASK_AFTER);
  }

  async ask(asked) {
    const answer = await fetch(`${this.dialog.dataset.url}?q=${encodeURIComponent(asked)}`).catch(() => null);
    if (!answer?.ok || answer.redirected || this.input.value.trim() !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.found.replaceChildren(...[...page.body.children].map((one) => document.importNode(one, true)));
    this.filter();
  }

  filter() {
    const typed = plain(this.input.value).split(/\s+/).filter(Boolean);
    for (const option of this.list.querySelectorAll("[role=option]")) {
      const text = plain(option.textContent);
      const matches = typed.every((word) => text.includes(word)) || this.found.contains(option);
      option.hidden = !matches || (!typed.length && "typed" in option.dataset);
    }
    this.once();
    for (const group of this.list.querySelectorAll("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    const any = this.list.querySelector("[role=option]:not([hidden])");
    this.dialog.querySelector(".menu-none").hidden = Boolean(any) || typed.join("").length < 2;
    if (this.combobox) this.combobox.resetSelection();
  }

  // A recent ticket that was found, too, stands there once.
  once() {
    for (const one of this.found.querySelectorAll("[data-id]")) {
      const same = this.group("recent").querySelector(`[data-id="${CSS.escape(one.dataset.id)}"]:not([hidden])`);
      if (same) one.hidden = true;
    }
  }

  chosen(event) {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey) return;
    if (option.dataset.id) remember(option.dataset.id);
    const does = this.doing.get(option);
    if (!does) return; // a link leads there by itself
    event.preventDefault();
    this.dialog.close();
    does();
  }
}

const words = (element) => element.querySelector(".menu-t").textContent;

function icons(item, name) {
  return item.querySelector("use").getAttribute("href").replace(/#.*/, `#i-${name}`);
}

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return []; // storage is forbidden, or holds something else
  }
}

function remember(id) {
  const kept = [id, ...recent().filter((one) => one !== id)].slice(0, KEPT);
  try {
    localStorage.setItem(RECENT, JSON.stringify(kept));
  } catch (error) {
    console.warn("This browser remembers no choices:", error.name);
  }
}
