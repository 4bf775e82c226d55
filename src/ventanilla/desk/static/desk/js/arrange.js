// Views in the order in which they are dropped; the arrows do the same without script.
const form = document.querySelector("[data-arrange]");
let dragged = null;

form.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-drag]");
  dragged?.classList.add("is-dragged");
});

form.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-drag]");
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const { top, height } = over.getBoundingClientRect();
  if (over !== dragged) over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});

form.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  form.requestSubmit();
});

// A view that is not ticked is posted as hidden.
form.addEventListener("change", ({ target }) => {
  if (!target.dataset.shown) return;
  target.nextElementSibling.disabled = target.checked;
  form.requestSubmit();
});
