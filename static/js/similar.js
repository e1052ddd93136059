// Threads that may be about the same, below the title while it is typed (after composer.js). What
// could not be asked is no matter: "Preview" shows the same.
const place = document.getElementById("similar");
const PAUSE = 500;   // milliseconds without a key
const LEAST = 3;   // characters

const watchTitle = (field) => {
  const status = element("p", { className: "apart" });
  status.setAttribute("role", "status");
  place.after(status);
  let timer = 0;
  let asked = null;

  const show = (rows) => {
    place.querySelector("ul").replaceChildren(...rows.map(({ label, note, path }) => element(
      "li", {},
      element("a", { href: path }, element("bdi", {}, label)),
      " ", element("span", { className: "hint" }, note),
    )));
    place.hidden = !rows.length;
    const { one, many } = place.dataset;
    const words = rows.length ? (rows.length === 1 ? one : many.replace("{count}", rows.length)) : "";
    if (status.textContent !== words) status.textContent = words;
  };

  const ask = async () => {
    const title = field.value.trim();
    if (title.length < LEAST) { show([]); return; }
    const { signal } = asked = new AbortController();
    const query = new URLSearchParams({ title });
    const others = new FormData(field.form);
    for (const name of (place.dataset.with ?? "").split(" ").filter(Boolean)) {
      for (const value of others.getAll(name)) query.append(name, value);
    }
    const answer = await fetch(
      `${place.dataset.from}?${query}`, { signal, headers: { Accept: "application/json" } })
      .catch(() => null);
    const rows = answer?.ok ? await answer.json().catch(() => null) : null;
    if (rows && !signal.aborted) show(rows);
  };

  field.addEventListener("input", () => {
    asked?.abort();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
};

if (place) watchTitle(place.closest("form").elements.title);
