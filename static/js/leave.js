// Leaving replaces this page in the tab's history, so that Back does not return to it at once.
document.querySelector("a.leave")?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.documentElement.hidden = true;
  window.location.replace(event.currentTarget.href);
});
