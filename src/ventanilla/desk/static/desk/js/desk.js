// What every page of the desk starts. Each module improves HTML that already works.
import "./vt-time.js";
import "./vt-sla.js";
import "./vt-menu.js";
import "./vt-list.js";
import "./vt-conversation.js";
import "./vt-mail.js";
import "./vt-toast.js";
import "./vt-composer.js";
import "./morph.js";
import "./problems.js";
import "./popovers.js";
import "./keys.js";
import { listen } from "./live.js";
import { show } from "./notice.js";

// Ticking rows and changing them together: loaded with the first tick.
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-pick]");
  if (control) import("./vt-bulk.js").then(({ pick }) => pick(control, event));
  const row = event.target.closest(".tl-do")?.parentElement;
  if (row) swipe().then(({ menu }) => menu(row));
});

// Rows under a finger: loaded by the first touch.
const swipe = () => import("./swipe.js");
const touched = (event) => {
  if (event.pointerType !== "touch") return;
  removeEventListener("pointerdown", touched);
  swipe().then(({ begin }) => begin(event));
};
addEventListener("pointerdown", touched);

show(Number(document.body.dataset.notices ?? 0));
listen();
