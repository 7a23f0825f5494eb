// table[data-table] and lists of cards: move with j and k or the arrows, x selects, Enter opens, a selects all. What is selected: dm-actions.js.
let stop = null;

function start(table, signal) {
  const rows = [...(table.tBodies?.[0].rows ?? table.children)];
  const picks = rows.map((row) => row.querySelector(".pick input"));
  const all = table.querySelector("thead .pick input") ?? document.querySelector("[data-pick-page]");
  let at = -1;

  const go = (to) => {
    at = Math.max(0, Math.min(rows.length - 1, to));
    for (const [i, row] of rows.entries()) row.classList.toggle("at", i === at);
    (rows[at]?.querySelector("a:not([tabindex])") ?? picks[at])?.focus();
    rows[at]?.scrollIntoView({ block: "nearest" });
  };

  table.addEventListener("focusin", (event) => {
    const row = rows.indexOf(event.target.closest("tr, [data-card]"));
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
}

function startAll() {
  stop?.abort();
  stop = new AbortController();
  for (const table of document.querySelectorAll("table[data-table], [data-cards]")) start(table, stop.signal);
}

document.addEventListener("dm:show", startAll);
startAll();
