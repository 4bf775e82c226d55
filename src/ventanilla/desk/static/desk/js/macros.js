// Macros: looking at one before it is run, putting one into what is being written, running one.

// How it reads at the ticket, as the server draws it.
export async function look(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.importNode(page.querySelector(".macro"), true);
}

// Its text at the caret, never over what is selected; its changes beside the send button.
export async function use(composer, { id, html, kind, chips }) {
  const tab = kind && composer.querySelector(`[name=kind][value=${kind}]`);
  if (tab && tab.type === "radio" && !tab.checked) await composer.write(kind);
  const { squire } = composer.editor;
  const range = squire.getSelection();
  range.collapse(false);
  squire.setSelection(range);
  if (html) squire.insertHTML(html);
  const field = composer.querySelector("[name=prepared]");
  field.value = [...field.value.split(",").filter((one) => one && one !== String(id)), id].join(",");
  pend(composer, chips);
  composer.changed();
}

// What several macros set, the last one sets; a tag is added or taken away.
function pend(composer, chips) {
  const place = composer.querySelector(".composer-also");
  const page = new DOMParser().parseFromString(chips, "text/html");
  const added = page.querySelectorAll(".also");
  if (!added.length) return;
  if (!place.querySelector("link")) place.append(document.importNode(page.querySelector("link"), true));
  for (const chip of added) {
    const { value } = chip.querySelector("input");
    for (const one of place.querySelectorAll("input")) if (excludes(value, one.value)) one.closest(".also").remove();
    place.append(document.importNode(chip, true));
  }
  place.hidden = false;
  place.onchange ??= () => composer.changed();
}

function excludes(code, other) {
  const [what, value] = code.split("=");
  const [before, had] = other.split("=");
  const group = (name) => ({ snooze: "status", remove: "add" })[name] ?? name;
  return group(what) === group(before) && (group(what) !== "add" || value === had);
}

// Makes its changes, by the form that shows them.
export async function run(url) {
  submit(await look(url));
}

export function submit(shown) {
  const form = shown.querySelector("form");
  shown.hidden = true;
  document.body.append(shown);
  window.htmx.process(shown);
  form.addEventListener("htmx:finally:request", () => shown.remove());
  form.requestSubmit();
}

// A window to look at one first: what it says, what it changes, and the button that does it.
export async function ask(composer, { id, label, url, start }) {
  const shown = await look(url);
  const dialog = Object.assign(document.createElement("dialog"), { className: "macro-dialog", ariaLabel: label });
  const button = shown.querySelector("[data-run]");
  button.hidden = false;
  dialog.append(Object.assign(document.createElement("h2"), { textContent: label }), shown);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (start) await insert(composer, id, shown);
    else submit(shown);
    dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  button.focus();
}

// What was unticked in the window comes unticked.
async function insert(composer, id, shown) {
  const left = [...shown.querySelectorAll("[name=also]:not(:checked)")].map((one) => one.value);
  const answer = await fetch(`${composer.dataset.prepared}?id=${id}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  await composer.open();
  composer.focusEnd();
  await use(composer, await answer.json());
  for (const one of composer.querySelectorAll("[name=also]")) if (left.includes(one.value)) one.checked = false;
  composer.changed();
}

// What is being written becomes the text of a new macro; the server has it as a draft.
export async function keep(composer, url) {
  composer.drafts.changed(composer.kind);
  composer.drafts.flush();
  await composer.drafts.saving.get(composer.kind);
  location.assign(`${url}?from=${composer.id.slice(9)}&kind=${composer.kind}`);
}
