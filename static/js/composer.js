// What helps while somebody writes: a toolbar and its keys, how the text will look, what is left.
const MARKS = {   // what stands around the words, and the key with Ctrl or Cmd
  bold: { around: "**", key: "b" },
  italic: { around: "*", key: "i" },
  link: { key: "k" },
  list: { before: "- ", code: "Digit8" },
  quote: { before: "> ", code: "Digit9" },
  note: { code: "Digit7" },
};
const NEARLY = 0.9;   // of the limit: from here on the counter shows
const LOOK_PAUSE = 400;   // milliseconds without a key before the text is looked at
const HAS_COMMAND = /Mac|iP(hone|ad)/.test(navigator.platform);

const wordsOf = (form) => JSON.parse(form.dataset.words);

const element = (name, values = {}, ...children) => {
  const made = Object.assign(document.createElement(name), values);
  made.append(...children);
  return made;
};

const surround = (area, mark, sample) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const length = mark.length;
  const isMarked = value.slice(start - length, start) === mark && value.slice(end, end + length) === mark;
  if (isMarked) {
    const inner = value.slice(start, end);
    typeInto(area, inner, start - length, end + length);
    area.setSelectionRange(start - length, start - length + inner.length);
    return;
  }
  const inner = value.slice(start, end) || sample;
  typeInto(area, `${mark}${inner}${mark}`);
  area.setSelectionRange(start + length, start + length + inner.length);
};

const beginLines = (area, mark) => {
  const { value } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const after = value.indexOf("\n", area.selectionEnd);
  const end = after < 0 ? value.length : after;
  const lines = value.slice(start, end).split("\n");
  const isMarked = lines.every((line) => line.startsWith(mark));
  const made = lines.map((line) => (isMarked ? line.slice(mark.length) : mark + line)).join("\n");
  typeInto(area, made, start, end);
};

const putLink = (area, sample) => {
  const start = area.selectionStart;
  const chosen = area.value.slice(start, area.selectionEnd);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const [words, address] = isAddress ? [sample, chosen] : [chosen || sample, "https://"];
  typeInto(area, `[${words}](${address})`);
  const at = isAddress ? start + 1 : start + words.length + 3;
  area.setSelectionRange(at, at + (isAddress ? words : address).length);
};

class Composer {
  constructor(form) {
    this.form = form;
    this.area = form.elements.source;
    this.words = wordsOf(form);
    this.isLooking = true;
    this.#addToolbar();
    this.#addPreview();
    this.#addCounter();
    for (const key of form.querySelectorAll("[data-keys]")) {
      key.textContent = `${HAS_COMMAND ? "⌘" : "Ctrl+"}${key.dataset.keys}`;
    }
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("focus", () => {   // readers need not wait for what writers need
      document.head.append(element("script", { src: form.dataset.paste }));
    }, { once: true });
    if (this.area.value) this.#changed();
  }

  act(name) {
    const { around, before } = MARKS[name];
    if (around) surround(this.area, around, this.words.sample);
    else if (before) beginLines(this.area, before);
    else if (name === "link") putLink(this.area, this.words.sample);
    else this.#openNote();
  }

  #openNote() {
    const field = this.form.elements.content_note;
    field.closest("details").open = true;
    field.focus();
  }

  #addToolbar() {
    const bar = element("div", { className: "toolbar" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", this.words.toolbar);
    bar.setAttribute("aria-controls", this.area.id);
    for (const [name, { key, code }] of Object.entries(MARKS)) {
      const button = element("button", { type: "button", tabIndex: -1 }, this.words[name]);
      const keys = key ? key.toUpperCase() : `Shift+${code.slice(-1)}`;
      button.setAttribute("aria-keyshortcuts", `${HAS_COMMAND ? "Meta" : "Control"}+${keys}`);
      button.addEventListener("click", () => this.act(name));
      bar.append(button);
    }
    this.toggle = element("button", { type: "button", tabIndex: -1 }, this.words.preview);
    this.toggle.setAttribute("aria-pressed", "true");
    this.toggle.addEventListener("click", () => this.#switchPreview());
    bar.append(this.toggle);
    bar.firstChild.tabIndex = 0;
    // One stop for Tab; arrows go from button to button.
    bar.addEventListener("keydown", (event) => {
      const buttons = [...bar.children];
      const at = buttons.indexOf(document.activeElement);
      const step = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
      const to = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: -1 }[event.key];
      if (to !== undefined) { event.preventDefault(); buttons.at(to % buttons.length).focus(); }
    });
    bar.addEventListener("focusin", (event) => {
      for (const button of bar.children) button.tabIndex = button === event.target ? 0 : -1;
    });
    this.area.closest(".both").before(bar);
  }

  #key(event) {
    if (!(HAS_COMMAND ? event.metaKey : event.ctrlKey) || event.altKey || event.isComposing) return;
    const found = Object.entries(MARKS).find(([, { key, code }]) => (
      event.shiftKey ? code === event.code : key && key === event.key.toLowerCase()));
    if (!found) return;
    event.preventDefault();
    this.act(found[0]);
  }

  #changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.#count(); this.look(); }, LOOK_PAUSE);
  }

  #addPreview() {
    this.shown = element("div", { className: "prose" });
    const title = element("p", { className: "preview-title", id: `${this.area.id}-look` }, this.words.previewTitle);
    this.preview = element("section", { className: "preview", hidden: true }, title, this.shown);
    this.preview.setAttribute("aria-labelledby", title.id);
    this.area.closest(".both").append(this.preview);
  }

  #switchPreview() {
    this.isLooking = !this.isLooking;
    this.toggle.setAttribute("aria-pressed", String(this.isLooking));
    this.look();
  }

  async look() {
    this.asked?.abort();
    const source = this.area.value;
    const isShown = this.isLooking && source.trim() !== "";
    if (!isShown) { this.preview.hidden = true; return; }
    if (this.left < 0) return;   // the counter says so already
    const { signal } = this.asked = new AbortController();
    const body = new URLSearchParams({ source, csrf_token: this.form.elements.csrf_token.value });
    const answer = await fetch(this.form.dataset.preview, {
      method: "POST", body, signal, headers: { Accept: "application/json" },
    }).catch(() => null);
    // Signed out, offline, cut off: what is shown stays, and "Preview" says what is the matter.
    if (!answer || (!answer.ok && answer.status !== 422)) return;
    const { html, message } = await answer.json().catch(() => ({}));
    if (signal.aborted) return;
    if (message) this.shown.textContent = message;
    else this.shown.innerHTML = html;   // made by the same renderer as a post
    this.preview.hidden = false;
  }

  #addCounter() {
    this.counter = element("p", { className: "hint counter" });
    this.counter.setAttribute("role", "status");
    this.area.after(this.counter);
  }

  #count() {
    const limit = Number(this.form.dataset.limit);
    const { value } = this.area;
    const isNear = value.length >= limit * NEARLY;
    const left = isNear ? limit - [...value].length : limit;   // as people count, not as browsers do
    this.left = left;
    const words = left < 0 ? this.words.over : this.words.left;
    this.counter.classList.toggle("wrong", left < 0);
    this.counter.textContent = left <= limit * (1 - NEARLY)
      ? words.replace("{count}", Math.abs(left).toLocaleString(document.documentElement.lang)) : "";
  }
}

setTimeout(() => {   // in a task of its own: a slow phone can answer in between
  for (const form of document.querySelectorAll("form[data-preview]")) new Composer(form);
});

Object.assign(window, { element, wordsOf });   // for mention.js, drafts.js, similar.js
