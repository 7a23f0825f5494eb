// form[data-upload]: drop files, see their names, send with a progress bar and a cancel button. Without it the same form
// posts plainly; either way the server's page comes next.
const units = ["B", "kB", "MB", "GB"];

function size(bytes) {
  let i = 0;
  while (bytes >= 1000 && i < units.length - 1) {
    bytes /= 1000;
    i++;
  }
  return `${bytes < 10 && i ? bytes.toFixed(1) : Math.round(bytes)} ${units[i]}`;
}

function list(zone, input) {
  const names = [...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${size(file.size)}`;
    item.className = "cut";
    return item;
  });
  zone.querySelector("[data-files]").replaceChildren(...names);
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
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

// form.action would be the button of that name.
const address = (form) => new URL(form.getAttribute("action"), location.href).href;

// Success answers {"href": …}. A refusal answers the form's page: its messages are taken over and everything typed and chosen
// stays. Any other page is the end of the way: go there.
function take(request, form, stop) {
  if (request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
    const { href, detail } = JSON.parse(request.responseText);
    if (href) location.assign(document.documentElement.dataset.base + href);
    else stop(`${detail} Your input is still here.`);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const fresh = page.querySelector("[data-form-errors]");
  if (request.status < 400 && (!fresh || request.responseURL !== address(form))) {
    location.assign(request.responseURL);
    return;
  }
  const words = [...page.querySelectorAll("main .notice.bad p, main .error-text")].map((e) => e.textContent.trim());
  stop(words.filter(Boolean).join(" ") || `The server refused this (${request.status}). Your input is still here.`);
}

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

function send(form, submitter) {
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-progress-text]");
  const body = new FormData(form, submitter);
  const request = new XMLHttpRequest();
  const started = performance.now();

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const rate = event.loaded / Math.max(0.2, (performance.now() - started) / 1000);
    bar.max = event.total;
    bar.value = event.loaded;
    words.textContent = `${size(event.loaded)} of ${size(event.total)} sent, ${size(rate)} per second`;
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    words.textContent = "All sent. The server is reading it.";
  });
  const stop = (text) => {
    box.hidden = true;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
    form.dispatchEvent(new Event("change")); /* nothing is sent: the guard looks again */
    if (text) say(form, text);
  };
  request.addEventListener("load", () => take(request, form, stop));
  request.addEventListener("error", () => stop("The connection broke. Nothing was imported; your input is still here."));
  request.addEventListener("abort", () => stop(""));
  box.querySelector("[data-cancel]").addEventListener("click", () => request.abort(), { once: true });

  box.hidden = false;
  form.setAttribute("aria-busy", "true");
  request.open("POST", address(form));
  request.setRequestHeader("X-Upload", "1");
  request.send(body);
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  dropping(form);
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (!files || event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
