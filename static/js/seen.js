// What was on the screen counts as read; without this, the button under the comments says so.
const form = document.getElementById("seen");

const send = async () => {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
    redirect: "manual",
  }).catch(() => null);
  if (answer?.ok || answer?.type === "opaqueredirect") form.hidden = true;
};

if (form && "IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    send();
  });
  watcher.observe(form);
}
