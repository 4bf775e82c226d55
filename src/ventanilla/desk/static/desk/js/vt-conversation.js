// <vt-conversation data-read="URL">: begins at the end; says what has come below; tells the server
// what has been read (POST message=<id>), once it is on a visible screen.
import { post } from "./send.js";

const AT_END = 60; // pixels

class VtConversation extends HTMLElement {
  connectedCallback() {
    this.count = this.querySelectorAll(".msg").length;
    this.scrollTop = this.scrollHeight;
    this.changes = new MutationObserver(() => this.changed());
    this.changes.observe(this, { childList: true, subtree: true });
    this.pill.addEventListener("click", () => this.toEnd());
    this.addEventListener("scroll", () => this.atEnd && this.seen(), { passive: true });
    this.shown = () => document.hidden || (this.atEnd && this.seen());
    document.addEventListener("visibilitychange", this.shown);
    this.shown();
    import("./beside.js").then(({ attend }) => {
      if (this.isConnected) this.leave = attend(this); // the reader may have gone on already
    });
  }

  disconnectedCallback() {
    this.leave?.();
    this.changes?.disconnect();
    document.removeEventListener("visibilitychange", this.shown);
  }

  get pill() {
    return this.querySelector(".unseen");
  }

  get atEnd() {
    return this.scrollHeight - this.scrollTop - this.clientHeight < AT_END;
  }

  changed() {
    const now = this.querySelectorAll(".msg").length;
    const more = now - this.count;
    if (more <= 0) return;
    const followed = this.scrollHeight - this.scrollTop - this.clientHeight < AT_END + 400;
    if (followed) {
      this.count = now;
      this.toEnd();
    } else {
      const words = more === 1 ? this.pill.dataset.one : this.pill.dataset.many;
      this.pill.textContent = `${words.replace("{}", more)} ↓`;
      this.pill.hidden = false;
    }
  }

  toEnd() {
    this.scrollTo({ top: this.scrollHeight });
    this.seen();
  }

  seen() {
    this.pill.hidden = true;
    this.count = this.querySelectorAll(".msg").length;
    const last = this.querySelector("[data-last]")?.dataset.last;
    if (document.hidden || !this.dataset.read || !Number(last) || this.told === last) return;
    this.told = last;
    post(this.dataset.read, { message: last }).catch(() => (this.told = null));
  }
}

customElements.define("vt-conversation", VtConversation);
