// Keeps what is being written on the server, so that it is there after a crash, a signing out, or on
// another device. Nothing is kept in this browser: it may be shared.
const SAVE_PAUSE = 2_000;   // milliseconds without a key
const SAVE_EVERY = 6_000;   // at least so long between two saves
const TRY_AGAIN = 30_000;
const KEEPALIVE_BYTES = 60_000;   // what a browser takes along from a page that is left
const OF_THE_FORM = new Set(["csrf_token", "submit_key", "draft", "draft_version"]);   // names
const CHOSEN = new Set(["checkbox", "radio"]);   // types: they count where they are checked

const atTime = (iso) => new Date(iso).toLocaleString(
  document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

class Keeper {
  constructor(form) {
    this.form = form;
    this.words = wordsOf(form);
    this.last = 0;
    this.kept = this.text();
    this.isOver = false;
    this.status = element("p", { className: "hint draft-state" });
    this.status.setAttribute("role", "status");
    form.querySelector(".buttons").before(this.status);
    form.addEventListener("input", () => { this.isOver = false; this.later(); });
    form.addEventListener("change", () => this.later());
    form.addEventListener("submit", (event) => this.#submitted(event));
    window.addEventListener("online", () => { if (this.isChanged && !this.isOver) this.save(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#leave(); });
  }

  // What a person put in, without what the form holds for itself. Not by FormData, which lays out
  // the whole page first where it has a textarea.
  text() {
    const fields = [...this.form.elements].filter(({ name, type, checked }) => (
      name && type !== "submit" && !OF_THE_FORM.has(name) && (checked || !CHOSEN.has(type))));
    return new URLSearchParams(fields.map(({ name, value }) => [name, value])).toString();
  }

  get isChanged() { return this.text() !== this.kept; }

  later(pause = SAVE_PAUSE) {
    clearTimeout(this.timer);
    if (this.isOver || this.isDone) return;
    const wait = Math.max(pause, this.last + SAVE_EVERY - Date.now());
    this.timer = setTimeout(() => { if (this.isChanged) this.save(); }, wait);
  }

  #submitted(event) {
    if (event.submitter?.matches("[data-saves]")) {
      event.preventDefault();
      this.isOver = false;
      this.save({ isAsked: true });
      return;
    }
    this.isDone = true;   // posted or looked at: what is sent now holds all of it
    clearTimeout(this.timer);
    this.asked?.abort();
    // A page that comes back from the browser's memory goes on.
    window.addEventListener("pageshow", () => { this.isDone = false; }, { once: true });
  }

  #leave() {
    if (this.isDone || this.isOver || this.asked || !this.isChanged) return;
    const body = new URLSearchParams(new FormData(this.form));
    if (body.toString().length < KEEPALIVE_BYTES) this.save({ keepalive: true });
  }

  async save({ isAsked = false, keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.asked) { this.again = true; return; }
    this.asked = new AbortController();
    this.last = Date.now();
    const sent = this.text();
    const answer = await fetch(this.form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(new FormData(this.form)),
      headers: { Accept: "application/json" },
      signal: this.asked.signal,
      keepalive,
    }).catch(() => null);
    const told = await answer?.json().catch(() => null) ?? {};
    this.asked = null;
    if (this.isDone) return;
    this.#heed(answer, told, sent, isAsked);
    if (this.again || (answer?.ok && this.isChanged)) this.later();
    this.again = false;
  }

  #heed(answer, told, sent, isAsked) {
    if (answer?.ok) {
      this.kept = sent;
      this.#know(told);
      const empty = isAsked ? this.words.nothing : "";
      this.#tell(told.saved ? this.words.saved.replace("{time}", atTime(told.saved)) : empty, isAsked);
    } else if (answer?.status === 409 && told.version) {
      this.isOver = true;
      this.#askWhich(told);
    } else if ([400, 401].includes(answer?.status)) {
      this.isOver = true;
      this.#tell(this.words.signedOut, true);
    } else if (told.message && answer.status !== 429) {
      this.isOver = true;
      if (answer.status === 409) this.#know({ draft: "", version: 0 });
      this.#tell(told.message, true);
    } else {
      this.#tell(this.words.unsaved, isAsked);
      this.later(TRY_AGAIN);
    }
  }

  #know({ draft, version }) {
    this.form.elements.draft.value = draft;
    this.form.elements.draft_version.value = version;
  }

  // Spoken only when somebody asked or has to know; the rest can be looked up.
  #tell(words, isSpoken) {
    this.status.setAttribute("aria-live", isSpoken ? "polite" : "off");
    this.status.textContent = words;
  }

  #askWhich(other) {
    this.question?.remove();
    const button = (words, act) => {
      const made = element("button", { type: "button", className: "button quiet small" }, words);
      made.addEventListener("click", () => { this.question.remove(); this.#know(other); this.isOver = false; act(); });
      return made;
    };
    const take = button(this.words.take, () => {
      for (const [name, text] of Object.entries(other.texts)) {
        const field = this.form.elements[name];
        if (field && field.value !== text) typeInto(field, text, 0, field.value.length);
      }
      this.form.elements.source.focus();
      this.kept = this.text();
    });
    const keep = button(this.words.keep, () => { this.form.elements.source.focus(); this.save({ isAsked: true }); });
    this.question = element(
      "div", { className: "notice care" },
      element("p", {}, this.words.newer.replace("{time}", atTime(other.saved))),
      element(
        "details", { className: "disclosure" },
        element("summary", {}, this.words.itsText), element("p", { className: "diff" }, other.texts.source),
      ),
      element("div", { className: "buttons" }, take, keep),
    );
    this.question.setAttribute("role", "status");
    this.status.after(this.question);
    this.#tell("", false);
  }
}

setTimeout(() => {   // in a task of its own, like composer.js
  for (const form of document.querySelectorAll("form[data-draft]")) new Keeper(form);
});
