// What a morph leaves alone: what the reader has unfolded, and which row is open.
const KEPT = [
  ["open", "details"],
  ["aria-current", ".tl-item"],
  ["hidden", ".unseen, vt-menu .menu-item"],
];

window.htmx.registerExtension("keep", {
  htmx_before_morph_attr: (element, { attrName }) =>
    !KEPT.some(([name, selector]) => name === attrName && element.matches(selector)),
});
