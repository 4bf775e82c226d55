// <vt-toast class="toast" data-stays="seconds">: goes away after them, else after ten, or once its
// action is taken.

class VtToast extends HTMLElement {
  connectedCallback() {
    const stays = `${this.dataset.stays ?? 10}`;
    this.timer = setTimeout(() => this.remove(), stays * 1000);
    this.querySelector(".toast-time")?.style.setProperty("animation-duration", `${stays}s`);
    // once the answer is in its places: what is asked for by nobody on the page is not swapped
    this.addEventListener("htmx:finally:request", () => this.remove());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

customElements.define("vt-toast", VtToast);
