// The Data Manager without full loads: links and GET forms inside [data-dm] that lead to another state of this page fetch that page, take
// over its parts (every [data-dm-part] by its id) and its address. Afterwards "dm:show" comes from each part: what belongs to single
// elements begins anew then. Any failure is an ordinary load.
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

function takeOver(page) {
  for (const part of document.querySelectorAll("[data-dm-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    const restore = keep(part);
    part.replaceChildren(...fresh.childNodes);
    restore(part);
    part.dispatchEvent(new CustomEvent("dm:show", { bubbles: true }));
  }
  document.title = page.title;
  const live = document.querySelector("[data-dm-live]");
  if (live) live.textContent = document.querySelector("[data-dm-matched]")?.textContent ?? "";
}

// Goes to another state of the page. push: "push", "replace" or "" for what the history does already.
export async function show(href, push = "push") {
  const url = new URL(href, location.href);
  const dm = document.querySelector("[data-dm]");
  running?.abort();
  const mine = running = new AbortController();
  dm?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || answer.redirected || !page.querySelector("[data-dm]")) throw new Error("another page came back");
    if (push) history[`${push}State`](null, "", url);
    takeOver(page);
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(url);
  } finally {
    if (running === mine) dm?.removeAttribute("aria-busy");
  }
}

export const refresh = () => show(location.href, "");

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
  if (event.defaultPrevented || form.method !== "get" || !form.closest("[data-dm]")) return;
  const url = new URL(event.submitter?.formAction || form.action);
  if (!here(url)) return;
  const query = new URLSearchParams(new FormData(form, event.submitter));
  for (const [name, value] of [...query]) if (value === "" && !/^[fovwtp]\d+$/.test(name)) query.delete(name);
  url.search = query;
  event.preventDefault();
  show(url);
});

addEventListener("popstate", () => { if (here(new URL(location.href))) refresh(); });
