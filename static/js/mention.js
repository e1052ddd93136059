// Completes @names while a comment is written, people of the thread first (after composer.js).
const NAME = /(?:^|[^\w@/+-])@([\p{L}\p{N}_.-]{1,30})$/u;

const nameBefore = (area) => {
  const end = area.selectionStart;
  const text = NAME.exec(area.value.slice(0, end))?.[1];
  return text && { text, start: end - text.length, end };
};

const peopleAt = (address) => async (text, signal) => {
  const answer = await fetch(
    `${address}?${new URLSearchParams({ q: text })}`, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const people = await answer.json();
  return people.map(({ name, username }) => ({ value: `${username} `, label: name, note: `@${username}` }));
};

const completeNames = (area) => {
  const path = new URL(area.form.action, window.location.href).pathname;
  const thread = /^\/t\/\d+/.exec(path)?.[0];
  if (thread) {
    const words = wordsOf(area.form);
    new Combobox(area, {
      label: words.people,
      first: true,
      part: () => nameBefore(area),
      find: peopleAt(`${thread}/people`),
      counted: (number) => words[number === 1 ? "person" : "persons"].replace("{count}", number),
    });
  }
};

setTimeout(() => {   // in a task of its own, like composer.js
  document.querySelectorAll("form[data-words] textarea:not([readonly])").forEach(completeNames);
});
