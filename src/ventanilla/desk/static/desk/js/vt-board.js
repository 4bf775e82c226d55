// <vt-board>: cards in columns. They are moved by dragging, with Shift and the arrows, or from the
// menu (M); the server answers with the board as it is then. What others change comes by itself, but
// never under a hand.
const GAP = 2_000; // milliseconds between two looks for what others have changed
const cards = (lane) => [...lane.querySelectorAll(".bd-card")];

class VtBoard extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("live", () => this.look());
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("click", (event) => this.clicked(event));
    for (const name of ["dragstart", "dragover", "dragleave", "drop", "dragend"]) this.addEventListener(name, (event) => this[name](event));
    this.addEventListener("scroll", () => this.mark(), { capture: true, passive: true });
    this.addEventListener("htmx:after:swap", () => this.mark());
    this.addEventListener("htmx:config:request", (event) => this.tell(event));
    this.mark();
  }

  connectedMoveCallback() {}

  get lanes() {
    return [...this.querySelectorAll(".bd-lane")];
  }

  get busy() {
    return this.card || this.querySelector(".is-moving") || document.querySelector("#bd-menu:popover-open");
  }

  // Look again soon: at most every two seconds, and not while a card is in the hand.
  look() {
    this.soon ||= setTimeout(() => {
      this.soon = 0;
      if (this.busy) return this.look();
      this.dispatchEvent(new CustomEvent("refetch"));
    }, GAP);
  }

  // How many cards each column shows: what was read on stays when the board comes anew.
  get have() {
    return this.lanes.map((lane) => `${lane.dataset.lane}:${cards(lane).length}`).join(",");
  }

  tell(event) {
    const { ctx } = event.detail;
    if (ctx.sourceElement === this) ctx.request.body.set("have", this.have);
  }

  pressed(event) {
    const card = event.target.closest(".bd-card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key.toLowerCase() === "m" && this.may) this.menu(card);
    else if (x && event.shiftKey) this.push(card, x);
    else if (x || y) this.go(card, x, y);
    else return;
    event.preventDefault();
  }

  get may() {
    return "may" in this.dataset;
  }

  // To the card beside it: up and down in its column, or at the same height of the next one that has any.
  go(card, x, y) {
    const lane = card.closest(".bd-lane");
    const at = cards(lane).indexOf(card);
    if (y) return this.focusOn(cards(lane)[at + y]);
    const lanes = this.lanes;
    for (let to = lanes.indexOf(lane) + x; lanes[to]; to += x) {
      const there = cards(lanes[to]);
      if (there.length) return this.focusOn(there[Math.min(at, there.length - 1)]);
    }
  }

  focusOn(card) {
    card?.querySelector(".bd-link").focus();
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  push(card, by) {
    const lanes = this.lanes;
    const lane = lanes[lanes.indexOf(card.closest(".bd-lane")) + by];
    if (lane && this.may) this.move(card, lane);
  }

  clicked(event) {
    const tab = event.target.closest(".bd-tabs a");
    if (tab) return this.turn(event, tab);
    const button = event.target.closest(".bd-do");
    if (button) return this.menu(button.closest(".bd-card"), button);
    const choice = event.target.closest("[data-to]");
    if (!choice) return;
    document.getElementById("bd-menu").hidePopover();
    const lane = this.querySelector(`.bd-lane[data-lane="${choice.dataset.to}"]`);
    const card = document.getElementById(this.asked);
    if (card && lane) this.move(card, lane);
  }

  menu(card, button = card.querySelector(".bd-do")) {
    this.asked = card.id;
    const menu = document.getElementById("bd-menu");
    const here = card.closest(".bd-lane").dataset.lane;
    for (const one of menu.querySelectorAll("[data-to]")) one.hidden = one.dataset.to === here;
    menu.showPopover({ source: button });
    menu.querySelector("[data-to]:not([hidden])")?.focus();
    menu.onkeydown = (event) => this.inMenu(event, menu);
  }

  inMenu(event, menu) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...menu.querySelectorAll("[data-to]:not([hidden])")];
    all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
  }

  // The card goes over at once; what the server says then is what counts.
  async move(card, lane) {
    const from = card.closest(".bd-lane");
    if (from === lane) return;
    const values = { have: this.have, n: card.dataset.n, by: this.dataset.by, was: from.dataset.lane, to: lane.dataset.lane };
    card.classList.add("is-moving");
    lane.querySelector(".bd-cards").prepend(card);
    this.say(card.dataset.n, lane.ariaLabel);
    try {
      await window.htmx.ajax("POST", this.dataset.move, { source: this, target: "#toasts", swap: "none", values });
    } finally {
      card.classList.remove("is-moving");
      this.dispatchEvent(new CustomEvent("refetch"));
    }
    this.focusOn(document.getElementById(card.id));
  }

  say(number, lane) {
    const told = this.querySelector("[data-told]");
    told.textContent = told.dataset.moved.replace("{n}", number).replace("{lane}", lane);
  }

  // -- dragging
  dragstart(event) {
    this.card = event.target.closest(".bd-card");
    if (!this.card || !this.may) return event.preventDefault();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.card.querySelector("a").href);
    this.card.classList.add("is-moving");
  }

  dragover(event) {
    const lane = this.card && event.target.closest(".bd-lane");
    if (!lane) return;
    event.preventDefault();
    this.over(lane);
  }

  dragleave(event) {
    if (!this.contains(event.relatedTarget)) this.over(null);
  }

  drop(event) {
    const lane = event.target.closest(".bd-lane");
    if (!this.card || !lane) return;
    event.preventDefault();
    const card = this.card;
    card.classList.remove("is-moving");
    this.move(card, lane);
  }

  dragend() {
    this.card?.classList.remove("is-moving");
    this.card = null;
    this.over(null);
  }

  over(lane) {
    for (const one of this.lanes) one.classList.toggle("is-over", one === lane);
  }

  // On a phone: to a column, and which one is shown. (The link alone would move the page, too.)
  turn(event, tab) {
    event.preventDefault();
    const lane = this.querySelector(tab.hash);
    lane.parentElement.scrollTo({ left: lane.offsetLeft - lane.parentElement.offsetLeft });
  }

  mark() {
    const holder = this.querySelector(".bd-lanes");
    const at = Math.round(holder.scrollLeft / Math.max(1, holder.clientWidth));
    this.querySelectorAll(".bd-tabs a").forEach((tab, index) => {
      tab.toggleAttribute("aria-current", index === at);
      if (index === at) tab.setAttribute("aria-current", "true");
    });
  }
}

customElements.define("vt-board", VtBoard);
