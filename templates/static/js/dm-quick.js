// The quick view: a task with its editor beside the table. The frame holds the labelling page, which stays and is told which task to show
// (labelling-framed.js), so the next one is there without a load. Which task it is stands in the address as quick=.
import { refresh, show as showState } from "./dm-page.js";

const CLOSE_MS = 3000; // a frame that does not answer is closed all the same: what was drawn is kept in this browser
const LEAST = 20, MOST = 80; // percent of the window
const panel = document.querySelector("[data-quick]");
const edge = panel.querySelector("[data-quick-edge]");
let task = null; // shown, or on its way
let ready = false; // the frame listens
let closing = null;

const frame = () => panel.querySelector("iframe");
const idOf = (row) => row?.querySelector("a[href*='task=']")?.href.match(/[?&]task=(\d+)/)?.[1] ?? null;
const rows = () => [...document.querySelectorAll("#dm-tasks tbody tr, #dm-tasks [data-card]")].filter(idOf);
const rowOf = (id) => rows().find((row) => idOf(row) === id);
const tell = (what, more = {}) => frame()?.contentWindow.postMessage({ labeld: what, ...more }, location.origin);

function address(change) {
  const url = new URL(location.href);
  change(url.searchParams);
  return url;
}

function mark() {
  for (const row of rows()) {
    if (idOf(row) === task) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  panel.hidden = task === null;
  if (task === null) return;
  panel.querySelector("[data-quick-id]").textContent = task;
  panel.querySelector("[data-quick-full]").href = address((q) => { q.delete("quick"); q.set("task", task); });
  for (const button of panel.querySelectorAll("[data-quick-step]")) {
    button.hidden = false;
    button.disabled = !neighbour(Number(button.dataset.quickStep));
  }
}

function keepInAddress() {
  history.replaceState(history.state, "", address((q) => { if (task) q.set("quick", task); else q.delete("quick"); }));
}

function load() {
  ready = false;
  const made = document.createElement("iframe");
  made.title = "The task and its editor";
  made.src = panel.dataset.frame + task;
  frame()?.remove();
  panel.append(made);
}

function open(id, { focus = true } = {}) {
  if (!id) return;
  const again = id === task;
  task = id;
  mark();
  keepInAddress();
  rowOf(id)?.scrollIntoView({ block: "nearest" });
  if (!frame()) load();
  else if (ready && !again) tell("open", { task: Number(id) });
  if (focus) frame().focus();
}

function closed() {
  clearTimeout(closing);
  closing = null;
  frame()?.remove();
  const row = rowOf(task);
  task = null;
  ready = false;
  mark();
  keepInAddress();
  row?.querySelector("a[href*='task=']")?.focus();
}

function close() {
  if (!task || closing) return;
  if (!ready) return closed();
  closing = setTimeout(closed, CLOSE_MS);
  tell("close");
}

// The row beside the one that is open; at the end of a page the page beside it.
function neighbour(by) {
  const at = rows().findIndex((row) => idOf(row) === task);
  return rows()[at + by] ?? document.querySelector(`nav.pager a[rel=${by > 0 ? "next" : "prev"}]`);
}

async function step(by) {
  const there = task && neighbour(by);
  if (!there) return;
  const inFrame = document.activeElement === frame();
  if (!there.matches("a")) return open(idOf(there), { focus: inFrame });
  await showState(there.href);
  open(idOf(by > 0 ? rows()[0] : rows().at(-1)), { focus: inFrame });
}

addEventListener("message", ({ data, origin, source }) => {
  if (origin !== location.origin || source !== frame()?.contentWindow) return;
  if (data?.labeld === "shown") {
    ready = true;
    if (String(data.task) !== task) tell("open", { task: Number(task) });
    else panel.dataset.task = task;
  } else if (data?.labeld === "stored") refresh();
  else if (data?.labeld === "step") step(data.by);
  else if (data?.labeld === "closed") closed();
  else if (data?.labeld === "leave") close();
});

document.addEventListener("click", (event) => {
  const stepper = event.target.closest?.("[data-quick-step]");
  if (stepper) return step(Number(stepper.dataset.quickStep));
  if (event.target.closest?.("[data-quick-close]")) {
    event.preventDefault();
    return close();
  }
  const row = event.target.closest?.("#dm-tasks tbody tr, #dm-tasks [data-card]");
  if (row && !event.target.closest("a, button, input, label, summary, .pick") && !getSelection().toString()) open(idOf(row));
});

document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && task) {
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(by);
    } else if (event.key === "q") {
      event.preventDefault();
      close();
    }
    return;
  }
  if (event.key !== "v" || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  event.preventDefault();
  const row = document.activeElement.closest("#dm-tasks tbody tr, #dm-tasks [data-card]") ?? rows()[0];
  open(idOf(row));
});

// ---- its width

function widen(percent, keep) {
  const width = Math.round(Math.min(MOST, Math.max(LEAST, percent)));
  document.documentElement.style.setProperty("--quick", `${width}vw`);
  edge.setAttribute("aria-valuenow", width);
  if (!keep) return;
  try {
    localStorage.setItem("labeld-quick", width);
  } catch { /* not kept */ }
}

edge.addEventListener("pointerdown", (event) => {
  edge.setPointerCapture(event.pointerId);
  panel.classList.add("moving");
});
edge.addEventListener("pointermove", (event) => {
  if (edge.hasPointerCapture(event.pointerId)) widen(100 - (100 * event.clientX) / innerWidth, true);
});
edge.addEventListener("lostpointercapture", () => panel.classList.remove("moving"));
edge.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: 5, ArrowRight: -5 }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  widen(Number(edge.getAttribute("aria-valuenow")) + by, true);
});

// ---- what the page and the address say

function follow() {
  const asked = new URLSearchParams(location.search).get("quick");
  if (asked && asked !== task) open(asked, { focus: false });
  else if (!asked && task) close();
}

document.addEventListener("dm:show", (event) => {
  if (event.target.id !== "dm" || !task) return;
  keepInAddress();
  mark();
});
addEventListener("popstate", follow);
widen(parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--quick")) || 50, false);
if (panel.dataset.task) {
  task = panel.dataset.task;
  mark();
}
