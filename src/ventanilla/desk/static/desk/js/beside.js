// What a conversation needs once it is on screen: its late style, who else is there, countdowns,
// previews, what waits for the server. Loaded with the first one.
import "./vt-held.js";
import { Presence } from "./presence.js";
import { resume } from "./outbox.js";

const RESOLVED = "4"; // as a status is posted

export function attend(conversation) {
  const { style, number } = conversation.dataset;
  if (!document.querySelector(`link[href="${style}"]`)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
  }
  resume();
  const presence = new Presence(document.getElementById(`presence-${number}`));
  return () => presence.leave();
}

// What becomes of a reply that waits. Asked by the page: the button may be gone before the answer.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".held-do button, vt-toast [hx-post^='/held/']");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const url = button.form?.action ?? button.getAttribute("hx-post");
    for (const toast of document.querySelectorAll("vt-toast:has([hx-post^='/held/'])")) toast.remove();
    const values = { do: button.value || "take_back" };
    window.htmx
      .ajax("POST", url, { source: document.body, target: "#toasts", swap: "none", values })
      .then(() => values.do === "take_back" && document.querySelector("vt-composer")?.write("reply"));
  },
  true,
);

// A day and a time to send at: the button beside them carries it.
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-later]")) return;
  const button = target.parentElement.querySelector("button");
  button.value = target.value;
  button.disabled = !target.value;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-later]")) return;
  event.preventDefault();
  event.target.parentElement.querySelector("button").click();
});

// A conversation is printed whole: what is folded or not loaded yet comes first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (!document.querySelector("vt-conversation :is(.fold, .mail-frame)")) return;
  event.preventDefault();
  printed();
});
document.addEventListener("click", ({ target }) => target.closest?.("[data-print]") && printed());
const printed = () => import("./print.js").then(({ printAll }) => printAll());

// A look inside a file, over the page. With a key held down the link is a link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-preview]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.dataset.preview).catch(() => null);
  if (!answer?.ok || answer.redirected) return link.removeAttribute("data-preview"), link.click();
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const dialog = holder.content.querySelector("dialog");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.showModal();
});

// Once a ticket is resolved, however that was done, the next of the view; after the last, the one before.
document.addEventListener("htmx:after:request", (event) => {
  const { request, response } = event.detail.ctx;
  const list = document.querySelector("vt-list");
  if (!list?.current || response.status >= 300 || request.body?.get?.("status") !== RESOLVED) return;
  const number = /\/tickets\/(\d+)\//.exec(request.action)?.[1];
  if (!list.current.pathname.endsWith(`/${number}/`)) return;
  list.move(list.rows.at(-1) === list.current ? -1 : 1);
});
