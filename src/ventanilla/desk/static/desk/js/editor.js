// The rich editor, loaded when it is first needed: Squire, with DOMPurify in front of all HTML.
import "../../vendor/purify.js";
import Squire from "../../vendor/squire.js";

const TAGS = "a b blockquote br code div em h1 h2 h3 hr i img li ol p pre s span strong sub sup table tbody td th thead tr u ul".split(" ");
const CLEAN = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ["href", "src", "alt", "title", "width", "height", "colspan", "rowspan", "data-attachment"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|\/(?!\/))/i,
  RETURN_DOM_FRAGMENT: true,
};
const FORMATS = { bold: "B", italic: "I", list: "UL", numbers: "OL", quote: "BLOCKQUOTE", link: "A", code: "CODE" };

export { Toolbar } from "./toolbar.js";

// What comes from Word, Outlook, spreadsheets or the web, without styles, scripts and foreign pictures.
export function clean(html) {
  const fragment = globalThis.DOMPurify.sanitize(html, CLEAN);
  for (const image of fragment.querySelectorAll("img:not([src^='/'])")) image.remove();
  for (const word of fragment.querySelectorAll("span")) word.replaceWith(...word.childNodes);
  return fragment;
}

export function escape(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element.innerHTML;
}

export const paragraphs = (text) =>
  text.split(/\n{2,}/).map((part) => `<p>${escape(part).replaceAll("\n", "<br>")}</p>`).join("");

// Puts an editor in the place of a <textarea> and returns it. `changed` is called after each change.
export function edit(textarea, changed) {
  const root = document.createElement("div");
  root.className = "composer-body";
  root.role = "textbox";
  root.ariaMultiLine = "true";
  root.ariaLabel = textarea.getAttribute("aria-label");
  root.dataset.placeholder = textarea.placeholder;
  textarea.after(root);
  textarea.hidden = true;
  const squire = new Squire(root, {
    blockTag: "P",
    addLinks: true,
    sanitizeToDOMFragment: (html) => document.importNode(clean(html), true),
    didError: (error) => console.error(error),
  });
  for (const key of ["Tab", "Shift-Tab"]) squire.setKeyHandler(key, null); // leaves the field, always
  return new Editor(root, squire, changed);
}

class Editor {
  constructor(root, squire, changed) {
    Object.assign(this, { root, squire });
    squire.addEventListener("input", () => {
      this.mark();
      changed();
    });
    this.mark();
  }

  get html() {
    return this.empty ? "" : this.squire.getHTML().replaceAll("\u200b", "");
  }

  set html(html) {
    this.squire.setHTML(html);
    this.mark();
  }

  get empty() {
    return !this.root.textContent.trim() && !this.root.querySelector("img, hr, table");
  }

  get text() {
    return this.root.innerText.replaceAll("\u200b", "").trim();
  }

  mark() {
    this.root.classList.toggle("is-empty", this.empty && !this.root.querySelector("li, blockquote"));
  }

  focus() {
    this.squire.focus();
  }

  toEnd() {
    this.squire.moveCursorToEnd();
  }

  insertImage(url, id, name) {
    this.squire.insertImage(url, { alt: name, "data-attachment": id });
  }

  has(command) {
    return this.squire.hasFormat(FORMATS[command]);
  }

  run(command) {
    const { squire } = this;
    const on = this.has(command);
    if (command === "bold") on ? squire.removeBold() : squire.bold();
    if (command === "italic") on ? squire.removeItalic() : squire.italic();
    if (command === "list") on ? squire.removeList() : squire.makeUnorderedList();
    if (command === "numbers") on ? squire.removeList() : squire.makeOrderedList();
    if (command === "quote") on ? squire.decreaseQuoteLevel() : squire.increaseQuoteLevel();
    if (command === "code") squire.toggleCode();
  }

  link(url) {
    const address = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
    if (/^(https?|mailto|tel):/i.test(address)) this.squire.makeLink(address);
  }

  unlink() {
    this.squire.removeLink();
  }

  destroy() {
    this.squire.destroy();
    this.root.remove();
  }
}
