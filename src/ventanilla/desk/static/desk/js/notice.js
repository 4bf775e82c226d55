// Unread notifications: in the sidebar, in the title, on the app's icon, and as a browser notice if it is allowed.
// Permission is asked for by a click only. The signal is a number; what it is about is fetched.
const body = () => document.body.dataset;
let unread = 0;

export function show(count) {
  unread = count;
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count) document.title = `(${count}) ${document.title}`;
  const badge = document.getElementById("notice-count");
  if (badge) Object.assign(badge, { textContent: count, hidden: !count });
  navigator.setAppBadge?.(count).catch(() => {}); // refused where the app is not installed
}

// `leads`: this tab holds the stream, so that one notice appears and not one for each tab.
export async function heard(count, leads) {
  const more = count > unread;
  show(count);
  if (more && leads && allowed()) await announce();
}

function allowed() {
  return "Notification" in window && Notification.permission === "granted" && body().noticesUrl;
}

async function announce() {
  const answer = await fetch(body().noticesUrl, { headers: { Accept: "application/json" } });
  if (answer.status !== 200) return;
  const { title, text, url, tag } = await answer.json();
  const notice = new Notification(title, { body: text, tag });
  notice.addEventListener("click", () => {
    window.focus();
    location.assign(url);
  });
}

document.addEventListener("htmx:after:swap", () => show(unread)); // a swap may set the title

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-ask-notices]");
  if (!button) return;
  await Notification.requestPermission();
  offer();
});

function offer() {
  for (const button of document.querySelectorAll("[data-ask-notices]")) {
    button.hidden = !("Notification" in window) || Notification.permission !== "default";
  }
}

offer();
