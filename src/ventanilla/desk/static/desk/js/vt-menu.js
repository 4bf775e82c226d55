// <vt-menu popover>: choose by typing. data-many: stays open. data-create: takes new words.
export const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

class VtMenu extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("toggle", (event) => this.toggled(event));
    this.addEventListener("input", () => this.filter());
    this.addEventListener("keydown", (event) => this.entered(event));
    this.addEventListener("submit", () => this.hasAttribute("data-many") || this.hidePopover());
    this.addEventListener("htmx:finally:request", () => this.filter());
  }

  connectedMoveCallback() {}

  get input() {
    return this.querySelector("input[type=text]");
  }

  get list() {
    return this.querySelector("[role=listbox]");
  }

  async toggled(event) {
    this.combobox?.destroy();
    this.combobox = null;
    if (event.newState !== "open") this.input.value = "";
    this.filter();
    if (event.newState !== "open") return;
    const { default: Combobox } = await import("../../vendor/combobox-nav.js");
    if (this.combobox || !this.matches(":popover-open")) return;
    this.combobox = new Combobox(this.input, this.list, { tabInsertsSuggestions: false });
    this.combobox.start();
    this.filter();
  }

  // Enter would press the first button, hidden or not.
  entered(event) {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    event.preventDefault();
    if (this.combobox || !this.input.value) return;
    this.list.querySelector("[role=option]:not([hidden])")?.click();
  }

  filter() {
    const typed = plain(this.input.value);
    const options = [...this.list.querySelectorAll("[role=option]:not([data-create])")];
    for (const option of options) option.hidden = !plain(option.textContent).includes(typed);
    this.offer(typed, options);
    this.querySelector(".menu-none").hidden = options.some((option) => !option.hidden) || this.offered;
    if (!this.combobox) return;
    this.combobox.firstOptionSelectionMode = typed ? "active" : "none";
    this.combobox.resetSelection();
  }

  // Offer what is typed, unless there is one of that name.
  offer(typed, options) {
    const create = this.querySelector("[data-create]");
    const words = (option) => plain(option.querySelector(".menu-t").textContent);
    this.offered = Boolean(create && typed && !options.some((option) => words(option) === typed));
    if (!create) return;
    const text = create.querySelector(".menu-t");
    text.dataset.words ??= text.textContent;
    create.hidden = !this.offered;
    create.value = this.input.value.trim();
    text.textContent = text.dataset.words.replace("{}", create.value);
  }
}

customElements.define("vt-menu", VtMenu);
