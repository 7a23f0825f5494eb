// table[data-table]: move with j and k or the arrows, x selects, Enter opens, a selects all; shift-click selects a range.
// The selection bar counts along.
let stop = null;

function start(table, signal) {
  const rows = [...table.tBodies[0].rows];
  const form = table.closest("form");
  const picks = rows.map((row) => row.querySelector(".pick input"));
  const all = table.querySelector("thead .pick input");
  const count = form?.querySelector("[data-selected]");
  const needs = form ? [...form.querySelectorAll("[data-needs-selection]")] : [];
  let at = -1, last = -1;

  const update = () => {
    const n = picks.filter((pick) => pick?.checked).length;
    if (count) count.textContent = n ? `${n.toLocaleString("en")} selected` : "";
    for (const button of needs) button.disabled = n === 0;
    if (all) {
      all.checked = n > 0 && n === picks.length;
      all.indeterminate = n > 0 && n < picks.length;
    }
  };

  const go = (to) => {
    at = Math.max(0, Math.min(rows.length - 1, to));
    for (const [i, row] of rows.entries()) row.classList.toggle("at", i === at);
    (rows[at]?.querySelector("a") ?? picks[at])?.focus();
    rows[at]?.scrollIntoView({ block: "nearest" });
  };

  if (all) {
    all.closest("label, th").hidden = false;
    all.disabled = false;
    all.addEventListener("change", () => {
      for (const pick of picks) pick.checked = all.checked;
      update();
    });
  }
  for (const [i, pick] of picks.entries()) {
    pick?.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) {
        for (let k = Math.min(i, last); k <= Math.max(i, last); k++) picks[k].checked = pick.checked;
      }
      last = i;
      update();
    });
  }
  table.addEventListener("focusin", (event) => {
    const row = rows.indexOf(event.target.closest("tr"));
    if (row >= 0) at = row;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const inside = table.contains(event.target);
    const moves = { j: 1, k: -1, ...(inside ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
    if (event.key in moves && rows.length) {
      event.preventDefault();
      go(at + moves[event.key]);
    } else if (event.key === "x" && at >= 0 && picks[at]) {
      event.preventDefault();
      picks[at].click();
    } else if (event.key === "a" && all) {
      event.preventDefault();
      all.click();
    }
  }, { signal });
  update();
}

function startAll() {
  stop?.abort();
  stop = new AbortController();
  for (const table of document.querySelectorAll("table[data-table]")) start(table, stop.signal);
}

document.addEventListener("dm:show", startAll);
startAll();
