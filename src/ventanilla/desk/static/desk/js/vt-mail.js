// <vt-mail><iframe sandbox …></vt-mail>: a customer's HTML mail, as high as what it holds.
const HIGHEST = 20_000; // pixels; beyond, the frame scrolls

class VtMail extends HTMLElement {
  connectedCallback() {
    const frame = this.querySelector("iframe");
    if (!frame) return;
    frame.addEventListener("load", () => this.fit(frame));
    if (frame.contentDocument?.readyState === "complete") this.fit(frame);
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
  }

  fit(frame) {
    const page = frame.contentDocument?.documentElement;
    if (!page?.ownerDocument.body) return;
    const measure = () => {
      frame.style.height = `${Math.min(page.ownerDocument.body.scrollHeight + 2, HIGHEST)}px`;
    };
    this.sizes?.disconnect();
    this.sizes = new ResizeObserver(measure);
    this.sizes.observe(page.ownerDocument.body);
    measure();
  }
}

customElements.define("vt-mail", VtMail);
