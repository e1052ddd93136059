// Completes @names while a comment is written, people of the thread first (after combobox.js).
const NAME = /(?:^|[^\w@/+-])@([\p{L}\p{N}_.-]{1,30})$/u;

const nameBefore = (area) => {
  const end = area.selectionStart;
  const text = NAME.exec(area.value.slice(0, end))?.[1];
  return text && { text, start: end - text.length, end };
};

const peopleAt = (address) => async (text, signal) => {
  const answer = await fetch(`${address}?${new URLSearchParams({ q: text })}`, { signal });
  if (!answer.ok) return null;
  const people = await answer.json();
  return people.map(({ name, username }) => ({ value: `${username} `, label: name, note: `@${username}` }));
};

for (const area of document.querySelectorAll("form[method='post'] textarea:not([readonly])")) {
  const path = new URL(area.form.action, window.location.href).pathname;
  const thread = /^\/t\/\d+/.exec(path)?.[0];
  if (thread) {
    new Combobox(area, {
      label: "People",
      first: true,
      part: () => nameBefore(area),
      find: peopleAt(`${thread}/people`),
      counted: (number) => (number === 1 ? "1 person" : `${number} people`),
    });
  }
}
