// An address such as /t/12-slug#c7 finds its comment: inside a folded branch, or on another page.
const thread = document.querySelector("[data-thread]");

const unfold = (comment) => {
  const fold = comment.parentElement.closest("details:not([open])");
  if (!fold) return;   // most browsers have opened it by themselves
  fold.open = true;
  comment.scrollIntoView();
};

const follow = () => {
  const found = /^#c(\d+)$/.exec(window.location.hash);
  if (!found) return;
  const comment = document.getElementById(`c${found[1]}`);
  if (comment) {
    unfold(comment);
    return;
  }
  const key = `comment-anchor:${window.location.pathname}${window.location.hash}`;
  if (window.sessionStorage.getItem(key)) return;   // once only: the comment may be gone
  window.sessionStorage.setItem(key, "1");
  window.location.replace(`/t/${thread.dataset.thread}/c/${found[1]}`);
};

if (thread) {
  follow();
  window.addEventListener("hashchange", follow);
}
