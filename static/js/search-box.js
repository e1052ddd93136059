// Suggests tags, threads and people under a search box. combobox.js is fetched with the first use,
// so that pages on which nobody searches do not carry it.
const suggestIn = (field) => {
  const find = async (text, signal) => {
    const answer = await fetch(`${field.dataset.suggestions}?${new URLSearchParams({ q: text })}`, { signal });
    return answer.ok ? answer.json() : null;
  };
  return new Combobox(field, {
    label: "Suggestions",
    least: 2,
    find,
    take: ({ path }) => window.location.assign(path),
    counted: (number) => (number === 1 ? "1 suggestion" : `${number} suggestions`),
  });
};

const whenCombobox = (address, then) => {
  if (typeof Combobox !== "undefined") return then();
  const script = document.createElement("script");
  script.src = address;
  script.addEventListener("load", then);
  return document.head.append(script);
};

for (const field of document.querySelectorAll("input[data-suggestions]")) {
  const begin = () => whenCombobox(field.dataset.combobox, () => suggestIn(field));
  if (document.activeElement === field) begin();
  else field.addEventListener("focus", begin, { once: true });
}
