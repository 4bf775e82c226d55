// <vt-toast class="toast">: goes away after ten seconds, or once its action is taken.
const STAYS = 10_000;

class VtToast extends HTMLElement {
  connectedCallback() {
    this.timer = setTimeout(() => this.remove(), STAYS);
    this.addEventListener("htmx:after:request", () => this.remove());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

customElements.define("vt-toast", VtToast);
