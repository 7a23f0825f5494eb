// The page of keyboard shortcuts: keys are pressed instead of written, and who else has them is told at once.

const NAMES = { " ": "space", "+": "plus", "-": "minus", Escape: "escape", Enter: "enter", Backspace: "backspace", Delete: "delete",
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Tab: "tab", Home: "home", End: "end" };
const MODIFIERS = ["ctrl", "alt", "shift", "command"];
const ALIASES = { control: "ctrl", option: "alt", cmd: "command", meta: "command" };

// With Shift or Alt the key's own character is another one, so letters and digits are read from the place on the keyboard.
function keyName(event) {
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
  if (place) return place[1].toLowerCase();
  return NAMES[event.key] ?? (event.key.length === 1 ? event.key.toLowerCase() : null);
}

function combination(event) {
  const name = keyName(event);
  if (!name) return null; // a modifier alone
  const held = [event.ctrlKey, event.altKey, event.shiftKey, event.metaKey];
  return [...MODIFIERS.filter((_, i) => held[i]), name].join("+");
}

function canonical(text) {
  const parts = text.trim().toLowerCase().split("+");
  const key = parts.pop();
  const held = parts.map((part) => ALIASES[part] ?? part);
  return [...held.sort((a, b) => MODIFIERS.indexOf(a) - MODIFIERS.indexOf(b)), key].join("+");
}

const form = document.querySelector("[data-hotkeys]");
const rows = [...form.querySelectorAll("[data-hotkey]")].map((row) => ({
  input: row.querySelector("input"),
  record: row.querySelector("[data-record]"),
  reset: row.querySelector("[name=reset]"),
  clash: row.querySelector("[data-clash]"),
  was: row.querySelector("[data-was]"),
  mac: row.querySelector("[data-mac]"),
  text: row.querySelector("label").textContent,
  tags: row.closest("[data-tags]").dataset.tags.split("|").filter(Boolean),
}));

const changed = ({ input }) => canonical(input.value) !== canonical(input.dataset.own);
const meet = (one, other) => !one.tags.length || !other.tags.length || one.tags.some((tag) => other.tags.includes(tag));

function clashOf(row) {
  const key = canonical(row.input.value);
  return key && rows.find((other) => other !== row && (changed(row) || changed(other)) && meet(row, other) && canonical(other.input.value) === key);
}

function check() {
  for (const row of rows) {
    const other = clashOf(row);
    row.clash.hidden = !other;
    if (other) row.clash.textContent = `Also: ${other.text}`;
    row.was.hidden = row.reset.hidden = !changed(row);
    if (row.mac) row.mac.hidden = changed(row);
  }
}

function set(row, value) {
  row.input.value = value;
  row.input.dispatchEvent(new Event("input", { bubbles: true }));
}

function stopRecording(row) {
  row.record.textContent = "Press keys";
  row.record.removeAttribute("aria-pressed");
}

for (const row of rows) {
  row.record.hidden = false;
  row.record.addEventListener("click", () => {
    row.record.textContent = "Press them now";
    row.record.setAttribute("aria-pressed", "true");
    row.record.focus();
  });
  row.record.addEventListener("blur", () => stopRecording(row));
  row.record.addEventListener("keydown", (event) => {
    if (!row.record.hasAttribute("aria-pressed") || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const keys = combination(event);
    if (!keys) return;
    set(row, keys);
    stopRecording(row);
  });
  row.reset.addEventListener("click", (event) => {
    event.preventDefault();
    set(row, row.input.dataset.own);
    row.input.focus();
  });
}
form.addEventListener("input", check);
