// Live updates. One stream for each browser: the tab that holds the lock `vt-live` opens it and
// passes every signal on; when it closes, another takes over. Signals carry no content: fragments
// with a matching data-live get the event `live` and fetch themselves (hx-trigger="live").
import { heard as noticeHeard } from "./notice.js";
import { refresh, refreshAll } from "./refresh.js";
import { signIn } from "./problems.js";

const NAME = "vt-live";
const SHOW_OFFLINE_AFTER = 10_000;
const LONGEST_WAIT = 30_000;
const POLL_EVERY = 5_000;
const HIDDEN_TOO_LONG = 30_000;

let last = 0; // the newest event that this tab has heard of
let leads = false;
let bus = null;
let hiddenAt = 0;
let lostTimer = 0;

export function listen() {
  if (document.body.dataset.liveAfter === undefined) return;
  last = Number(document.body.dataset.liveAfter);
  document.addEventListener("visibilitychange", shownAgain);
  if (!navigator.locks) return poll();
  bus = new BroadcastChannel(NAME);
  bus.addEventListener("message", ({ data }) => hear(data));
  navigator.locks.request(NAME, lead);
}

// Holds the lock for as long as the page lives: the promise never settles.
function lead() {
  leads = true;
  return new Promise(() => open(0));
}

function open(failures) {
  const stream = new EventSource(`/live?after=${last}`);
  let tries = failures;
  stream.onopen = () => {
    tries = 0;
    tell({ t: "up" });
  };
  stream.onmessage = (event) => tell({ ...JSON.parse(event.data), id: Number(event.lastEventId) });
  stream.addEventListener("resync", () => tell({ t: "resync" }));
  stream.onerror = () => {
    stream.close();
    tell({ t: "down" });
    setTimeout(() => reopen(tries + 1), wait(tries + 1));
  };
}

// Half a second at least, twice as long each time, at random: not every browser at once.
function wait(failures) {
  return 500 + Math.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** failures);
}

async function reopen(failures) {
  if (failures % 4 === 0 && (await signedOut())) return location.reload();
  open(failures);
}

async function signedOut() {
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request-Type": "full" } });
    return answer.redirected && signIn(answer.url);
  } catch {
    return false; // no connection: try on
  }
}

function tell(signal) {
  bus.postMessage(signal);
  hear(signal);
}

function hear(signal) {
  if (signal.id) last = Math.max(last, signal.id);
  if (signal.t === "up" || signal.t === "down") offline(signal.t === "down");
  if (signal.t === "ticket") ticketChanged(signal.n);
  if (signal.t === "presence") refresh(`presence-${signal.n}`);
  if (signal.t === "views") refresh("views", "list");
  if (signal.t === "notice") {
    noticeHeard(signal.n, leads);
    refresh("notices");
  }
  if (signal.t === "operation") refresh(`operation-${signal.n}`);
  if (signal.t === "resync") refreshAll();
}

function ticketChanged(number) {
  refresh(`ticket-${number}`, "views");
  if (!document.getElementById(`t${number}`)) refresh("list"); // perhaps new in this view
}

function offline(lost) {
  if (!lost) {
    clearTimeout(lostTimer);
    lostTimer = 0;
    document.querySelector(".offline")?.remove();
    dispatchEvent(new Event("online")); // what waits for the server tries again
  } else if (!lostTimer) {
    lostTimer = setTimeout(showOffline, SHOW_OFFLINE_AFTER);
  }
}

function showOffline() {
  const banner = document.getElementById("vt-offline").content.cloneNode(true);
  banner.querySelector("[data-retry]").addEventListener("click", retry);
  document.querySelector(".offline")?.remove();
  document.body.append(banner);
}

// Never leave a page that can't be loaded again.
const retry = () => fetch("/healthz").then(() => location.reload(), () => {});

function shownAgain() {
  if (document.hidden) {
    hiddenAt = Date.now();
  } else if (Date.now() - hiddenAt > HIDDEN_TOO_LONG) {
    refreshAll();
  } else {
    refresh();
  }
}

// Without Web Locks (plain http, old browsers): ask again and again what is on screen.
function poll() {
  setInterval(() => document.hidden || refreshAll(), POLL_EVERY);
}
