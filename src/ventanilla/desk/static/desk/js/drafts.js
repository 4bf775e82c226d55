// Keeping what is typed: on the server 800 ms after the last key, and in this browser until the
// server has confirmed it; in this tab for longer, as its next page may be drawn already by then. `read(kind)` gives the fields; `told(state, time)` shows where it stands.
import { post } from "./send.js";

const AFTER = 800;
const BARELY = 2_000; // milliseconds that a page takes to be drawn
const PATIENCE = 10_000;
const AGAIN = 15_000; // milliseconds until the next attempt when the server can't be reached

export class Drafts {
  constructor({ id, url, read, told }) {
    Object.assign(this, { id, url, read, told });
    this.timers = new Map();
    this.saving = new Map();
    this.retry = () => this.changedKinds().forEach((kind) => this.save(kind));
    addEventListener("online", this.retry);
    addEventListener("pagehide", (this.leave = () => this.flush({ keepalive: true })));
  }

  stop() {
    removeEventListener("online", this.retry);
    removeEventListener("pagehide", this.leave);
    this.flush({ keepalive: true });
  }

  // Something was typed: keep it here at once, there soon.
  changed(kind) {
    const html = this.read(kind).get("html");
    local.set(this.key(kind), JSON.stringify({ html, at: Date.now() }));
    clearTimeout(this.timers.get(kind));
    this.timers.set(kind, setTimeout(() => this.save(kind), AFTER));
  }

  // One after the other: what was typed before never arrives last. Leaving the page waits for none.
  save(kind, options) {
    this.hold(kind);
    const kept = local.get(this.key(kind));
    const fields = this.read(kind);
    const before = options ? null : this.saving.get(kind);
    const saved = Promise.resolve(before).then(() => this.put(kind, kept, fields, options));
    this.saving.set(kind, saved);
    saved.then(() => this.saving.get(kind) === saved && this.saving.delete(kind));
  }

  async put(kind, kept, fields, options = { signal: AbortSignal.timeout(PATIENCE) }) {
    try {
      const answer = await post(this.url.replace("{kind}", kind), fields, options);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const { saved_at: savedAt } = await answer.json();
      if (local.get(this.key(kind)) === kept) {
        local.remove(this.key(kind));
        tab.set(this.key(kind), JSON.stringify({ ...JSON.parse(kept), saved: savedAt }));
      }
      this.told("saved", savedAt ? new Date(savedAt) : null);
    } catch {
      this.told("kept", new Date());
      this.timers.set(kind, setTimeout(() => this.save(kind), AGAIN));
    }
  }

  // Save now what was waiting for its pause.
  flush(options) {
    for (const kind of this.changedKinds()) this.save(kind, options);
  }

  // It was sent: no draft any more, here or on the way to the server.
  sent(kind) {
    this.hold(kind);
    local.remove(this.key(kind));
    tab.remove(this.key(kind));
  }

  hold(kind) {
    clearTimeout(this.timers.get(kind));
    this.timers.delete(kind);
  }

  // What was typed here and a page drawn at that time doesn't show.
  missing(kind, drawn) {
    const kept = local.get(this.key(kind)) ?? tab.get(this.key(kind));
    const { html, saved } = kept ? JSON.parse(kept) : {};
    return kept && !(Date.parse(saved) < Date.parse(drawn) - BARELY) ? html : null;
  }

  changedKinds() {
    return [...this.timers.keys()];
  }

  key(kind) {
    return `vt-draft:${this.id}:${kind}`;
  }
}

// Storage may be full or forbidden: then the server alone keeps the draft.
const store = (storage) => ({
  get: (key) => attempt(() => storage().getItem(key)),
  set: (key, value) => attempt(() => storage().setItem(key, value)),
  remove: (key) => attempt(() => storage().removeItem(key)),
});
const local = store(() => localStorage);
const tab = store(() => sessionStorage);

function attempt(use) {
  try {
    return use();
  } catch (error) {
    console.warn("This browser keeps no drafts:", error.name);
    return null;
  }
}
