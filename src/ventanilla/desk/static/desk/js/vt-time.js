// <vt-time format="list|message|relative"><time datetime="…">10:31</time></vt-time>
// Rewrites what the server wrote only once it is no longer true: each minute, or past midnight.
import { keepTime, stopTime } from "./tick.js";
import { ago, clock, date, day, full, yesterday } from "./words.js";

const DAY = 86_400_000;

class VtTime extends HTMLElement {
  connectedCallback() {
    this.today ??= day(new Date());
    this.addEventListener("pointerenter", () => this.explain(), { once: true });
    keepTime(this);
  }

  disconnectedCallback() {
    stopTime(this);
  }

  explain() {
    const time = this.querySelector("time");
    if (time && !time.title) time.title = full(new Date(time.dateTime));
  }

  show() {
    const time = this.querySelector("time");
    const now = new Date();
    const moment = new Date(time?.dateTime);
    if (!time || Number.isNaN(moment.valueOf())) return DAY;
    const age = now - moment;
    if (this.getAttribute("format") === "relative" && age >= 60_000 && age < DAY) {
      write(time, ago(age));
      return 60_000 - (age % 60_000);
    }
    if (day(now) !== this.today) {
      this.today = day(now);
      write(time, this.words(moment, now));
    }
    return 60_000;
  }

  words(moment, now) {
    const short = this.getAttribute("format") === "list";
    if (day(moment) === day(now)) return clock(moment);
    if (day(moment) === day(new Date(now - DAY))) {
      const word = yesterday();
      return short ? word[0].toUpperCase() + word.slice(1) : `${word}, ${clock(moment)}`;
    }
    return short ? date(moment, now) : `${date(moment, now)}, ${clock(moment)}`;
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

customElements.define("vt-time", VtTime);
