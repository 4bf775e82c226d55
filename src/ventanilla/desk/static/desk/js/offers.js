// What the composer offers while one writes: macros behind "/", colleagues behind "@".
// The list follows the caret; arrows choose, Enter or Tab takes, Escape leaves.
import { look, run, use } from "./macros.js";
import { plain } from "./vt-menu.js";

const TRIGGERS = [
  ["/", /(?:^|[\s\u00a0])\/([\p{L}\d][\p{L}\d ]{0,30})?$/u],
  ["@", /(?:^|[\s\u00a0(])@([\p{L}][\p{L} .'-]{0,40})?$/u],
];
const MOST = 30;
let ids = 0;

export class Offers {
  constructor(composer) {
    this.composer = composer;
    composer.offers = this;
    this.known = new Map(); // trigger -> promise of what there is
    this.menu = this.make();
    const { root } = composer.editor;
    root.setAttribute("aria-controls", this.menu.id);
    root.addEventListener("input", () => this.look());
    root.addEventListener("blur", () => setTimeout(() => [this.menu, root].some((one) => one.contains(document.activeElement)) || this.close()));
    composer.addEventListener("keydown", (event) => this.pressed(event), true);
  }

  make() {
    const menu = Object.assign(document.createElement("div"), { className: "menu offer", popover: "manual" });
    menu.id = `offer-${(ids += 1)}`;
    menu.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the caret
    menu.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
    this.list = Object.assign(document.createElement("div"), { role: "listbox", className: "offer-list" });
    this.seen = Object.assign(document.createElement("div"), { className: "offer-look" });
    menu.append(this.list, this.seen);
    this.composer.append(menu);
    return menu;
  }

  get root() {
    return this.composer.editor.root;
  }

  get options() {
    return [...this.menu.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.menu.querySelector("[aria-selected=true]");
  }

  // By button: as if the sign had been typed.
  open(sign) {
    const { squire } = this.composer.editor;
    squire.focus();
    const before = this.before();
    const gap = before && !/[\s\u00a0]$/u.test(before.text) ? " " : "";
    squire.insertPlainText(`${gap}${sign}`, false);
    this.look();
  }

  // The text between the beginning of the caret's text node and the caret. A caret that stands
  // between nodes, as one that was set at the end of a line does, belongs to the text before it.
  before() {
    const selection = document.getSelection();
    let { anchorNode: node, anchorOffset: at } = selection;
    if (!selection.isCollapsed || !node || !this.root.contains(node)) return null;
    while (node.nodeType === Node.ELEMENT_NODE && at > 0) {
      node = node.childNodes[at - 1];
      at = node.nodeType === Node.TEXT_NODE ? node.length : node.childNodes.length;
    }
    if (node.nodeType !== Node.TEXT_NODE) return null;
    return { node, at, text: node.data.slice(0, at).replaceAll("\u200b", "") };
  }

  async look() {
    const before = this.before();
    const found = before && TRIGGERS.map(([sign, pattern]) => [sign, before.text.match(pattern)]).find(([, match]) => match);
    if (!found) return this.close();
    const [sign, match] = found;
    const typed = plain(match[1] ?? "");
    if (sign === "/" ? !this.composer.dataset.prepared : !this.mayMention) return this.close();
    const all = await this.all(sign);
    const fits = all.filter(({ words }) => plain(words ?? "").includes(typed));
    if (typed.includes(" ") && !fits.length) return this.close();
    this.show(sign, [...fits.filter(({ words }) => words !== null).slice(0, MOST), ...all.filter(({ words }) => words === null)]);
  }

  get mayMention() {
    const { kind, dataset } = this.composer;
    return dataset.mentions && (kind === "note" || this.composer.querySelector("[name=kind][value=note]"));
  }

  async all(sign) {
    if (sign === "@" && this.composer.kind !== "note") {
      return [{ words: null, label: this.composer.dataset.switch, run: () => this.toNote() }];
    }
    if (!this.known.has(sign)) this.known.set(sign, sign === "/" ? this.texts() : this.people());
    try {
      return await this.known.get(sign);
    } catch {
      this.known.delete(sign);
      return [];
    }
  }

  async texts() {
    const { texts, all } = await asked(this.composer.dataset.prepared);
    const entries = texts.map(({ id, name, folder, start, changes, of, url }) => ({
      words: `${folder} ${name} ${start} ${changes.join(" ")}`,
      label: folder ? `${folder} › ${name}` : name,
      detail: [start, ...changes.map((change) => `+ ${change}`)].filter(Boolean).join("  "),
      hint: of,
      url,
      run: () => (start ? this.insert(id) : this.runOne(url)),
    }));
    return [...entries, { words: null, label: this.composer.dataset.write, run: () => window.open(all, "_blank") }];
  }

  async people() {
    const { agents } = await asked(this.composer.dataset.mentions);
    return agents.map(({ name }) => ({ words: name, label: name, run: () => this.mention(name) }));
  }

  // Entries without words are always there; what leaves the composer is not taken by Enter unasked.
  show(sign, entries) {
    this.sign = sign;
    const { dataset } = this.composer;
    this.list.ariaLabel = sign === "/" ? dataset.texts : dataset.colleagues;
    const none = Object.assign(document.createElement("div"), { className: "menu-none", textContent: dataset.none });
    const found = entries.some(({ words }) => words !== null) || sign === "@";
    this.list.replaceChildren(...(entries.length && found ? [] : [none]), ...entries.map((entry) => this.option(entry)));
    this.choose(found ? this.options[0] : null);
    if (!this.menu.matches(":popover-open")) this.menu.showPopover();
    this.place();
  }

  option({ label, detail, hint, url, run }) {
    const option = Object.assign(document.createElement("div"), { className: "menu-item", role: "option" });
    option.id = `option-${(ids += 1)}`;
    const words = Object.assign(document.createElement("span"), { className: "menu-t", textContent: label });
    if (detail) words.append(Object.assign(document.createElement("small"), { textContent: detail }));
    option.append(words);
    if (hint) option.append(Object.assign(document.createElement("span"), { className: "muted", textContent: hint }));
    Object.assign(option, { run, url });
    return option;
  }

  // Above the caret where there is room, else below.
  place() {
    const range = document.getSelection().getRangeAt(0);
    const caret = range.getClientRects()[0] ?? this.root.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = this.menu;
    const above = caret.top - height - 6;
    this.menu.style.left = `${Math.max(8, Math.min(caret.left - 8, innerWidth - width - 8))}px`;
    this.menu.style.top = `${above > 8 ? above : Math.min(caret.bottom + 6, innerHeight - height - 8)}px`;
  }

  choose(option) {
    for (const one of this.options) one.ariaSelected = String(one === option);
    if (option) this.root.setAttribute("aria-activedescendant", option.id);
    else this.root.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
    clearTimeout(this.looking);
    if (!option?.url) this.seen.replaceChildren();
    else this.looking = setTimeout(() => this.preview(option), 150);
  }

  // How the chosen macro reads here, below the list.
  async preview(option) {
    const shown = await look(option.url).catch(() => null);
    if (!shown || this.chosen !== option || !this.menu.matches(":popover-open")) return;
    for (const control of shown.querySelectorAll("[data-run], input")) control.remove();
    this.seen.replaceChildren(shown);
    this.place();
  }

  pressed(event) {
    if (!this.menu.matches(":popover-open")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const plainKey = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (step) {
      const { options } = this;
      this.choose(options.at((options.indexOf(this.chosen) + step + options.length) % options.length));
    } else if (["Enter", "Tab"].includes(event.key) && plainKey && this.chosen) {
      this.take(this.chosen);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    if (!option) return;
    this.close();
    option.run();
  }

  close() {
    if (this.menu.matches(":popover-open")) this.menu.hidePopover();
    this.root.removeAttribute("aria-activedescendant");
  }

  // Takes the sign and what was typed after it away; the caret stays there.
  erase() {
    const before = this.before();
    if (!before) return;
    const range = document.createRange();
    range.setStart(before.node, Math.max(0, before.node.data.lastIndexOf(this.sign, before.at - 1)));
    range.setEnd(before.node, before.at);
    range.deleteContents();
    this.composer.editor.squire.setSelection(range);
  }

  async insert(id) {
    const macro = await asked(`${this.composer.dataset.prepared}?id=${id}`);
    this.erase();
    await use(this.composer, macro);
  }

  // One without a text: its changes are made at once.
  async runOne(url) {
    this.erase();
    this.composer.changed();
    await run(url);
  }

  mention(name) {
    this.erase();
    this.composer.editor.squire.insertPlainText(`@${name}\u00a0`, false);
    this.composer.changed();
  }

  // What was begun as a reply goes on as a note, behind what the note held already.
  toNote() {
    const { composer } = this;
    const begun = composer.editor.html;
    composer.editor.html = "";
    composer.changed();
    composer.querySelector("[name=kind][value=note]").click();
    composer.editor.html += begun;
    composer.focusEnd();
    composer.changed();
    this.look();
  }
}

async function asked(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
