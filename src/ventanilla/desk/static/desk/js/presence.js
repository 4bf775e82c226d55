// Who else is at a ticket: this page says every ten seconds that its reader is, and whether they
// write; the answer says who the others are. Nobody hears of a hidden page.
import { post } from "./send.js";

const EVERY = 10_000;

export class Presence {
  constructor(place) {
    this.place = place;
    this.url = place.getAttribute("hx-get");
    this.lastKey = -Infinity;
    this.told = { viewing: -Infinity, typing: -Infinity };
    this.typed = ({ target }) => target.closest?.("vt-composer") && this.key();
    this.gone = () => this.say("gone", { keepalive: true });
    this.turned = () => (document.hidden ? this.gone() : this.here());
    document.addEventListener("input", this.typed);
    document.addEventListener("visibilitychange", this.turned);
    addEventListener("pagehide", this.gone);
    this.timer = setInterval(() => this.here(), EVERY);
    this.here();
  }

  leave() {
    clearInterval(this.timer);
    document.removeEventListener("input", this.typed);
    document.removeEventListener("visibilitychange", this.turned);
    removeEventListener("pagehide", this.gone);
    this.gone();
  }

  // The first key tells at once; the later ones with the next turn.
  key() {
    this.lastKey = performance.now();
    if (this.lastKey - this.told.typing >= EVERY) this.here();
  }

  here() {
    if (document.hidden) return;
    const now = performance.now();
    const state = now - this.lastKey < EVERY ? "typing" : "viewing";
    this.told[state] = now;
    this.say(state);
  }

  async say(state, options) {
    try {
      const answer = await post(this.url, { state }, options);
      if (answer.status === 200 && !answer.redirected) this.show(await answer.text());
    } catch {
      // The server is away: the next turn says it again.
    }
  }

  show(html) {
    if (this.place.innerHTML.trim() !== html.trim()) this.place.innerHTML = html.trim();
  }
}
