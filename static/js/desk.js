// Single keys for whoever moderates, if they have not turned them off under their settings: j, k and
// o in the queue; h, n and e on a case, which choose or focus and never send anything.
const help = document.getElementById("keys");

const rows = [...document.querySelectorAll(".queue > .row")];

const go = (step) => {
  const here = rows.indexOf(document.activeElement?.closest(".queue > .row"));
  const next = rows[here < 0 ? 0 : here + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const choose = (value) => {
  const choice = document.querySelector(`#decide input[name='outcome'][value='${value}']`);
  if (!choice) return;
  choice.checked = true;
  choice.focus();
};

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => document.activeElement?.closest(".queue > .row")?.querySelector("h2 a")?.click(),
  h: () => choose("hide"),
  n: () => choose("no_action"),
  e: () => document.querySelector("#say textarea")?.focus(),
  "?": () => help.showModal(),
};

const WRITING = "input:not([type='radio'], [type='checkbox']), textarea, select, dialog[open]";

if (help) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = KEYS[event.key];
    if (!act || event.defaultPrevented || event.target.closest(WRITING)) return;
    event.preventDefault();
    act();
  });
  const opener = document.getElementById("keys-open");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
