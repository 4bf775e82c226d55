// F6 goes round the panes; sidebar and context can be put away, and stay so in this browser.
const PANES = ".side, .pane-list, .pane-conv, .composer, .pane-ctx, .page";
const INSIDE = "[aria-current], textarea:not([hidden]), [contenteditable], a[href], button, input, summary";
const FIRST = "[aria-current], textarea, [contenteditable]";
const COOKIE = "vt-away";
const YEAR = 31_536_000; // seconds

export function next(by) {
  const panes = [...document.querySelectorAll(PANES)].filter((pane) => pane.checkVisibility());
  const at = panes.findLastIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(Math.max(at, by > 0 ? at : 0) + by + panes.length) % panes.length];
  if (pane?.id === "conv") return pane.focus();
  const within = [...(pane?.querySelectorAll(INSIDE) ?? [])].filter((one) => one.checkVisibility());
  (within.find((one) => one.matches(FIRST)) ?? within[0])?.focus();
}

// The server reads the cookie: the next page comes as this one was left.
export function toggle(name) {
  const { classList } = document.documentElement;
  classList.toggle(`no-${name}`);
  const away = ["side", "ctx"].filter((one) => classList.contains(`no-${one}`)).join(".");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${away}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}
