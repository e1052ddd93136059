// "Quote" takes along what is selected inside the comment; agreeing comes back to the same place.
const PLACE = "place";

const selectedIn = (comment) => {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed) return "";
  const prose = comment.querySelector(":scope > .prose, :scope > .noted > .prose");
  const inside = prose?.contains(selection.anchorNode) && prose.contains(selection.focusNode);
  return inside ? selection.toString().trim().slice(0, 2000) : "";
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href$='/quote']");
  const comment = link?.closest(".knot");
  if (!comment) return;
  const words = selectedIn(comment);
  if (words) link.search = new URLSearchParams({ text: words });
});

document.getElementById("acts")?.addEventListener("submit", (event) => {
  const comment = event.submitter?.closest(".knot");
  if (!comment) return;
  const kept = { path: window.location.pathname, id: comment.id, top: comment.getBoundingClientRect().top };
  window.sessionStorage.setItem(PLACE, JSON.stringify(kept));
});

window.addEventListener("load", () => {   // after the browser has gone to the address's own anchor
  const kept = JSON.parse(window.sessionStorage.getItem(PLACE) ?? "null");
  window.sessionStorage.removeItem(PLACE);
  if (kept?.path !== window.location.pathname) return;
  const comment = document.getElementById(kept.id);
  if (!comment) return;
  const by = comment.getBoundingClientRect().top - kept.top;
  window.scrollBy({ top: by, behavior: "instant" });
  comment.querySelector(":scope > .acts button")?.focus({ preventScroll: true });
});
