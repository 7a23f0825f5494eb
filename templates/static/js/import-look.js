// [data-look]: says what chosen files are before they are imported: the format of another tool, how much is in it, and the label configuration
// that is made of its labels. Only for files that are sent in a moment; larger ones are recognised when they are imported.
import { total } from "./upload-files.js";

const most = 30_000_000;
const endings = /\.(zip|json|jsonl|ndjson|xml|txt|conll|conll2003|iob2?|bio|ya?ml)$/i;
const counted = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

function line(text) {
  const p = document.createElement("p");
  p.textContent = text;
  return p;
}

function config(xml) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const code = document.createElement("pre");
  summary.textContent = "Label configuration made of them";
  code.textContent = xml;
  code.tabIndex = 0;
  details.append(summary, code);
  return details;
}

const place = ({ file, row, field, reason }) => `${[file, row && `row ${row}`, field].filter(Boolean).join(", ")}: ${reason}`;

function show(notice, { recognised, skipped }) {
  const { title, items, regions, labels } = recognised;
  const box = document.createElement("div");
  box.className = "stack tight grow";
  box.append(line(`Recognised: ${title}, ${counted(items, "task", "tasks")}, ${counted(regions, "region", "regions")}, ${counted(labels.length, "label", "labels")}.`));
  if (skipped?.count) box.append(line(`${counted(skipped.count, "row", "rows")} cannot be used. ${place(skipped.rows[0])}`));
  if (recognised.label_config) box.append(config(recognised.label_config));
  notice.classList.toggle("warn", Boolean(skipped?.count));
  notice.replaceChildren(box);
  notice.hidden = false;
}

async function ask(notice, form, files, signal) {
  const query = new URLSearchParams({ commit_to_project: "false", on_error: "skip", import_format: form.elements.import_format.value });
  const prefix = form.elements.image_prefix.value.trim();
  const body = new FormData();
  if (prefix) query.set("image_prefix", prefix);
  files.forEach((file, i) => body.append(`file${i}`, file));
  const answer = await fetch(`${notice.dataset.lookHref}?${query}`, { method: "POST", body, signal,
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" } });
  return answer.ok ? answer.json() : {};
}

function watch(notice, form) {
  const input = form.querySelector("[data-drop] input[type=file]");
  let controller = null;
  const look = async () => {
    const files = [...input.files];
    controller?.abort();
    controller = new AbortController();
    notice.hidden = true;
    if (!form.elements.import_format.value || !files.some((file) => endings.test(file.name)) || total(files) > most || files.length > 100) return;
    try {
      const answer = await ask(notice, form, files, controller.signal);
      if (answer.recognised) show(notice, answer);
    } catch { /* chosen anew, or no connection: the import itself says what is wrong */ }
  };
  for (const field of [input, form.elements.import_format, form.elements.image_prefix]) field.addEventListener("change", look);
}

for (const notice of document.querySelectorAll("[data-look-href]")) watch(notice, notice.closest("form"));
