// <vt-recipients>: addresses as chips around <input name="to" value="Elena <elena@…>, …">.
// What is posted stays that text, in a hidden input; without script it is typed there.
import Combobox from "../../vendor/combobox-nav.js";

const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]{2,}$/;
const ASK_AFTER = 150; // milliseconds after the last key

// "Elena Vidal <elena@x.com>, b@y.com" → [{ name, addr }]; commas in quotes don't divide
export function parse(text) {
  const parts = text.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? [];
  return parts.map((part) => part.trim()).filter(Boolean).map((part) => {
    const match = part.match(/^(.*?)\s*<([^>]*)>$/);
    if (!match) return { name: "", addr: part };
    return { name: match[1].replace(/^"|"$/g, ""), addr: match[2].trim() };
  });
}

const written = ({ name, addr }) => {
  if (!name) return addr;
  return `${/[,;<>@"]/.test(name) ? `"${name.replaceAll('"', "")}"` : name} <${addr}>`;
};

class VtRecipients extends HTMLElement {
  connectedCallback() {
    if (this.value) return;
    this.input = this.querySelector("input");
    this.value = Object.assign(document.createElement("input"), { type: "hidden" });
    this.value.name = this.input.name;
    this.input.removeAttribute("name");
    this.input.before(this.value);
    this.people = parse(this.input.value);
    this.input.value = "";
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("paste", () => setTimeout(() => this.take()));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.take());
    this.addEventListener("click", (event) => this.clicked(event));
    this.input.addEventListener("input", () => this.typed());
    this.show();
  }

  connectedMoveCallback() {}

  pressed(event) {
    if (event.target !== this.input) return;
    const chosen = this.list?.querySelector("[aria-selected=true]");
    if (["Enter", ",", ";"].includes(event.key) && this.input.value.trim() && !chosen) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
    } else if (event.key === "Backspace" && !this.input.value && this.people.length) {
      this.change(this.people.slice(0, -1));
    }
  }

  clicked(event) {
    const remove = event.target.closest(".chip-x");
    if (remove) {
      this.change(this.people.filter((_, index) => index !== Number(remove.dataset.index)));
    } else if (event.target.closest("[role=option]")) {
      const { name, addr } = event.target.closest("[role=option]").dataset;
      this.input.value = "";
      this.change([...this.people, { name, addr }]);
    }
    this.input.focus();
  }

  // What is typed becomes chips; words that are no address stay and are marked.
  take() {
    const typed = parse(this.input.value);
    this.input.value = "";
    this.closeList();
    if (typed.length) this.change([...this.people, ...typed]);
  }

  change(people) {
    const addresses = people.map(({ addr }) => addr.toLowerCase());
    this.people = people.filter((one, index) => addresses.indexOf(one.addr.toLowerCase()) === index);
    this.closeList();
    this.show();
    this.value.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show() {
    this.value.value = this.people.map(written).join(", ");
    this.querySelectorAll(".chip").forEach((chip) => chip.remove());
    this.people.forEach((one, index) => this.value.before(this.chip(one, index)));
    const wrong = this.people.some(({ addr }) => !ADDRESS.test(addr));
    this.input.setCustomValidity(wrong ? this.dataset.bad : "");
  }

  chip({ name, addr }, index) {
    const chip = document.getElementById("vt-chip").content.cloneNode(true).firstElementChild;
    const remove = chip.querySelector("button");
    chip.querySelector("span").textContent = name || addr;
    chip.title = ADDRESS.test(addr) ? addr : `${addr}: ${this.dataset.bad}`;
    chip.classList.toggle("is-bad", !ADDRESS.test(addr));
    remove.dataset.index = index;
    remove.setAttribute("aria-label", this.dataset.remove.replace("{}", name || addr));
    return chip;
  }

  typed() {
    clearTimeout(this.asking);
    const words = this.input.value.trim();
    if (words.length < 2 || !this.dataset.suggest) return this.closeList();
    this.asking = setTimeout(() => this.ask(words), ASK_AFTER);
  }

  async ask(words) {
    const url = `${this.dataset.suggest}?q=${encodeURIComponent(words)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || this.input.value.trim() !== words) return;
    const { addresses } = await answer.json();
    this.openList(addresses);
  }

  openList(addresses) {
    this.closeList();
    if (!addresses.length) return;
    this.list = Object.assign(document.createElement("div"), { className: "menu rcpt-menu" });
    this.list.role = "listbox";
    this.list.id = `${this.input.id}-list`;
    this.list.append(...addresses.map(option));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
    this.append(this.list);
    this.combobox = new Combobox(this.input, this.list, { firstOptionSelectionMode: "selected" });
    this.combobox.start();
  }

  closeList() {
    const { combobox, list } = this;
    this.combobox = this.list = null; // first: removing what has the focus comes back here
    combobox?.destroy();
    list?.remove();
  }
}

function option({ name, addr }) {
  const element = Object.assign(document.createElement("button"), { type: "button" });
  element.className = "menu-item";
  element.role = "option";
  Object.assign(element.dataset, { name, addr });
  const who = Object.assign(document.createElement("span"), { className: "menu-t" });
  const hint = document.createElement("small");
  who.textContent = name || addr;
  hint.textContent = name ? addr : "";
  element.append(who, hint);
  return element;
}

customElements.define("vt-recipients", VtRecipients);
