// Columns by the pointer: their edges are dragged, lines of the list of columns and tabs change places. Without this script, buttons move
// them, and widths are those of the kind.
import { post } from "./dm-page.js";

const STEP = 20, LEAST = 3, MOST = 40;

// ---- widths ----

function setWidth(th, steps) {
  th.className = th.className.replace(/(^| )w\d+/, "");
  if (steps) th.classList.add(`w${steps}`);
}

function stepsOf(pixels) {
  return Math.max(LEAST, Math.min(MOST, Math.round(pixels / STEP)));
}

function keep(th, steps) {
  const form = document.querySelector("[data-columns]");
  const body = new URLSearchParams({ action: "width", column: th.dataset.column, width: steps * STEP,
    csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  fetch(form.getAttribute("action"), { method: "POST", body });
}

function edge(th) {
  const grip = document.createElement("span");
  grip.className = "grip";
  grip.title = "Drag to change the width, double-click for the usual one";
  th.append(grip);
  grip.addEventListener("dblclick", () => { setWidth(th, 0); keep(th, 0); });
  grip.addEventListener("pointerdown", (event) => {
    const from = event.clientX, width = th.offsetWidth;
    let steps = 0;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const move = (at) => {
      steps = stepsOf(width + at.clientX - from);
      setWidth(th, steps);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("lostpointercapture", () => {
      grip.removeEventListener("pointermove", move);
      if (steps) keep(th, steps);
    }, { once: true });
  });
}

// ---- places ----

// Items of a list change places while one is dragged; done(item, place) when it is let go.
function sortable(items, done) {
  let dragged = null;
  for (const item of items) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
    });
    item.addEventListener("dragover", (event) => {
      if (!dragged || dragged === item) return;
      event.preventDefault();
      const all = [...item.parentNode.children];
      item[all.indexOf(dragged) < all.indexOf(item) ? "after" : "before"](dragged);
    });
    item.addEventListener("drop", (event) => event.preventDefault());
    item.addEventListener("dragend", () => {
      if (dragged) done(dragged);
      dragged = null;
    });
  }
}

function start() {
  document.querySelectorAll("th[data-column]").forEach(edge);
  const columns = document.querySelector("[data-columns]");
  if (!columns) return;
  sortable(columns.querySelectorAll("[data-line]"), () => columns.requestSubmit(columns.querySelector("[data-columns-show]")));
  const views = document.querySelector("[data-views]"), form = document.getElementById("dm-tab-new")?.querySelector("form");
  if (!views || !form) return;
  sortable(views.querySelectorAll("[data-view]"), (tab) => {
    const place = [...views.querySelectorAll("[data-view]")].indexOf(tab);
    post(form.getAttribute("action"), { action: "place", view: tab.dataset.view, place, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  });
}

// A box that is ticked shows its column at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-columns]");
  if (form) form.requestSubmit(form.querySelector("[data-columns-show]"));
});

document.addEventListener("dm:show", start);
start();
