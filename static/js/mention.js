// Completes @names while a comment is written, people of the thread first. Typing the whole name
// works without it.
const TYPED = /(?:^|[^\w@/+-])@([\p{L}\p{N}_.-]{1,30})$/u;
const PAUSE = 150;   // milliseconds without a key before names are asked for

class Completion {
  constructor(area, address) {
    this.area = area;
    this.address = address;
    this.asked = 0;
    this.active = -1;
    this.list = document.createElement("ul");
    this.list.className = "names";
    this.list.id = `${area.id}-names`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "People");
    this.list.hidden = true;
    area.after(this.list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => this.later());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();   // the text keeps the focus
      const row = event.target.closest("li");
      if (row) this.take(row);
    });
  }

  typed() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    return TYPED.exec(before)?.[1];
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const start = this.typed();
    if (!start) return this.close();
    this.asked += 1;
    const turn = this.asked;
    const answer = await fetch(`${this.address}?${new URLSearchParams({ q: start })}`).catch(() => null);
    if (turn !== this.asked || start !== this.typed()) return undefined;
    return answer?.ok ? this.show(await answer.json()) : this.close();
  }

  show(people) {
    this.active = -1;
    this.list.replaceChildren(...people.map((person, index) => {
      const row = document.createElement("li");
      row.id = `${this.list.id}-${index}`;
      row.dataset.username = person.username;
      row.setAttribute("role", "option");
      const name = document.createElement("bdi");
      name.textContent = person.name;
      const handle = document.createElement("span");
      handle.className = "handle";
      handle.textContent = ` @${person.username}`;
      row.append(name, handle);
      return row;
    }));
    this.list.hidden = people.length === 0;
    if (people.length > 0) this.point(0);
  }

  point(index) {
    const rows = [...this.list.children];
    this.active = (index + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === this.active)));
    this.area.setAttribute("aria-activedescendant", rows[this.active].id);
    rows[this.active].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.point(this.active + step);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.list.children[this.active]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  take(row) {
    const end = this.area.selectionStart;
    const start = end - this.typed().length;
    this.area.setRangeText(`${row.dataset.username} `, start, end, "end");
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.area.removeAttribute("aria-activedescendant");
  }
}

for (const area of document.querySelectorAll("form[method='post'] textarea:not([readonly])")) {
  const path = new URL(area.form.action, window.location.href).pathname;
  const thread = /^\/t\/\d+/.exec(path)?.[0];
  if (thread) new Completion(area, `${thread}/people`);
}
