// What the server can't say itself: no answer, an answer that is no fragment, a session that ended.
// Refusals that it can say come as partials (422, 409, 403 …) and are swapped like any answer.
const isLive = (ctx) => ctx?.sourceEvent?.type === "live";

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!ctx.response.raw.redirected || !signIn(ctx.response.raw.url)) return;
  event.preventDefault();
  const here = encodeURIComponent(location.pathname + location.search);
  if (!isLive(ctx)) location.assign(`${new URL(ctx.response.raw.url).pathname}?next=${here}`);
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 400) return;
  if (isLive(ctx)) return unasked(event);
  if (ctx.response.status === 422 || ctx.text.includes("<hx-partial")) return;
  ctx.swap = "none";
  complain(ctx.sourceElement);
});

// What nobody asked for complains only about what concerns the reader: signed out, ticket gone.
function unasked(event) {
  const { status } = event.detail.ctx.response;
  const gone = status === 404 && event.detail.ctx.sourceElement.matches(".conv-head");
  if (status !== 401 && !gone) event.preventDefault();
}

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx?.sourceElement && !isLive(ctx)) complain(ctx.sourceElement);
});

// A refusal may say where to go on.
document.addEventListener("htmx:after:swap", () => {
  const next = document.querySelector("[data-next]");
  next?.removeAttribute("data-next");
  next?.focus();
});

// Whether an answer is the sign-in page: the draft is kept, and comes back afterwards.
export function signIn(url) {
  const path = new URL(url, location.href).pathname;
  return path.includes("/login") && path !== location.pathname;
}

export function complain(source, why = "") {
  const place =
    source.closest("form")?.querySelector(".composer-problem") ??
    document.querySelector(".problems") ??
    document.getElementById("toasts");
  const banner = document.getElementById("vt-failed").content.cloneNode(true);
  if (why) banner.querySelector("[data-why]").textContent = why;
  place.replaceChildren(banner);
}
