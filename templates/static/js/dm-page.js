// The Data Manager without full loads: links and GET forms inside [data-dm] that lead to another state of this page fetch that page, take
// over its parts (every [data-dm-part] by its id) and its address. Afterwards "dm:show" comes from each part: what belongs to single
// elements begins anew then. Any failure is an ordinary load. POST forms with data-dm-post come back to a state of the page in the same way.
import { adopt, toast } from "./toast.js";

const POLL_MS = 30_000;
let running = null;

const here = (url) => url.origin === location.origin && url.pathname === location.pathname
  && !url.searchParams.has("task") && !url.searchParams.has("labeling");

// What the reader has opened or holds stays so.
function keep(part) {
  const focus = part.contains(document.activeElement) ? document.activeElement : null;
  const caret = focus?.matches("input[type=search], input[type=text], textarea") ? focus.selectionStart : null;
  const scrolled = part.querySelector(".table-wrap")?.scrollLeft ?? 0;
  const opened = [...part.querySelectorAll("details[id][data-stay][open]")].map((details) => details.id);
  return (fresh) => {
    for (const id of opened) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    const wrap = fresh.querySelector(".table-wrap");
    if (wrap) wrap.scrollLeft = scrolled;
    const again = focus?.id ? fresh.querySelector(`#${CSS.escape(focus.id)}`) : null;
    if (again) {
      again.focus({ preventScroll: true });
      if (caret !== null) again.setSelectionRange?.(caret, caret);
    } else if (focus) {
      fresh.querySelector("[data-dm-focus]")?.focus({ preventScroll: true });
    }
  };
}

// What the reader is writing: an open form, a search that was not sent yet.
const held = (part) => [...part.querySelectorAll("details[data-held][open], form[data-held]:focus-within")];

function say() {
  const live = document.querySelector("[data-dm-live]");
  if (live) live.textContent = document.querySelector("[data-dm-matched]")?.textContent ?? "";
}

function takeOver(page, same) {
  for (const part of document.querySelectorAll("[data-dm-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    const restore = keep(part), holding = same ? held(part) : [];
    part.replaceChildren(...fresh.childNodes);
    for (const form of holding) part.querySelector(`#${form.id}`)?.replaceWith(form);
    restore(part);
    part.dispatchEvent(new CustomEvent("dm:show", { bubbles: true }));
  }
  document.title = page.title;
  adopt(page);
  countLater();
  say();
}

// What of an address is the state of the table.
function stateOf(href) {
  const query = new URL(href, location.href).searchParams;
  query.delete("quick");
  return query.toString();
}

// The page of that address in place of this one; false when another page came back, the words of a refusal. `push` as for show();
// `again`: what is being written stays, if it is the same state of the table.
async function load(url, push, options, again) {
  const dm = document.querySelector("[data-dm]");
  running?.abort();
  const mine = running = new AbortController();
  dm?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" }, ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) return page.querySelector("main p")?.textContent.trim() || "The server refused this.";
    if (!here(new URL(answer.url)) || !page.querySelector("[data-dm]")) return false;
    const same = again && stateOf(answer.url) === stateOf(location.href);
    if (push) history[`${push}State`](null, "", answer.url);
    takeOver(page, same);
    return true;
  } catch (problem) {
    if (problem.name !== "AbortError") throw problem;
    return true;
  } finally {
    if (running === mine) {
      dm?.removeAttribute("aria-busy");
      running = null;
    }
  }
}

// What many tasks match is shown before it is counted. Whoever looks at it meanwhile is not disturbed: only what says how many changes.
let counting = null;

async function countLater() {
  counting?.abort();
  const link = document.querySelector("[data-dm-uncounted]");
  if (!link) return;
  const mine = counting = new AbortController();
  link.textContent = "Counting…";
  const answer = await fetch(link.href, { signal: mine.signal, headers: { Accept: "text/html" } }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html") : null;
  if (!link.isConnected || mine.signal.aborted) return;
  link.textContent = "Count them";
  if (!page?.querySelector("[data-picked], [data-dm-count=pager]")) return;
  for (const part of document.querySelectorAll("[data-dm-count]")) {
    const fresh = page.querySelector(`[data-dm-count="${part.dataset.dmCount}"]`);
    if (fresh) part.replaceWith(fresh);
  }
  say();
  document.dispatchEvent(new CustomEvent("dm:count"));
}

// Goes to another state of the page. push: "push", "replace" or "" for what the history does already.
export async function show(href, push = "push", again = false) {
  const url = new URL(href, location.href);
  if (await load(url, push, {}, again).catch(() => false) !== true) location.assign(url);
}

// Once more what is shown. What is on its way already comes from the server as it is now, too.
export const refresh = () => running ?? show(location.href, "", true);

// Sends a form of the page (or pairs, to an address) and shows where the server leads.
export async function post(action, body) {
  const sent = await load(action, "push", { method: "POST", body: new URLSearchParams(body) }, true).catch(() => null);
  if (sent === false) refresh();
  else if (sent !== true) toast(sent ?? "The server cannot be reached.", "bad");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-dm] a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target) return;
  const url = new URL(link.href);
  if (!here(url) || (url.hash && url.search === location.search)) return;
  event.preventDefault();
  show(url);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!event.defaultPrevented && form.matches("[data-dm-post]")) {
    event.preventDefault();
    form.closest("details.menu:not([data-stay])")?.removeAttribute("open");
    post(form.getAttribute("action"), new FormData(form, event.submitter));
    return;
  }
  if (event.defaultPrevented || form.method !== "get" || !form.closest("[data-dm]")) return;
  const url = new URL(event.submitter?.getAttribute("formaction") || form.getAttribute("action"), location.href);
  if (!here(url)) return;
  const query = new URLSearchParams(new FormData(form, event.submitter));
  for (const [name, value] of [...query]) if (value === "" && !/^[fovwtp]\d+$/.test(name)) query.delete(name);
  url.search = query;
  event.preventDefault();
  show(url);
});

addEventListener("popstate", () => { if (here(new URL(location.href))) show(location.href, ""); });

// The × of the box clears the search at once.
document.addEventListener("search", (event) => {
  if (event.target.id === "dm-find" && event.target.value === "") event.target.form.requestSubmit();
});

// ---- figures ----

// Others work, too: the figures above follow, and when they have changed the list says that it may be old.
const figures = document.getElementById("project-facts");
let last = null;

async function follow() {
  if (document.hidden || !figures) return;
  const answer = await fetch(`${location.pathname}/figures`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const text = await answer.text();
  const now = JSON.parse(text);
  for (const [name, value] of Object.entries(now)) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    if (place && value !== null) place.textContent = value;
  }
  const button = document.querySelector("[data-dm-refresh]");
  if (button && last !== null && last !== text) button.hidden = false;
  last = text;
}

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-dm-refresh]")) refresh(); });
document.addEventListener("visibilitychange", follow);
setInterval(follow, POLL_MS);
if (figures) follow();
countLater();
