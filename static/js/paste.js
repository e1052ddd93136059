// Rich text that is pasted becomes Markdown, as one step that can be undone. Pasting without
// formatting (Ctrl+Shift+V) stays what it is. composer.js fetches this when somebody writes.
const SKIPPED = new Set(["SCRIPT", "STYLE", "HEAD", "META", "TITLE", "TEMPLATE", "NOSCRIPT"]);
const BLOCKS = new Set(["P", "DIV", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "H1", "H2", "H3", "H4", "H5",
  "H6", "HR", "TABLE", "TR", "SECTION", "ARTICLE", "HEADER", "FOOTER", "MAIN", "DL", "DT", "DD"]);

const escaped = (text) => text
  .replace(/[\\`*[\]<]/g, "\\$&")
  .replace(/(^|[^\p{L}\p{N}])_|_(?=$|[^\p{L}\p{N}])/gu, (found) => found.replace("_", "\\_"));

// What a line must not begin with, when it is a line and no heading, list or quote.
const asLine = (text) => text.replace(/^(\s*)([#>+-]|\d+[.)])(?=\s|$)/gm, "$1\\$2");

const indented = (text, by) => text.replace(/\n(?!\n|$)/g, `\n${" ".repeat(by)}`);

const marked = (text, mark) => {   // blanks stay outside, else the mark marks nothing
  const [, before, words, after] = /^(\s*)(.*?)(\s*)$/s.exec(text);
  return words ? `${before}${mark}${words}${mark}${after}` : text;
};

const linked = (node, text) => {
  const address = node.getAttribute("href") ?? "";
  if (!/^(https?:|mailto:)/i.test(address) || !text.trim()) return text;
  return `[${text.trim()}](${address.replace(/[()<> ]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)})`;
};

const fenced = (text) => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return { fence: "`".repeat(longest + 1), text };
};

const inline = (node) => [...node.childNodes].map((child) => {
  if (child.nodeType === Node.TEXT_NODE) return escaped(child.data.replace(/[\s\u00a0]+/g, " "));
  if (child.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(child.tagName)) return "";
  if (child.tagName === "BR") return "\n";
  if (child.tagName === "IMG") return escaped(child.alt);
  if (child.tagName === "CODE" || child.tagName === "TT") {
    const text = child.textContent.trim();
    const ticks = text.includes("`") ? "``" : "`";
    return text && `${ticks}${ticks.length > 1 ? ` ${text} ` : text}${ticks}`;
  }
  const text = inline(child);
  if (child.tagName === "A") return linked(child, text);
  // Programs for writing say it with styles, and wrap everything in a <b> that is none.
  const style = child.getAttribute("data-style") ?? "";
  const fontWeight = /font-weight:\s*(\w+)/i.exec(style)?.[1];
  const fontStyle = /font-style:\s*(\w+)/i.exec(style)?.[1];
  const isBold = fontWeight ? /^(bold|[6-9]00)/.test(fontWeight) : /^(B|STRONG)$/.test(child.tagName);
  const isItalic = fontStyle ? fontStyle === "italic" : /^(I|EM|CITE)$/.test(child.tagName);
  const leaning = isItalic ? marked(text, "*") : text;
  return isBold ? marked(leaning, "**") : leaning;
}).join("");

const paragraph = (text) => {
  const lines = text.split("\n").map((line) => line.trim());
  return asLine(lines.join("\n").trim()).replace(/\n+/g, "\\\n");
};

const list = (node) => [...node.children].filter((item) => item.tagName !== "SCRIPT").map((item, index) => {
  const mark = node.tagName === "OL" ? `${(node.start || 1) + index}. ` : "- ";
  const inner = /^[UO]L$/.test(item.tagName) ? list(item) : blocks(item).join("\n");
  return mark + indented(inner, mark.length);
}).join("\n");

const table = (node) => {
  const rows = [...node.rows].map((row) => [...row.cells].map((cell) => (
    inline(cell).replace(/\s+/g, " ").trim().replaceAll("|", "\\|"))));
  if (!rows.length) return "";
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(rows[0]), line(rows[0].map(() => "---")), ...rows.slice(1).map(line)].join("\n");
};

const block = (node) => {
  const name = node.tagName;
  const level = /^H([1-6])$/.exec(name)?.[1];
  if (level) return `${"#".repeat(Number(level))} ${inline(node).replace(/\s+/g, " ").trim()}`;
  if (name === "UL" || name === "OL") return list(node);
  if (name === "BLOCKQUOTE") return blocks(node).join("\n\n").replace(/^/gm, "> ").replace(/^> $/gm, ">");
  if (name === "PRE") {
    const { fence, text } = fenced(node.textContent.replace(/\n$/, ""));
    return `${fence}\n${text}\n${fence}`;
  }
  if (name === "HR") return "---";
  if (name === "TABLE") return table(node);
  return blocks(node).join("\n\n");
};

// Blocks in order; what runs between them is a paragraph.
const blocks = (node) => {
  const found = [];
  let run = document.createElement("p");
  const end = () => {
    const text = paragraph(inline(run));
    if (text) found.push(text);
    run = document.createElement("p");
  };
  const walk = (parent) => {
    for (const child of [...parent.childNodes]) {
      const isElement = child.nodeType === Node.ELEMENT_NODE;
      if (isElement && SKIPPED.has(child.tagName)) continue;
      if (isElement && BLOCKS.has(child.tagName)) {
        end();
        const text = block(child);
        if (text.trim()) found.push(text);
      } else if (isElement && [...BLOCKS].some((name) => child.querySelector(name))) {
        walk(child);   // such as a <b> or <span> around paragraphs
      } else {
        run.append(child);
      }
    }
  };
  walk(node);
  end();
  return found;
};

// Our own policy forbids styles in a page, and holds for what is only read as well.
const unstyled = (html) => html
  .replace(/<style[^>]*>[^]*?<\/style>/gi, "")
  .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));

const toMarkdown = (html) => (
  blocks(new DOMParser().parseFromString(unstyled(html), "text/html").body).join("\n\n"));

// The words alone: what is the same with and without formatting is taken as it is, nothing escaped.
const bare = (text) => text.replace(/\\(?=[^\p{L}\s]|\n)/gu, "").replace(/\s+/g, " ").trim();

document.addEventListener("paste", (event) => {
  if (!event.target.matches("form[data-preview] textarea")) return;
  const html = event.clipboardData.getData("text/html");
  const made = html && toMarkdown(html);
  if (!made || bare(made) === bare(event.clipboardData.getData("text/plain"))) return;
  event.preventDefault();
  typeInto(event.target, made);
});
document.documentElement.dataset.pastes = "rich";
