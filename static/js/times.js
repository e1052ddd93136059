// Times of the last week are told from now ("3 hours ago"); day and hour stay in the title. Each
// keeps the width that it had, so that nothing beside or below it moves. Tables stay exact.
const WEEK = 7 * 24 * 60;   // minutes
const MINUTE = 60_000;   // milliseconds
const UNITS = [["day", 24 * 60], ["hour", 60], ["minute", 1]];

const ago = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

const told = (minutes) => {
  const [unit, size] = UNITS.find(([, least]) => minutes >= least) ?? ["second", Infinity];
  return ago.format(-Math.floor(minutes / size), unit);
};

const tell = () => {
  if (document.hidden) return;
  const recent = [];
  for (const time of document.querySelectorAll("main time:not(.data *)")) {
    const minutes = (Date.now() - new Date(time.dateTime)) / MINUTE;
    if (minutes >= 0 && minutes < WEEK) recent.push([time, minutes, time.offsetWidth]);
  }
  for (const [time, minutes, width] of recent) {
    if (!time.title) {
      time.title = time.textContent;
      time.style.minInlineSize = `${width}px`;
    }
    const words = told(minutes);
    if (time.textContent !== words) time.textContent = words;
  }
};

tell();
document.addEventListener("visibilitychange", tell);
setInterval(tell, MINUTE);
