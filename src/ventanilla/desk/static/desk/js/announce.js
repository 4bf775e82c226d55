// A notification as the browser's own notice, if it is allowed. Permission is asked for by a click only.
const body = () => document.body.dataset;

function allowed() {
  return "Notification" in window && Notification.permission === "granted" && body().noticesUrl;
}

// Of what came last.
export async function announce() {
  if (!allowed()) return;
  const answer = await fetch(body().noticesUrl, { headers: { Accept: "application/json" } });
  if (answer.status !== 200) return;
  const { title, text, url, tag } = await answer.json();
  const notice = new Notification(title, { body: text, tag });
  notice.addEventListener("click", () => {
    window.focus();
    location.assign(url);
  });
}

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
