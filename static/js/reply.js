// "Quote" takes along what is selected inside the comment; agreeing comes back to the same place.
const PLACE = "place";

const selectedIn = (comment) => {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed) return "";
  const prose = comment.querySelector(":scope > .prose");
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

const kept = JSON.parse(window.sessionStorage.getItem(PLACE) ?? "null");
if (kept) {
  window.sessionStorage.removeItem(PLACE);
  const comment = kept.path === window.location.pathname && document.getElementById(kept.id);
  if (comment) {
    const by = comment.getBoundingClientRect().top - kept.top;
    window.scrollBy({ top: by, behavior: "instant" });
  }
}
