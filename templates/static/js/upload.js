// form[data-upload]: drop files, see their names, send with a progress bar and a cancel button. More files than one request takes go
// in several, and a file that is larger than a request may be goes in pieces. Without this script the same form posts plainly; either way the server's page comes next.
import { batches, size, total } from "./upload-files.js";
import { sendInPieces, showUnfinished, Stopped } from "./upload-pieces.js";

const shown = 8;

function list(zone, input) {
  const files = [...input.files];
  const texts = files.slice(0, shown).map((file) => `${file.name} · ${size(file.size)}`);
  if (files.length > shown) texts.push(`and ${(files.length - shown).toLocaleString("en")} more · ${size(total(files))} together`);
  zone.querySelector("[data-files]").replaceChildren(...texts.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.className = "cut";
    return item;
  }));
}

function choose(input, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function dropping(form) {
  for (const zone of form.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    input.addEventListener("change", () => list(zone, input));
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) choose(input, event.dataTransfer.files);
    });
  }
}

// Where the files of a project go that are sent in pieces; null before there is a project.
function uploadsOf(form) {
  const id = form.getAttribute("action").match(/\/projects\/(\d+)\/import$/)?.[1];
  return id ? `${document.documentElement.dataset.base}/api/projects/${id}/uploads` : null;
}

// form.action would be the button of that name.
const address = (form) => new URL(form.getAttribute("action"), location.href).href;

// In the same place and shape as the server's own message.
function say(form, text) {
  const box = form.querySelector("[data-form-errors]");
  const notice = document.createElement("div");
  const words = document.createElement("p");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  words.textContent = text;
  notice.append(words);
  box.replaceChildren(notice);
  notice.scrollIntoView({ block: "center" });
}

/** What an answer means: {href, tasks} when it worked, {text} when it was refused (`step`: the step where it was), {report} when a part was left out, {page} to go to for anything else. */
function understand(request, form) {
  if (request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
    const { href, tasks, detail } = JSON.parse(request.responseText);
    return href ? { href, tasks } : { text: `${detail} Your input is still here.` };
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const fresh = page.querySelector("[data-form-errors]");
  const report = page.querySelector("[data-left-out]");
  if (report && request.status < 400) return { report };
  if (request.status < 400 && (!fresh || request.responseURL !== address(form))) return { page: request.responseURL };
  const words = [...page.querySelectorAll("main .notice.bad p, main .error-text")].map((e) => e.textContent.trim());
  words.push([...page.querySelectorAll("main .notice.warn[data-step-error] li")].slice(0, 3).map((e) => e.textContent.trim()).join(" · "));
  const step = [...page.querySelectorAll("[data-step]")].find((part) => part.querySelector("[aria-invalid=true], [data-step-error]"))?.id;
  return { step, text: words.filter(Boolean).join(" ") || `The server refused this (${request.status}). Your input is still here.` };
}

// One request; resolves with what its answer means, {} when it was cancelled.
function post(form, body, box, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const cancel = box.querySelector("[data-cancel]");
    const abort = () => request.abort();
    const end = (answer) => { cancel.removeEventListener("click", abort); resolve(answer); };
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress(event.loaded, event.total); });
    request.upload.addEventListener("load", () => progress(1, 1));
    request.addEventListener("load", () => end(understand(request, form)));
    request.addEventListener("error", () => end({ text: "The connection broke. Nothing of this was imported; your input is still here." }));
    request.addEventListener("abort", () => end({}));
    cancel.addEventListener("click", abort);
    request.open("POST", address(form));
    request.setRequestHeader("X-Upload", "1");
    request.send(body);
  });
}

// The first request sends the whole form, those after it more files only: to the import page of the project.
function fill(form, submitter, input, files, first, imported) {
  const body = first ? new FormData(form, submitter) : new FormData();
  if (input) body.delete(input.name);
  for (const file of files) body.append(input.name, file);
  if (!first) {
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("imported", imported);
    for (const name of ["import_format", "import_as", "image_prefix", "take_config", "on_error"]) {
      const field = form.elements[name];
      if (field && (field.type !== "checkbox" || field.checked)) body.set(name, field.value);
    }
  }
  return body;
}

// The one file of a part in pieces, then the form that names it.
async function postPieces(form, body, box, file, progress) {
  const cancel = box.querySelector("[data-cancel]");
  const controller = new AbortController();
  const abort = () => controller.abort();
  cancel.addEventListener("click", abort);
  try {
    const csrf = form.elements.csrfmiddlewaretoken.value;
    body.set("upload", await sendInPieces(uploadsOf(form), file, { csrf, signal: controller.signal, progress }));
  } catch (reason) {
    if (reason instanceof Stopped) return { text: reason.message };
    return { text: "Cancelled. The server keeps for a day what it has of the file: choose it again to go on." };
  } finally {
    cancel.removeEventListener("click", abort);
  }
  return post(form, body, box, () => progress(file.size, false));
}

// What is left after a part went through stays chosen, and the button sends that.
function rest(form, input, files) {
  choose(input, files);
  for (const field of form.querySelectorAll("textarea[name=paste], input[name=url]")) field.value = "";
}

async function send(form, submitter) {
  const zone = form.querySelector("[data-drop]");
  const input = zone?.querySelector("input[type=file]");
  const { parts, problem } = batches([...(input?.files ?? [])], Number(zone?.dataset.mostFiles) || 100, Number(zone?.dataset.mostBytes) || Infinity,
    Number(zone?.dataset.piecesBytes) || 0);
  const files = parts?.flat() ?? [];
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-progress-text]");
  const bytes = total(files);
  const started = performance.now();
  let sent = 0, done = 0, imported = 0;
  let kept = 0, begunWith = null; /* bytes that were there before; the part that they are of */

  const stop = (text, step) => {
    box.hidden = true;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
    form.dispatchEvent(new Event("change")); /* nothing is sent: the guard looks again */
    if (step) form.dispatchEvent(new CustomEvent("wrong-step", { detail: step }));
    if (text) say(form, text);
  };
  if (problem) return stop(problem);
  // A project that is not there yet comes first. Nothing else is sent by a request of its own without need.
  if (parts.length > 1 && !parts[0].length && uploadsOf(form)) parts.shift();
  box.hidden = false;
  form.setAttribute("aria-busy", "true");
  const progress = (part, loaded, all) => {
    const now = sent + total(part) * loaded / Math.max(1, all);
    const rate = (now - kept) / Math.max(0.2, (performance.now() - started) / 1000);
    if (!bytes || loaded === all && part === parts.at(-1)) bar.removeAttribute("value");
    else { bar.max = bytes; bar.value = now; }
    words.textContent = !bytes || !part.length ? "Sent. The server is working on it."
      : loaded === all ? `${done + part.length} of ${files.length} files sent. The server is reading them.`
        : `${size(now)} of ${size(bytes)} sent, ${size(rate)} per second${parts.length > 1 ? `, ${done} of ${files.length} files` : ""}`;
  };

  const waiting = () => { words.textContent = "The connection is gone, or the server is busy. Sending goes on by itself."; };

  for (const [i, part] of parts.entries()) {
    const body = fill(form, submitter, input, part.inPieces ? [] : part, i === 0, imported);
    const sending = part.inPieces
      ? postPieces(form, body, box, part[0], (loaded, halted) => {
        if (halted) return waiting();
        if (begunWith !== part) kept += loaded;
        begunWith = part;
        progress(part, loaded, part[0].size);
      })
      : post(form, body, box, (loaded, all) => progress(part, loaded, all));
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
    const answer = await sending;
    if (answer.page) return location.assign(answer.page);
    if (answer.report) {
      rest(form, input, files.slice(done + part.length));
      stop();
      form.querySelector("[data-form-errors]").replaceChildren(answer.report);
      return answer.report.focus();
    }
    if (!answer.href) {
      if (i > 0) rest(form, input, files.slice(done));
      return stop(i === 0 ? answer.text : `${done} of ${files.length} files were imported, the rest is still chosen. ${answer.text ?? "Cancelled."}`,
        answer.step);
    }
    imported += answer.tasks ?? 0;
    done += part.length;
    sent += total(part);
    if (done === files.length) return location.assign(document.documentElement.dataset.base + answer.href);
    form.setAttribute("action", document.documentElement.dataset.base + answer.href.replace(/\/data$/, "/import"));
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  dropping(form);
  const unfinished = form.querySelector("[data-unfinished]");
  if (unfinished) showUnfinished(unfinished, uploadsOf(form), form.elements.csrfmiddlewaretoken.value, size);
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if ((!files && !form.elements.url?.value.trim()) || event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
