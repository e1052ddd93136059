// Suggests tags, threads and people under a search box. combobox.js is fetched with the first use,
// so that pages on which nobody searches do not carry it.
const suggestIn = (field) => {
  const { suggestions, suggested, one, many } = field.dataset;
  const find = async (text, signal) => {
    const answer = await fetch(`${suggestions}?${new URLSearchParams({ q: text })}`, { signal });
    return answer.ok ? answer.json() : null;
  };
  return new Combobox(field, {
    label: suggested,
    least: 2,
    find,
    take: ({ path }) => window.location.assign(path),
    counted: (number) => (number === 1 ? one : many.replace("{count}", number)),
  });
};

const whenCombobox = (address, then) => {
  if (window.Combobox) return then();
  const script = document.createElement("script");
  script.src = address;
  script.addEventListener("load", then);
  return document.head.append(script);
};

// Not before every script of the page has run: some of them bring combobox.js along.
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("input[data-suggestions]")) {
    const begin = () => {
      const before = field.value;
      whenCombobox(field.dataset.combobox, () => {
        const box = suggestIn(field);
        if (field.value !== before) box.ask();   // typed while the script was on its way
      });
    };
    if (document.activeElement === field) begin();
    else field.addEventListener("focus", begin, { once: true });
  }
});
