// <vt-held left="8">: seconds until a reply leaves, as the server counted them when it wrote this.
import { duration } from "./words.js";

class VtHeld extends HTMLElement {
  static observedAttributes = ["left"];

  connectedCallback() {
    this.timer = setInterval(() => this.show(), 250);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  attributeChangedCallback() {
    this.end = performance.now() + Number(this.getAttribute("left")) * 1000;
    this.show();
  }

  show() {
    const left = Math.ceil((this.end - performance.now()) / 1000);
    const text = left > 0 ? duration(left * 1000) : this.dataset.now;
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("vt-held", VtHeld);
