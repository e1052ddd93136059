// Tags by typing their names (after combobox.js): what is chosen stands as chips over the same
// checkboxes, which fold away and are what the form sends.
class TagPicker {
  constructor(group) {
    this.words = JSON.parse(group.dataset.words);
    this.boxes = [...group.querySelectorAll("input[type=checkbox]")];
    this.list = group.querySelector(".choices");
    this.chips = document.createElement("ul");
    this.chips.className = "chips";
    this.chips.setAttribute("role", "list");
    this.chips.setAttribute("aria-label", this.words.chosen);
    const label = document.createElement("label");
    label.textContent = this.words.add;
    this.input = document.createElement("input");
    this.input.id = label.htmlFor = `${group.id}-add`;
    this.fold = document.createElement("button");
    this.fold.type = "button";
    this.fold.className = "as-link";
    this.fold.addEventListener("click", () => this.#show(this.list.hidden));
    this.list.before(this.chips, label, this.input, this.fold);
    this.#show(false);
    this.box = new Combobox(this.input, {
      label: group.querySelector("legend").textContent,
      find: (text) => this.#matches(text),
      take: (option) => this.#choose(option.box),
      counted: (number) => (
        number ? this.words[number === 1 ? "one" : "many"].replace("{count}", number) : this.words.none),
      pause: 0,
    });
    // Whatever Enter does in this field, it does not send the form.
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented) return;
      event.preventDefault();
      const [first, second] = this.#matches(this.input.value.trim());
      if (first && this.input.value.trim() && !second) { this.#choose(first.box); this.box.close(); }
    });
    this.list.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  #nameOf(box) { return box.labels[0].textContent.trim(); }

  #matches(text) {
    const typed = text.toLocaleLowerCase();
    return this.boxes
      .filter((box) => !box.checked)
      .map((box) => ({ box, label: this.#nameOf(box), at: this.#nameOf(box).toLocaleLowerCase().indexOf(typed) }))
      .filter(({ at }) => at >= 0)
      .sort((one, other) => Math.min(one.at, 1) - Math.min(other.at, 1))
      .slice(0, 10);
  }

  #choose(box) {
    this.input.value = "";
    this.#set(box, true);
    this.box.say(this.boxes.filter(({ checked }) => checked).length);
  }

  #set(box, isChecked) {
    box.checked = isChecked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #draw() {
    this.chips.replaceChildren(...this.boxes.filter(({ checked }) => checked).map((box) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const name = this.#nameOf(box);
      button.type = "button";
      button.className = "tag";
      button.textContent = `${name} ×`;
      button.setAttribute("aria-label", this.words.remove.replace("{tag}", name));
      button.addEventListener("click", () => { this.#set(box, false); this.input.focus(); });
      item.append(button);
      return item;
    }));
    this.chips.hidden = !this.chips.children.length;
  }

  #show(isShown) {
    this.list.hidden = !isShown;
    this.fold.textContent = isShown ? this.words.fewer : this.words.all;
    this.fold.setAttribute("aria-expanded", String(isShown));
  }
}

for (const group of document.querySelectorAll("fieldset.tag-picker")) new TagPicker(group);
