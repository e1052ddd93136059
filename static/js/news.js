// Asks now and then whether comments came, and says so in a link; nothing on the page moves. The
// pause grows while nothing happens, and nothing is asked while the page is out of sight.
const line = document.getElementById("news");
const FIRST = 30_000;   // milliseconds
const LONGEST = 600_000;
const GROWTH = 1.5;

const watch = () => {
  let pause = FIRST;
  let due = Date.now() + pause;
  let tag = "";
  let timer = 0;

  const say = ({ count, first }) => {
    const link = document.createElement("a");
    link.href = `/t/${line.dataset.thread}/c/${first}`;
    link.textContent = count === 1 ? line.dataset.one : line.dataset.many.replace("{count}", count);
    line.replaceChildren(link);
  };

  const later = () => {
    due = Date.now() + pause;
    if (!document.hidden) timer = setTimeout(ask, pause);
  };

  async function ask() {
    const address = `/t/${line.dataset.thread}/news?after=${line.dataset.after}`;
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(address, { headers, cache: "no-store" }).catch(() => null);
    if (answer && !answer.ok && answer.status !== 304) return;   // gone, or not ours to see any more
    if (answer?.ok) {
      const news = await answer.json();
      const isFirst = !tag;
      tag = answer.headers.get("ETag") ?? "";
      if (news.count > 0) say(news);
      if (!isFirst) pause = FIRST;
    }
    pause = Math.min(pause * GROWTH, LONGEST);
    later();
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(0, due - Date.now()));
  });
  later();
};

if (line) watch();
