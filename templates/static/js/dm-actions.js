// Picking tasks and doing something to them. What is picked is kept in this tab of the browser for each state of the table, through all its
// pages: single tasks, or all that match but some. The forms of the page send the same without this script, one page at a time.
import { prepareFetched } from "./dm-confirm.js";

const GONE_AFTER = ["delete_tasks", "remove_duplicates"];
const count = new Intl.NumberFormat("en-US");
let last = null; // the box that shift reaches from

const bar = () => document.querySelector("[data-picked]");
const boxes = () => [...document.querySelectorAll("#dm-tasks input[name=ids]")];
const key = () => `labeld-picked:${location.pathname}:${bar().dataset.state}`;

function read() {
  try {
    const { all, ids } = JSON.parse(sessionStorage.getItem(key()));
    return { all: Boolean(all), ids: new Set(ids) };
  } catch {
    return { all: false, ids: new Set() };
  }
}

function write(picked) {
  try {
    if (picked.all || picked.ids.size) sessionStorage.setItem(key(), JSON.stringify({ all: picked.all, ids: [...picked.ids] }));
    else sessionStorage.removeItem(key());
  } catch { /* full, or not allowed: what is on the page counts */ }
}

const isPicked = (picked, id) => picked.all !== picked.ids.has(id);
const total = () => (bar().dataset.total === "" ? Infinity : Number(bar().dataset.total)); // not counted yet
const howMany = (picked) => (picked.all ? Math.max(0, total() - picked.ids.size) : picked.ids.size);
const words = (n) => (n === Infinity ? "All that match selected" : n ? `${count.format(n)} selected` : "");

function showHead(picked) {
  const head = document.querySelector("[data-table] thead .pick input, [data-pick-page]");
  if (!head) return;
  const n = boxes().filter((box) => isPicked(picked, box.value)).length;
  head.disabled = false;
  head.checked = n > 0 && n === boxes().length;
  head.indeterminate = n > 0 && n < boxes().length;
}

function show(picked) {
  const place = bar();
  const n = howMany(picked);
  for (const box of boxes()) box.checked = isPicked(picked, box.value);
  showHead(picked);
  place.querySelector("[data-picked-count]").textContent = words(n);
  place.querySelector("[data-picked-plain]").hidden = true;
  place.querySelector("[data-pick-all]").hidden = n === 0 || n >= total();
  place.querySelector("[data-pick-none]").hidden = n === 0;
  for (const button of document.querySelectorAll("[data-needs-picked]")) button.disabled = n === 0;
}

function change(make) {
  const picked = make(read());
  write(picked);
  show(picked);
}

function pick(picked, box, on) {
  if (picked.all === on) picked.ids.delete(box.value);
  else picked.ids.add(box.value);
}

function pickUpTo(box) {
  const all = boxes();
  const from = last ? all.indexOf(last) : -1;
  const to = all.indexOf(box);
  change((picked) => {
    for (const one of from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1)) pick(picked, one, box.checked);
    return picked;
  });
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.matches?.("#dm-tasks input[name=ids]")) {
    if (event.shiftKey) pickUpTo(target);
    else change((picked) => { pick(picked, target, target.checked); return picked; });
    last = target;
  } else if (target.matches?.("[data-table] thead .pick input, [data-pick-page]")) {
    change((picked) => { for (const box of boxes()) pick(picked, box, target.checked); return picked; });
  } else if (target.closest?.("[data-pick-all]")) {
    change(() => ({ all: true, ids: new Set() }));
  } else if (target.closest?.("[data-pick-none]")) {
    change(() => ({ all: false, ids: new Set() }));
  }
});

// ---- doing something to them

const addressOf = (form) => form.getAttribute("action"); // .action is its buttons, which are called so

function fieldsOf(form, action) {
  const picked = read();
  const ids = [...picked.ids].join(",");
  const token = form.elements.csrfmiddlewaretoken.value;
  return Object.entries({ csrfmiddlewaretoken: token, action, total: bar().dataset.total, ...(picked.all ? { all: "1", except: ids } : { ids }) });
}

function send(form, fields) {
  const own = document.createElement("form");
  own.method = "post";
  own.action = addressOf(form);
  own.hidden = true;
  for (const [name, value] of fields) own.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(own);
  own.submit();
}

function open(form, action) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.append(form);
  document.body.append(dialog);
  prepareFetched(form);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  form.addEventListener("submit", () => { if (GONE_AFTER.includes(action)) write({ all: false, ids: new Set() }); });
  dialog.showModal();
}

async function ask(form, action) {
  const fields = fieldsOf(form, action);
  try {
    const answer = await fetch(addressOf(form), { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" }, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    open(document.adoptNode(page.querySelector("#dm-confirm")), action);
  } catch {
    send(form, fields); // the page itself says what is wrong
  }
}

document.addEventListener("submit", (event) => {
  const action = event.submitter?.name === "action" ? event.submitter.value : null;
  if (event.target.id !== "dm-tasks" || !action || event.defaultPrevented) return;
  event.preventDefault();
  document.querySelector("#dm-actions-menu")?.removeAttribute("open");
  if (action === "label" || action === "export") send(event.target, fieldsOf(event.target, action));
  else ask(event.target, action);
});

function start() {
  last = null;
  if (bar()) show(read());
}

document.addEventListener("dm:show", start);
document.addEventListener("dm:count", start);
start();
