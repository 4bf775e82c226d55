// The composer's buttons: one Tab stop, arrows between them, pressed as the text at the caret is.
export class Toolbar {
  constructor(composer, editor) {
    this.composer = composer;
    this.editor = editor;
    this.root = composer.querySelector(".composer-tools");
    this.root.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the caret
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    for (const name of ["pathChange", "select", "cursor"]) {
      editor.squire.addEventListener(name, () => this.show());
    }
  }

  get buttons() {
    return [...this.root.querySelectorAll("[data-edit]")];
  }

  show() {
    for (const button of this.buttons) {
      const command = button.dataset.edit;
      if (command !== "picture" && command !== "prepared") button.ariaPressed = String(this.editor.has(command));
    }
  }

  run(button) {
    const command = button.dataset.edit;
    if (command === "picture") this.choosePicture();
    else if (command === "link") this.askLink(button);
    else if (command === "prepared") this.composer.offering.then((offers) => offers.open("/"));
    else this.editor.run(command);
  }

  pressed(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  choosePicture() {
    const field = Object.assign(document.createElement("input"), {
      type: "file",
      accept: "image/png, image/jpeg, image/gif, image/webp",
      multiple: true,
    });
    field.addEventListener("change", () => {
      for (const file of field.files) this.composer.insertPicture(file);
    });
    field.click();
  }

  askLink(button) {
    const menu = this.linker();
    const range = this.editor.squire.getSelection();
    const back = () => this.editor.squire.setSelection(range);
    const field = menu.querySelector("input");
    field.value = this.editor.root.ownerDocument.getSelection().anchorNode?.parentElement?.closest("a")?.href ?? "";
    menu.showPopover({ source: button });
    field.focus();
    const done = (use) => {
      menu.remove();
      back();
      use();
      this.editor.focus();
    };
    menu.querySelector("[data-set]").onclick = () => done(() => field.value && this.editor.link(field.value));
    menu.querySelector("[data-unset]").onclick = () => done(() => this.editor.unlink());
    field.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      menu.querySelector("[data-set]").click();
    };
    menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.remove());
  }

  linker() {
    const menu = document.getElementById("vt-linker").content.cloneNode(true).firstElementChild;
    this.root.append(menu);
    return menu;
  }
}
