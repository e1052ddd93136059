// Times of the last week are told from now ("3 hours ago"); day and hour stay in the title. Each
// keeps the width that it had, so that nothing beside or below it moves. Tables stay exact.
const WEEK = 7 * 24 * 60;   // minutes
const MINUTE = 60_000;   // milliseconds
const AT_ONCE = 5;   // times in one go: a slow phone can answer in between
const UNITS = [["days", 24 * 60], ["hours", 60], ["minutes", 1]];
const { lang, dataset } = document.documentElement;

// The page brings its words along: Intl.RelativeTimeFormat keeps a slow phone busy for 100 ms.
const words = JSON.parse(dataset.ago ?? "null");
let plural = null;

const told = (minutes) => {
  const [unit, size] = UNITS.find(([, least]) => minutes >= least) ?? [];
  if (!unit) return words.now;
  const count = Math.floor(minutes / size);
  const forms = words[unit];
  return (forms[plural.select(count)] ?? forms.other).replace("{n}", count);
};

const change = (times) => {
  const widths = times.map((time) => time.offsetWidth);
  times.forEach((time, index) => {
    if (!time.title) {
      time.title = time.textContent;
      time.style.minInlineSize = `${widths[index]}px`;
    }
    const passed = told((Date.now() - new Date(time.dateTime)) / MINUTE);
    if (time.textContent !== passed) time.textContent = passed;
  });
};

const isRecent = (time) => {
  const minutes = (Date.now() - new Date(time.dateTime)) / MINUTE;
  return minutes >= 0 && minutes < WEEK;
};

const tell = () => {
  if (document.hidden) return;
  const recent = [...document.querySelectorAll("main time:not(.data *)")].filter(isRecent);
  if (recent.length === 0) return;
  plural ??= new Intl.PluralRules(lang);
  const step = () => {
    change(recent.splice(0, AT_ONCE));
    if (recent.length > 0) setTimeout(step);
  };
  setTimeout(step);
};

if (words) {
  requestAnimationFrame(() => setTimeout(tell));   // once the page is drawn: measuring is cheap then
  document.addEventListener("visibilitychange", tell);
  setInterval(tell, MINUTE);
}
