// Unread notifications: in the sidebar, in the title, on the app's icon; the rest is announce.js.
// The signal is a number; what it is about is fetched.
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
  if (more && leads) (await announcing()).announce();
}

const announcing = () => import("./announce.js");

document.addEventListener("htmx:after:swap", () => show(unread)); // a swap may set the title
document.addEventListener("beforetoggle", ({ target }) => target.querySelector("[data-ask-notices]") && announcing(), true);
