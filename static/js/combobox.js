// Suggestions under a field: the ARIA 1.2 combobox with list autocomplete, for a whole line (a
// search, a tag) or for the word before the caret of a text (a name). Scripts that use it come
// after it in the page. Typing all of it oneself works without, and Tab always leaves the field.

// Puts text in place of part of a field as if it were typed: it can be undone, and "input" is heard.
const typeInto = (field, text, start = field.selectionStart, end = field.selectionEnd) => {
  field.focus();
  field.setSelectionRange(start, end);
  const command = text ? "insertText" : "delete";
  if ((!text && start === end) || document.execCommand(command, false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

class Combobox {
  // `find(text, signal)` answers with options {value, label, note}, at once or later;
  // `part()` says what is being completed, {text, start, end}, or null for nothing: the whole field;
  // `take(option, part)` uses the chosen one: it is put in place of the part;
  // `counted(number)` puts the number of suggestions into words;
  // `first` lets Enter take the first suggestion; else Enter is the form's until an arrow chose one.
  constructor(field, { label, find, part, take, counted, first = false, least = 1, pause = 150 }) {
    Object.assign(this, { field, find, counted, first, least, pause, options: [], active: -1 });
    this.part = part ?? (() => ({ text: field.value.trim(), start: 0, end: field.value.length }));
    this.take = take ?? ((option, { start, end }) => typeInto(field, option.value, start, end));
    this.#build(label);
    field.addEventListener("input", () => this.#later());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("click", () => this.close());
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() { return !this.list.hidden; }

  #build(label) {
    const holder = document.createElement("div");
    holder.className = "suggestions";
    this.list = document.createElement("ul");
    this.list.id = `${this.field.id}-list`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.addEventListener("mousedown", (event) => event.preventDefault());   // keeps the focus
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.#choose([...this.list.children].indexOf(row));
    });
    this.status = document.createElement("p");
    this.status.className = "apart";
    this.status.setAttribute("role", "status");
    holder.append(this.list, this.status);
    this.field.after(holder);
    this.field.setAttribute("autocomplete", "off");
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-controls", this.list.id);
    // A text of several lines stays what it is: it may not become a combobox, nor be "expanded".
    if (this.field.localName === "input") this.field.setAttribute("role", "combobox");
    this.#expanded(false);
  }

  #expanded(is) {
    if (this.field.localName === "input") this.field.setAttribute("aria-expanded", String(is));
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.pause);
  }

  async ask({ least = this.least, first = this.first } = {}) {
    this.asked?.abort();
    const part = this.part();
    if (!part || part.text.length < least) return this.close();
    const { signal } = this.asked = new AbortController();
    const found = await Promise.resolve(this.find(part.text, signal)).catch(() => null);
    if (signal.aborted || document.activeElement !== this.field) return undefined;
    if (found) this.say(found.length);
    return found?.length ? this.#show(found, first) : this.#hide();   // what is typed since is asked yet
  }

  #show(options, first) {
    this.options = options;
    this.list.replaceChildren(...options.map(({ label, note }, index) => {
      const row = document.createElement("li");
      row.id = `${this.list.id}-${index}`;
      row.setAttribute("role", "option");
      const name = document.createElement("bdi");
      name.textContent = label;
      row.append(name);
      if (note) {
        const more = document.createElement("span");
        more.className = "handle";
        more.textContent = ` ${note}`;
        row.append(more);
      }
      return row;
    }));
    this.list.hidden = false;
    this.#expanded(true);
    this.#point(first ? 0 : -1);
  }

  #point(index) {
    this.active = index;
    [...this.list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return this.field.removeAttribute("aria-activedescendant");
    const row = this.list.children[index];
    this.field.setAttribute("aria-activedescendant", row.id);
    return row.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (!this.isOpen) {
      if (key !== "ArrowDown" || this.field.localName !== "input") return;
      this.ask({ least: 0, first: true });
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      const many = this.options.length;
      const from = this.active < 0 && key === "ArrowUp" ? 0 : this.active;
      this.#point((from + (key === "ArrowDown" ? 1 : many - 1)) % many);
    } else if (key === "Enter" && this.active >= 0) {
      this.#choose(this.active);
    } else if (key === "Escape") {
      this.close();
      event.stopPropagation();
    } else {
      if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"].includes(key)) this.close();
      return;
    }
    event.preventDefault();
  }

  #choose(index) {
    const part = this.part();
    const option = this.options[index];
    this.close();
    if (part) this.take(option, part);
    clearTimeout(this.timer);   // what was put in is no question for more
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.#hide();
  }

  #hide() {
    this.list.hidden = true;
    this.#expanded(false);
    this.#point(-1);
  }

  // Once the typing pauses, and only when there is something new to say.
  say(count) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      const words = this.counted?.(count) ?? "";
      if (this.status.textContent !== words) this.status.textContent = words;
    }, 600);
  }
}

Object.assign(window, { Combobox, typeInto });   // for scripts that come after, alone or joined
