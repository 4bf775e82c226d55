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
});

show(Number(document.body.dataset.notices ?? 0));
listen();
