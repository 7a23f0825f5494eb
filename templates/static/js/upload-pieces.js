// One file that is too large for a request, sent in pieces. The server keeps what it has: after a break, also of the browser, sending goes
// on from there. Which file is which is told by name, size and date.
const firstWaitMs = 1000;
const longestWaitMs = 30_000;
const silenceMs = 60_000; /* a piece of which nothing moves for so long is sent again */

/** A reason to stop, in words for people. */
export class Stopped extends Error {}

const keyOf = (file) => `${file.name} ${file.size} ${file.lastModified}`;
const again = (status) => status === 0 || status === 429 || (status >= 500 && status !== 507);

// {status, body}; status 0 when there was no answer.
function call(method, address, { csrf, body, type, signal, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer;
    const abort = () => { request.abort(); end(0); };
    const moved = () => { clearTimeout(timer); timer = setTimeout(abort, silenceMs); };
    const end = (status) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (signal.aborted) return reject(signal.reason);
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a page of something between */ }
      resolve({ status: status !== 204 && status < 400 && !answer ? 0 : status, body: answer });
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", abort);
    request.upload.addEventListener("progress", (event) => { moved(); progress?.(event.loaded); });
    request.addEventListener("load", () => end(request.status));
    request.addEventListener("error", () => end(0));
    request.open(method, address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf);
    if (type) request.setRequestHeader("Content-Type", type);
    moved();
    request.send(body);
  });
}

// Until the time is over, or the browser says that it is online again.
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => { clearTimeout(timer); window.removeEventListener("online", end); signal.removeEventListener("abort", stop); resolve(); };
    const stop = () => { end(); reject(signal.reason); };
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}

function refuse(file, { status, body }) {
  const errors = Object.values(body?.validation_errors ?? {}).flat().join(" ");
  throw new Stopped(`“${file.name}” was refused: ${errors || body?.detail || `the server answered ${status}.`}`);
}

async function bytesOf(file, from, to) {
  try {
    return await file.slice(from, to).arrayBuffer();
  } catch {
    throw new Stopped(`“${file.name}” cannot be read any more. Choose it again to go on.`);
  }
}

/** Send the whole file to a project; its id. progress(bytes, waiting) is told how far it is. Throws Stopped, or the reason of the signal. */
export async function sendInPieces(uploads, file, { csrf, signal, progress }) {
  let waitMs = firstWaitMs;
  const insist = async (method, address, options) => {
    for (;;) {
      const answer = await call(method, address, { csrf, signal, ...options });
      if (!again(answer.status)) return answer;
      progress(null, true);
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
      if (method === "PATCH") return answer; /* ask first what arrived */
    }
  };
  const state = async () => {
    const answer = await insist("GET", `${uploads}/${at.id}`);
    return answer.status === 200 ? answer.body : refuse(file, answer);
  };

  const begun = await insist("POST", uploads, { type: "application/json",
    body: JSON.stringify({ name: file.name, size: file.size, key: keyOf(file) }) });
  if (begun.status !== 200 && begun.status !== 201) refuse(file, begun);
  let at = begun.body;
  while (at.offset < file.size) {
    const from = at.offset;
    const body = await bytesOf(file, from, Math.min(file.size, from + at.piece_size));
    progress(from, false);
    const answer = await insist("PATCH", `${uploads}/${at.id}?offset=${from}`, { type: "application/octet-stream", body,
      progress: (sent) => progress(from + sent, false) });
    if (answer.status === 200) {
      at = answer.body;
      waitMs = firstWaitMs;
    } else if (answer.status === 409 || again(answer.status)) {
      at = await state();
    } else {
      refuse(file, answer);
    }
  }
  return at.id;
}

function unfinishedLine(one, size, remove) {
  const line = document.createElement("div");
  const words = document.createElement("span");
  const button = document.createElement("button");
  line.className = "row between";
  words.className = "grow";
  words.textContent = one.offset < one.size
    ? `“${one.name}” is not whole yet: ${size(one.offset)} of ${size(one.size)} are here. Choose it again to go on.`
    : `“${one.name}” is here, but was not imported. Choose it again to import it.`;
  button.className = "btn small";
  button.type = "button";
  button.textContent = "Remove";
  button.setAttribute("aria-label", `Remove ${one.name}`);
  button.addEventListener("click", () => remove(line, button));
  line.append(words, button);
  return line;
}

/** Say in a notice which files of the caller are not imported yet; each can be given up. */
export async function showUnfinished(notice, uploads, csrf, size) {
  const signal = new AbortController().signal;
  const list = document.createElement("div");
  const { status, body } = await call("GET", uploads, { csrf, signal });
  const show = () => { notice.hidden = !list.firstElementChild; };

  list.className = "stack tight grow";
  for (const one of status === 200 ? body : []) {
    list.append(unfinishedLine(one, size, async (line, button) => {
      button.disabled = true;
      const answer = await call("DELETE", `${uploads}/${one.id}`, { csrf, signal });
      button.disabled = false;
      if (answer.status !== 204 && answer.status !== 404) return;
      line.remove();
      show();
      document.querySelector("main")?.focus();
    }));
  }
  notice.replaceChildren(list);
  show();
}
