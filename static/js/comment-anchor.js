// An address such as /t/12-slug#c7 whose comment is on another page goes on to that comment.
const thread = document.querySelector("[data-thread]");

const follow = () => {
  const found = /^#c(\d+)$/.exec(window.location.hash);
  if (!found || document.getElementById(`c${found[1]}`)) return;
  const key = `comment-anchor:${window.location.pathname}${window.location.hash}`;
  if (window.sessionStorage.getItem(key)) return;   // once only: the comment may be gone
  window.sessionStorage.setItem(key, "1");
  window.location.replace(`/t/${thread.dataset.thread}/c/${found[1]}`);
};

if (thread) {
  follow();
  window.addEventListener("hashchange", follow);
}
