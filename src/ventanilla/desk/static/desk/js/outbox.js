// What was to be sent while the server was away: kept in this browser, sent when it is back. Each
// carries its composer's mark, so that what had arrived after all is not sent again.
import { signIn } from "./problems.js";
import { refreshAll } from "./refresh.js";
import { post } from "./send.js";

const PREFIX = "vt-outbox:";
const LOOK_EVERY = 3_000;

const waiting = new Map(); // composers on this page, by the key of what they have in the outbox
let timer = 0;

export function queue(composer) {
  const key = `${PREFIX}${composer.id}:${composer.kind}`;
  const { form, submitter } = composer;
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  if (submitter?.name) fields.push([submitter.name, submitter.value]); // disabled while it is sent
  keep(key, JSON.stringify({ url: form.action, fields }));
  waiting.set(key, composer);
  lock(composer, key);
  look();
}

// The form stays as it was sent; only giving up lets it be changed.
function lock(composer, key) {
  const line = composer.querySelector(".composer-line");
  line.inert = true;
  const banner = document.getElementById("vt-failed").content.cloneNode(true).firstElementChild;
  banner.className = "banner banner-warn is-queued";
  banner.querySelector("b").remove();
  banner.querySelector("[data-why]").textContent = composer.dataset.queued;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s" });
  button.textContent = composer.dataset.unqueue;
  button.onclick = () => {
    release(composer, key);
    forget(key);
    composer.querySelector("[name=mark]").value = ""; // another text, another mark
  };
  banner.append(button);
  composer.problem.replaceChildren(banner);
}

function release(composer, key) {
  waiting.delete(key);
  composer.querySelector(".composer-line").inert = false;
  composer.problem.replaceChildren();
}

// What an earlier page left here.
export function resume() {
  if (keys().length) look();
}

function look() {
  clearTimeout(timer);
  timer = 0;
  if (!keys().length) return;
  fetch("/readyz", { cache: "no-store" })
    .then((answer) => (answer.ok ? send() : later()))
    .catch(later);
}

function later() {
  timer ||= setTimeout(look, LOOK_EVERY);
}

addEventListener("online", () => keys().length && look());

// Composers of this page send their own form again, with all that follows; the rest goes by itself.
async function send() {
  for (const key of keys()) {
    const composer = waiting.get(key);
    if (composer?.isConnected) {
      release(composer, key);
      forget(key);
      composer.form.requestSubmit(composer.submitter);
    } else {
      await sendKept(key);
    }
  }
}

async function sendKept(key) {
  const { url, fields } = JSON.parse(localStorage.getItem(key));
  const body = new FormData();
  for (const [name, value] of fields) if (name !== "csrfmiddlewaretoken") body.append(name, value);
  const answer = await post(url, body);
  if (answer.status > 500) return later();
  if (answer.redirected && signIn(answer.url)) return undefined; // it waits for who wrote it
  forget(key); // refused: it is a draft still
  if (answer.ok) localStorage.removeItem(key.replace(PREFIX, "vt-draft:"));
  refreshAll();
  return undefined;
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (error) {
    console.warn("This browser keeps nothing to send:", error.name);
  }
}

const forget = (key) => localStorage.removeItem(key);
