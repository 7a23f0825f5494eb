// textarea[data-rich]: an editor of simple HTML with a few buttons over it; the textarea keeps what is sent, and the server takes out what it
// does not allow. "HTML" shows the textarea itself. Without this script there is only the textarea.
const BUTTONS = [
  ["Bold", "bold"], ["Italic", "italic"], ["Heading", "formatBlock", "h3"], ["Text", "formatBlock", "p"],
  ["List", "insertUnorderedList"], ["Numbers", "insertOrderedList"], ["Link", "createLink"], ["Plain", "removeFormat"],
];
// As src/tmpl/sanitize.c has them.
const ALLOWED = new Set(["A", "B", "BLOCKQUOTE", "BR", "CODE", "DD", "DIV", "DL", "DT", "EM", "H1", "H2", "H3", "H4", "H5", "H6", "HR", "I", "IMG",
  "KBD", "LI", "OL", "P", "PRE", "S", "SPAN", "STRONG", "SUB", "SUP", "TABLE", "TBODY", "TD", "TFOOT", "TH", "THEAD", "TR", "U", "UL"]);
const ATTRIBUTES = new Set(["alt", "colspan", "height", "href", "rowspan", "src", "width"]);
const UPLOADS = "/data/upload/";
const base = document.documentElement.dataset.base ?? "";

// Uploaded pictures are stored without the path that this server lives below.
const shownAt = (src) => (src.startsWith(UPLOADS) ? base + src : src);
const storedAt = (src) => (src.startsWith(base + UPLOADS) ? src.slice(base.length) : src);

// What is pasted or stored is only drawn here; still nothing of it may run or load a style.
function clean(html, placed) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const gone of page.querySelectorAll("script, style, iframe, object, template, link, meta, title")) gone.remove();
  for (const element of [...page.body.querySelectorAll("*")]) {
    if (!ALLOWED.has(element.tagName)) element.replaceWith(...element.childNodes);
    else for (const { name, value } of [...element.attributes]) {
      if (!ATTRIBUTES.has(name) || /^\s*(javascript|data|vbscript):/i.test(value)) element.removeAttribute(name);
    }
  }
  for (const image of page.querySelectorAll("img[src]")) image.setAttribute("src", placed(image.getAttribute("src")));
  return page.body.innerHTML;
}

// What is sent: nothing where nothing is to be read, though browsers leave a line there.
function written(area) {
  return area.textContent.trim() || area.querySelector("img, hr, table") ? clean(area.innerHTML, storedAt) : "";
}

// Plain text keeps its lines.
function shown(text) {
  return clean(/<[a-z!/]/i.test(text) ? text : text.replace(/&/g, "&amp;").replace(/\n/g, "<br>"), shownAt);
}

function link(area) {
  const chosen = document.getSelection();
  if (chosen.isCollapsed) return;
  const range = chosen.getRangeAt(0);
  let address = "https://";
  do address = window.prompt("Address of the link, with https:// or mailto:", address)?.trim();
  while (address && !/^(https?:\/\/.|mailto:.)/i.test(address));
  if (!address) return;
  area.focus();
  chosen.removeAllRanges();
  chosen.addRange(range);
  document.execCommand("createLink", false, address);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn small";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

for (const field of document.querySelectorAll("textarea[data-rich]")) {
  const bar = document.createElement("div");
  const area = document.createElement("div");
  const label = document.querySelector(`label[for="${field.id}"]`);
  bar.className = "row";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Format");
  area.className = "prose rich-area";
  area.contentEditable = "true";
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  label.id = `${field.id}-label`;
  area.setAttribute("aria-labelledby", label.id);
  area.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
  label.addEventListener("click", () => !area.hidden && area.focus());
  area.innerHTML = shown(field.value);
  document.execCommand("defaultParagraphSeparator", false, "p");
  for (const [text, command, value] of BUTTONS) {
    const made = button(text, () => {
      area.focus();
      if (command === "createLink") link(area);
      else document.execCommand(command, false, value);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    made.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    bar.append(made);
  }
  const source = button("HTML", () => {
    const html = field.hidden;
    if (html) field.value = written(area);
    else area.innerHTML = shown(field.value);
    field.hidden = !html;
    area.hidden = html;
    source.setAttribute("aria-pressed", String(html));
    for (const other of bar.children) if (other !== source) other.disabled = html;
    (html ? field : area).focus();
  });
  source.setAttribute("aria-pressed", "false");
  bar.append(source);
  // In the capture phase: others who look at the form on "input" find it in the textarea.
  area.addEventListener("input", () => { field.value = written(area); }, true);
  area.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    if (!html) return;
    event.preventDefault();
    document.execCommand("insertHTML", false, clean(html, shownAt));
  });
  field.hidden = true;
  field.before(bar, area);
}
