// <vt-composer>: the form to write with: tabs, drafts, files, keys. The rich editor is loaded on the
// first focus, what handles files and addresses with the first of those. Everything posted is a
// field of the <form>; without script that form works alone.
import { Drafts } from "./drafts.js";
import { refresh } from "./refresh.js";
import { clock } from "./words.js";

const NOT_DRAFTED = ["body", "files", "csrfmiddlewaretoken", "seen", "force", "mark", "later"];
const PAUSE = 5_000; // a longer silence between two keys is not writing

class VtComposer extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.textarea = this.querySelector("textarea");
    this.htmlField = this.querySelector("[name=html]");
    this.texts = new Map([...this.querySelectorAll("[data-draft-of]")].map(remember));
    this.otherFiles = new Map();
    this.kind = this.chosenKind;
    this.written = Number(this.querySelector("[name=composing]").value) * 1000;
    this.drafts = new Drafts({
      id: this.id,
      url: this.dataset.draft,
      read: (kind) => this.read(kind),
      told: (state, time) => this.told(state, time),
    });
    this.filePlace = this.querySelector(".composer-files .files");
    this.querySelector(".composer-tools").hidden = false;
    this.listen();
    this.recover();
  }

  connectedMoveCallback() {}

  disconnectedCallback() {
    this.drafts?.stop();
    this.editor?.destroy();
  }

  listen() {
    this.textarea.addEventListener("focus", () => this.open());
    this.querySelector(".composer-addr")?.addEventListener("toggle", () => addressFields());
    if (this.querySelector(".composer-addr[open], form > .composer-fields")) addressFields();
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("input", (event) => this.inputCame(event));
    this.addEventListener("change", (event) => this.changeCame(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("submit", (event) => this.submitted(event), true); // before htmx reads it
    this.addEventListener("htmx:before:request", () => this.problem.replaceChildren());
    this.addEventListener("htmx:after:request", (event) => this.answered(event));
    this.addEventListener("htmx:error", (event) => this.unanswered(event));
    this.addEventListener("dragenter", () => this.receive());
  }

  get problem() {
    return this.querySelector(".composer-problem");
  }

  get chosenKind() {
    const field = this.querySelector("[name=kind]:checked") ?? this.querySelector("[name=kind]");
    return field.value;
  }

  // What an earlier visit typed here and the server got too late for this page, or never.
  recover() {
    for (const kind of ["reply", "note", "forward", "new"]) {
      const html = this.drafts.missing(kind, this.dataset.at);
      if (html === null || html === (this.texts.get(kind) ?? "")) continue;
      this.texts.set(kind, html);
      if (kind === this.kind) this.open().then(() => this.drafts.changed(kind));
    }
  }

  receive() {
    this.receiving ??= import("./dropping.js").then(({ receive }) => receive(this));
  }

  // The editor takes the textarea's place; focus goes with it.
  open() {
    this.form.classList.add("is-open");
    this.receive();
    this.opening ??= import("./editor.js").then(({ edit, paragraphs, Toolbar }) => {
      if (!this.isConnected) return;
      const typed = this.textarea.value;
      const focused = document.activeElement === this.textarea;
      this.editor = edit(this.textarea, () => this.changed());
      const known = this.texts.get(this.kind);
      this.editor.html = known ?? (typed ? paragraphs(typed) : "");
      if (known !== undefined && typed !== this.textarea.defaultValue) {
        this.editor.html = paragraphs(typed);
      }
      this.toolbar = new Toolbar(this, this.editor);
      this.offering = import("./offers.js").then(({ Offers }) => new Offers(this));
      if (focused) this.focusEnd();
    });
    return this.opening;
  }

  focusEnd() {
    this.editor.focus();
    this.editor.toEnd();
  }

  // Whatever first touches files: their uploader, once.
  files() {
    this.loading ??= import("./uploads.js").then(({ Uploads }) => {
      this.uploads = new Uploads({
        place: this.filePlace,
        url: this.dataset.upload,
        max: Number(this.dataset.max),
        told: (what, name) => this.complain(this.dataset[what].replace("{}", name)),
        changed: () => this.changed(),
      });
      return this.uploads;
    });
    return this.loading;
  }

  async clicked(event) {
    const dropped = event.target.closest("[data-drop]");
    if (dropped) return (await this.files()).drop(dropped.closest(".file"));
    const button = event.target.closest("[data-edit]");
    if (!button) return;
    const first = !this.editor;
    await this.open();
    if (first) this.focusEnd();
    this.toolbar.run(button);
  }

  // By key: R and N.
  async write(kind) {
    const tab = this.querySelector(`[name=kind][value=${kind}]`);
    if (tab && !tab.checked && tab.type === "radio") tab.click();
    await this.open();
    if (this.editor) this.focusEnd();
  }

  switchTo(kind) {
    if (kind === this.kind) return;
    this.drafts.flush();
    this.texts.set(this.kind, this.html);
    this.otherFiles.set(this.kind, [...this.filePlace.children]);
    this.kind = kind;
    this.form.classList.toggle("is-note", kind === "note");
    const words = kind === "note" ? this.dataset.note : this.dataset.reply;
    this.textarea.placeholder = words;
    this.filePlace.replaceChildren(...(this.otherFiles.get(kind) ?? this.storedFiles(kind)));
    if (!this.editor) {
      this.textarea.value = asText(this.texts.get(kind) ?? "");
      return;
    }
    this.editor.root.dataset.placeholder = words;
    this.editor.html = this.texts.get(kind) ?? "";
    this.focusEnd();
  }

  storedFiles(kind) {
    const stored = this.querySelector(`[data-files-of=${kind}]`);
    return stored ? stored.content.cloneNode(true).children : [];
  }

  get html() {
    return this.editor ? this.editor.html : (this.texts.get(this.kind) ?? "");
  }

  // The fields of a draft. Another tab's are saved when it is left.
  read(kind) {
    const fields = new FormData(this.form);
    for (const name of NOT_DRAFTED) fields.delete(name);
    fields.set("kind", kind);
    fields.set("html", kind === this.kind ? this.html : (this.texts.get(kind) ?? ""));
    fields.set("composing", Math.round(this.written / 1000));
    return fields;
  }

  changed() {
    const now = Date.now();
    if (this.lastKey && now - this.lastKey < PAUSE) this.written += now - this.lastKey;
    this.lastKey = now;
    this.drafts.changed(this.kind);
  }

  inputCame(event) {
    if (event.target === this.textarea) this.texts.set(this.kind, undefined);
    else if (["to", "cc", "bcc", "subject"].includes(event.target.name)) this.changed();
  }

  changeCame(event) {
    if (event.target.name === "kind") this.switchTo(event.target.value);
    if (event.target.type === "file") this.attach(event.target);
  }

  attach(field) {
    const files = [...field.files];
    field.value = ""; // uploaded now, so not posted again with the form
    for (const file of files) this.addFile(file);
  }

  async addFile(file, fields) {
    return (await this.files()).add(file, fields);
  }

  async insertPicture(file) {
    await this.open();
    const stored = await this.addFile(file, { inline: "1" });
    if (stored) this.editor?.insertImage(stored.url, stored.id, stored.name);
  }

  pressed(event) {
    if (event.key !== "Enter") return;
    const sends = event.ctrlKey || event.metaKey;
    if (sends || event.target.matches("input")) event.preventDefault(); // Enter in a field sends nothing
    if (sends) this.send(event.shiftKey && this.kind !== "note" ? "4" : null);
  }

  send(status) {
    const buttons = [...this.querySelectorAll("button[type=submit][name=status]")];
    const named = buttons.find((button) => button.value === status);
    const side = this.kind === "note" ? "only-note" : "only-reply";
    const main = buttons.find((button) => button.classList.contains(side));
    this.form.requestSubmit(status === null ? main : (named ?? main));
  }

  submitted(event) {
    if (this.uploads?.running) {
      this.complain(this.dataset.waiting);
      return stop(event);
    }
    this.drafts.hold(this.kind);
    const saving = this.drafts.saving.get(this.kind);
    if (saving) { // a draft that arrives later than what was sent would come back
      this.waiting ??= saving.then(() => {
        this.waiting = null;
        this.form.requestSubmit(event.submitter);
      });
      return stop(event);
    }
    this.querySelectorAll("vt-recipients").forEach((field) => field.take?.());
    this.drafts.flush();
    this.htmlField.disabled = !this.editor;
    this.htmlField.value = this.html;
    if (this.editor) this.textarea.value = this.editor.text;
    this.querySelector("[name=composing]").value = Math.round(this.written / 1000);
    this.querySelector("[name=mark]").value ||= Date.now().toString(36) + Math.random().toString(36).slice(2);
    this.submitter = event.submitter;
    this.querySelector("[popover]:popover-open")?.hidePopover();
  }

  answered(event) {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== this.form) return;
    if (ctx.response.status > 500) return this.unanswered(event);
    if (ctx.response.status < 300) this.drafts.sent(this.kind);
    else {
      this.drafts.changed(this.kind);
      refresh(`ticket-${this.id.slice(9)}`); // what sending has displaced
    }
  }

  // The server is away: what was to be sent waits here for it.
  unanswered(event) {
    const { ctx } = event.detail;
    if (ctx?.sourceElement !== this.form) return;
    event.stopPropagation();
    ctx.swap = "none";
    this.drafts.changed(this.kind);
    import("./outbox.js").then(({ queue }) => queue(this));
  }

  told(state, time) {
    const place = this.querySelector(".saved");
    if (!place) return;
    const words = state === "saved" ? this.dataset.saved : this.dataset.kept;
    place.classList.toggle("is-bad", state === "kept");
    place.textContent = time ? words.replace("{}", clock(time)) : "";
  }

  complain(words) {
    const banner = document.getElementById("vt-failed").content.cloneNode(true);
    banner.querySelector("b").remove();
    banner.querySelector("[data-why]").textContent = words;
    this.problem.replaceChildren(banner);
  }
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

const addressFields = () => import("./vt-recipients.js");
const remember = (template) => [template.dataset.draftOf, template.innerHTML];

function asText(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent;
}

customElements.define("vt-composer", VtComposer);
