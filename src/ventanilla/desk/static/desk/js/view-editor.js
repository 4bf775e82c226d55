// The editor of a view: what fits is looked up as one writes, lists of choices open and close.
const WAIT = 350; // milliseconds after the last key
const form = document.getElementById("view-form");
let timer = 0;

const look = (wait = WAIT) => {
  clearTimeout(timer);
  timer = setTimeout(() => document.getElementById("view-found").dispatchEvent(new CustomEvent("wanted")), wait);
};

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-sieve]")) return sieve(event.target);
  if (event.target.matches(".vw-options .check")) tell(event.target.closest(".vw-pick"));
  if (!event.target.matches("[data-redraw]")) look();
});

// Lines were added, removed or drawn anew: look again, and go on where the change was.
document.addEventListener("htmx:after:swap", () => {
  const lines = document.getElementById("view-rows");
  const place = lines.dataset.focus;
  if (place === undefined || lines.dataset.seen) return;
  lines.dataset.seen = "true";
  if (place) document.getElementById(`vw-${place}`)?.querySelector("select")?.focus();
  look(0);
});

// What is chosen stands on the closed list.
function tell(pick) {
  const chosen = [...pick.querySelectorAll(":checked")].map((one) => one.parentElement.textContent.trim());
  const told = pick.querySelector("summary > span");
  told.textContent = chosen.join(", ") || told.dataset.none;
}

function sieve(input) {
  const wanted = fold(input.value);
  for (const label of input.parentElement.querySelectorAll("label")) label.hidden = !fold(label.textContent).includes(wanted);
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

// A list closes when one goes on elsewhere, or with Escape, and the focus stays with it.
document.addEventListener("pointerdown", ({ target }) => shut((one) => !one.contains(target)));
form.addEventListener("focusin", ({ target }) => shut((one) => !one.contains(target)));
form.addEventListener("keydown", (event) => {
  const pick = event.target.closest(".vw-pick[open]");
  if (event.key === "Enter" && event.target.matches(".vw-options *")) event.preventDefault();
  if (!pick || (event.key !== "Escape" && event.key !== "Enter")) return;
  if (event.key === "Enter" && event.target.matches("summary")) return;
  event.stopPropagation();
  pick.open = false;
  pick.querySelector("summary").focus();
});
const shut = (fits) => {
  for (const one of form.querySelectorAll(".vw-pick[open]")) if (fits(one)) one.open = false;
};

look(0);
