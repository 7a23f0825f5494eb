// The filter form of the Data Manager: another column or operator fetches the form anew (the server knows which inputs go with it), and
// what the lines would find is counted while they are written. Without this script its buttons do the same by a full load.
// The order's form is sent as soon as something is chosen.
const PAUSE_MS = 300;

const two = (n) => String(n).padStart(2, "0");
// Who has set a timezone gets and gives times in it by the server; for others the clock is the browser's.
const browserClock = () => !document.documentElement.dataset.timezone;

let drawing = null, counting = null, timer;

function clocks(form) {
  for (const input of browserClock() ? form.querySelectorAll("input[data-moment]") : []) {
    const at = new Date(input.dataset.moment);
    if (!input.dataset.moment || Number.isNaN(at.getTime())) continue;
    input.value = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
  }
}

function query(form, submitter) {
  return new URLSearchParams(new FormData(form, submitter)).toString();
}

function say(form, text, wrong = false) {
  const place = form.querySelector("[data-filter-count]");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("wrong", wrong);
}

async function count(form) {
  counting?.abort();
  const mine = counting = new AbortController();
  if (!form.querySelector("[data-line]")) return say(form, "");
  say(form, "Counting…");
  try {
    const answer = await fetch(`${form.dataset.count}?${query(form)}`, { signal: mine.signal, headers: { Accept: "application/json" } });
    const found = answer.ok ? await answer.json() : { text: "" };
    if (counting === mine) say(form, found.text, found.wrong);
  } catch (problem) {
    if (problem.name !== "AbortError") say(form, "");
  }
}

function countSoon(form) {
  clearTimeout(timer);
  counting?.abort();
  say(form, "Counting…");
  timer = setTimeout(() => count(form), PAUSE_MS);
}

// Where the reader goes on: in the same field, else in the next thing to fill in.
function focusIn(form, id, line) {
  const next = line && form.querySelector(`#filter-${line} :is(input.value, select.value, textarea.value)`);
  (form.querySelector(`#${CSS.escape(id || "none")}`) ?? next ?? form.querySelector("fieldset:last-of-type select, .actions button"))?.focus();
}

// What is typed while the form is on its way goes into the new one, and the reader stays there.
function typed(form) {
  const fields = () => [...form.querySelectorAll("input.value, textarea.value")];
  const before = new Map(fields().map((field) => [field.id, field.value]));
  return () => {
    const now = fields().filter((field) => before.get(field.id) !== field.value).map((field) => [field.id, field.value]);
    const at = form.contains(document.activeElement) && document.activeElement.matches(".value") ? document.activeElement.id : "";
    return (id) => {
      for (const [name, value] of now) {
        const field = form.querySelector(`:is(input, textarea)#${CSS.escape(name)}`);
        if (field) field.value = value;
      }
      return at || id;
    };
  };
}

async function draw(form, search, id, line) {
  drawing?.abort();
  const mine = drawing = new AbortController();
  const meanwhile = typed(form);
  try {
    const answer = await fetch(`${form.dataset.part}?${search}`, { signal: mine.signal, headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-filter-form]");
    if (!answer.ok || !fresh) throw new Error("another page came back");
    const carry = meanwhile();
    form.replaceChildren(...fresh.childNodes);
    clocks(form);
    focusIn(form, carry(id), line);
    count(form);
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(`${form.action}?${search}`);
  }
}

// What was said of another column makes no sense for this one.
function columnChosen(form, select) {
  const number = select.name.slice(1);
  const search = new URLSearchParams(query(form));
  for (const part of "ovwtjk") search.delete(part + number);
  search.set("edit", "1");
  draw(form, search, "", number);
}

const formOf = (element) => element.closest?.("[data-filter-form]");

document.addEventListener("change", (event) => {
  const target = event.target, form = formOf(target);
  if (target.closest?.("[data-order-form]")) return target.form.requestSubmit();
  if (!form) return;
  if (target.matches("select.column")) columnChosen(form, target);
  else if (target.matches("select.op")) draw(form, `${query(form)}&edit=1`, target.id);
  else countSoon(form);
});

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form && event.target.matches("input, textarea")) countSoon(form);
});

// Lines come and go without a load. Before other listeners, which would send the form.
document.addEventListener("submit", (event) => {
  const form = formOf(event.target), button = event.submitter;
  if (!form || !["edit", "drop"].includes(button?.name)) return;
  event.preventDefault();
  draw(form, query(form, button), "");
}, true);

document.addEventListener("formdata", (event) => {
  const form = formOf(event.target);
  for (const input of form && browserClock() ? form.querySelectorAll("input[data-moment]") : []) {
    const at = new Date(input.value);
    if (input.value && !Number.isNaN(at.getTime())) event.formData.set(input.name, at.toISOString());
  }
});

// Escape closes the form, which is opened again as it was.
document.addEventListener("keydown", (event) => {
  const box = event.key === "Escape" && event.target.closest?.(".filter-box[open]");
  if (!box) return;
  box.open = false;
  box.querySelector("summary").focus();
});

// Opened, it is fetched: most pages of the table are looked at without it.
document.addEventListener("toggle", (event) => {
  const form = event.target.open && event.target.querySelector?.("[data-filter-form]"), later = form && form.querySelector("[data-filter-later]");
  if (later) draw(form, new URL(later.href).search.slice(1), "");
}, true);

// A form that stays while the page around it comes anew keeps what was typed.
const begun = new WeakSet();
const begin = (root) => {
  for (const form of root.querySelectorAll("[data-filter-form]")) {
    if (!begun.has(form)) clocks(form);
    begun.add(form);
  }
};
document.addEventListener("dm:show", (event) => begin(event.target));
begin(document);
