// <vt-list>: the rows of a view. Moving with J and K, which row is open, what is new, what has gone.
const HOVER = 80; // milliseconds over a row before its ticket is fetched ahead

class VtList extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("pointerover", (event) => this.hovered(event));
    this.addEventListener("htmx:config:request", (event) => this.addShown(event));
    this.addEventListener("htmx:after:swap", (event) => this.swapped(event));
    this.addEventListener("htmx:after:request", (event) => this.answered(event));
  }

  connectedMoveCallback() {}

  get rows() {
    return [...this.querySelectorAll(".tl-item")];
  }

  get current() {
    return this.querySelector(".tl-item[aria-current]");
  }

  // Open the row `by` places further; from nowhere, the first.
  move(by) {
    const rows = this.rows;
    const at = rows.indexOf(this.current);
    const row = rows[at < 0 ? 0 : at + by];
    if (!row) return;
    row.click();
    row.scrollIntoView({ block: "nearest" });
    row.focus({ preventScroll: true });
  }

  clicked(event) {
    const row = event.target.closest(".tl-item");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    this.open(row);
  }

  open(row) {
    const left = this.current;
    left?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.closest(".tl-row").classList.remove("is-unread");
    for (const gone of this.querySelectorAll(".is-gone")) if (!gone.contains(row)) gone.remove();
    const rows = this.rows;
    this.ahead(rows[rows.indexOf(row) + 1]);
  }

  hovered(event) {
    const row = event.target.closest(".tl-item");
    if (row === this.over) return;
    this.over = row;
    clearTimeout(this.hover);
    if (row && event.pointerType === "mouse") this.hover = setTimeout(() => this.ahead(row), HOVER);
  }

  ahead(row) {
    row?.dispatchEvent(new CustomEvent("preload"));
  }

  // The new-items bar asks what is there beyond the tickets that the list shows.
  addShown(event) {
    const { ctx } = event.detail;
    if (ctx.sourceElement.id !== "news") return;
    const shown = [...this.querySelectorAll(".tl-row")].map((row) => row.id.slice(1));
    ctx.request.body.set("have", shown.join(","));
  }

  swapped(event) {
    const { ctx } = event.detail;
    if (ctx.target?.id !== "conv") return;
    this.closest(".panes").dataset.pane = "conv";
    document.getElementById("conv").focus({ preventScroll: true });
  }

  // A row of which nothing may be seen any more (404) is greyed until the reader moves on.
  answered(event) {
    const { ctx } = event.detail;
    // fetched ahead, so not stopped when the reader went on: too late now
    if (ctx.target?.id === "conv" && !ctx.sourceElement.ariaCurrent) event.preventDefault();
    if (ctx.response.status !== 404 || !ctx.sourceElement.matches(".tl-row")) return;
    ctx.sourceElement.classList.add("is-gone");
  }
}

customElements.define("vt-list", VtList);
