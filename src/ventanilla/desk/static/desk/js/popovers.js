// Menus stand at what opens them. Browsers with anchors do it by style; here for the others, and
// for menus that a key opens while their button is not on screen: those stand in the middle.
const ANCHORED = CSS.supports("position-area", "bottom");

document.addEventListener(
  "beforetoggle",
  (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu")) return;
    const opener = event.source ?? document.activeElement;
    const centered = !opener?.checkVisibility?.() || opener === document.body;
    menu.classList.toggle("menu-middle", centered);
    if (!ANCHORED && !centered) requestAnimationFrame(() => place(menu, opener));
  },
  true,
);

// What was chosen closes its menu; a vt-menu decides for itself.
document.addEventListener("click", (event) => {
  const menu = event.target.closest(".menu-item:not(label)")?.closest(".menu:popover-open:not(vt-menu)");
  menu?.hidePopover();
});

// A form in a menu closes it; what is refused is said above the conversation.
document.addEventListener("submit", (event) => {
  event.target.closest(".menu:popover-open:not(vt-menu)")?.hidePopover();
});

function place(menu, opener) {
  const at = opener.getBoundingClientRect();
  const room = { x: innerWidth - menu.offsetWidth - 8, y: innerHeight - menu.offsetHeight - 8 };
  const left = menu.matches(".menu-end") ? at.right - menu.offsetWidth : at.left;
  const top = at.bottom <= room.y ? at.bottom : at.top - menu.offsetHeight;
  Object.assign(menu.style, {
    position: "fixed",
    left: `${Math.max(8, Math.min(left, room.x))}px`,
    top: `${Math.max(8, top)}px`,
  });
}
