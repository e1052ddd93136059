// Single keys on a thread's page, for members who have not turned them off under their settings:
// j and k to the next and previous comment, r, q and a to answer, quote and agree, / to the search
// field, ? for this list. Every one of them is a link, a button or a field as well.
const help = document.getElementById("keys");

const comments = () => [...document.querySelectorAll(".knot")].filter(
  (comment) => comment.checkVisibility?.() ?? comment.offsetParent !== null,
);

const current = () => document.activeElement?.closest(".knot") ?? document.querySelector(".knot:target");

const go = (step) => {
  const all = comments();
  const here = all.indexOf(current());
  const next = here >= 0
    ? all[here + step]
    : all.find((comment) => comment.getBoundingClientRect().top >= 0);
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
};

const press = (selector) => current()?.querySelector(`:scope > .acts ${selector}`)?.click();

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  r: () => (current() ? press("a[href$='/reply']") : document.querySelector("#compose textarea")?.focus()),
  q: () => press("a[href$='/quote']"),
  a: () => press("button[formaction$='agree'], button[formaction$='agreeing']"),
  "/": () => document.querySelector("input[type='search']")?.focus(),
  "?": () => help.showModal(),
};

const isWriting = (element) => element.closest("input, textarea, select, dialog[open], [contenteditable]");

if (help) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = KEYS[event.key];
    if (!act || event.defaultPrevented || isWriting(event.target)) return;
    event.preventDefault();
    act();
  });
  const opener = document.getElementById("keys-open");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
