// Shows the first words of a comment that another one refers to, while its number is pointed at or
// has the focus. From this page where it stands here, else from its own, asked for once.
const PAUSE = 250;   // milliseconds: whoever only passes over a number asks for nothing
const LONGEST = 280;   // characters
const LINK = ".tree a[href*='/c/']";
const NUMBER = /^\/t\/\d+\/c\/([1-9]\d*)$/;

const asked = new Map();
const box = document.createElement("div");
box.id = "peek";
box.className = "peek";
box.setAttribute("role", "tooltip");
box.hidden = true;
let timer = 0;
let shown = null;

const words = (comment) => {
  const name = comment.querySelector(".who bdi")?.textContent ?? "";
  const prose = comment.querySelector(":scope > .prose, :scope > .stub");
  const text = (prose?.innerText ?? prose?.textContent ?? "").replace(/\s+/g, " ").trim();
  const end = text.length > LONGEST ? `${text.slice(0, LONGEST).replace(/\s\S*$/, "")} …` : text;
  return { name, text: end };
};

const elsewhere = (path, number) => {
  if (!asked.has(path)) {
    const answer = fetch(path)
      .then((response) => (response.ok ? response.text() : ""))
      .then((html) => new DOMParser().parseFromString(html, "text/html").getElementById(`c${number}`))
      .then((comment) => comment && words(comment))
      .catch(() => null);
    asked.set(path, answer);
  }
  return asked.get(path);
};

const place = (link) => {
  const tree = link.closest(".tree");
  const [from, at] = [tree.getBoundingClientRect(), link.getBoundingClientRect()];
  tree.append(box);
  box.hidden = false;
  box.style.insetBlockStart = `${at.bottom - from.top}px`;
};

const show = async (link, number) => {
  const here = document.getElementById(`c${number}`);
  const found = here ? words(here) : await elsewhere(link.pathname, number);
  if (shown !== link || !found?.text) return;
  const name = document.createElement("bdi");
  name.textContent = found.name;
  const text = document.createElement("p");
  text.textContent = found.text;
  box.replaceChildren(name, text);
  place(link);
  link.setAttribute("aria-describedby", box.id);
};

const hide = () => {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  box.hidden = true;
};

const point = (event) => {
  const link = event.target.closest?.(LINK);
  const number = link && NUMBER.exec(link.pathname)?.[1];
  if (!number || link === shown || link.closest(".knot")?.id === `c${number}`) return;
  hide();
  shown = link;
  timer = setTimeout(() => show(link, number), event.type === "focusin" ? 0 : PAUSE);
};

const leave = (event) => {
  const to = event.relatedTarget;
  if (shown && !(to && (shown.contains(to) || box.contains(to)))) hide();
};

for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, point);
for (const kind of ["pointerout", "focusout"]) {
  document.addEventListener(kind, (event) => {
    if (shown?.contains(event.target) || box.contains(event.target)) leave(event);
  });
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
