// <vt-sla class="sla sla-soon" due="…" warn="…" form="short|exact|sentence">: a deadline counts down.
// Once a minute; once a second in the last two minutes. Past it: a minus sign, and the clay fill.
import { keepTime, stopTime } from "./tick.js";
import { changesIn, duration, full } from "./words.js";

const ICONS = { ok: "clock", soon: "hourglass", late: "triangle-alert" };
const HOUR = 3_600_000;

class VtSla extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerenter", () => this.explain(), { once: true });
    keepTime(this);
  }

  explain() {
    const due = new Date(this.getAttribute("due"));
    this.title ||= `${this.dataset.before} ${full(due)}`;
  }

  disconnectedCallback() {
    stopTime(this);
  }

  show() {
    const due = Date.parse(this.getAttribute("due"));
    if (Number.isNaN(due)) return HOUR;
    const left = due - Date.now();
    const warn = Date.parse(this.getAttribute("warn")) || due - HOUR;
    this.become(left <= 0 ? "late" : Date.now() >= warn ? "soon" : "ok");
    const text = this.words(left);
    const place = this.querySelector("span");
    if (place && place.textContent !== text) place.textContent = text;
    return changesIn(left);
  }

  become(state) {
    if (this.classList.contains(`sla-${state}`)) return;
    this.classList.remove(...Object.keys(ICONS).map((name) => `sla-${name}`));
    this.classList.add(`sla-${state}`);
    const use = this.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${ICONS[state]}`));
  }

  words(left) {
    const form = this.getAttribute("form");
    const time = duration(Math.abs(left), form !== "short");
    if (form !== "sentence") return left <= 0 ? `−${time}` : time;
    return (left <= 0 ? this.dataset.late : this.dataset.ahead).replace("{}", time);
  }
}

customElements.define("vt-sla", VtSla);
