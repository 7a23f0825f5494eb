// The list of snapshots: while some are being made, their rows are read from the same page again. Without this script a link does it.
const section = document.querySelector("[data-snapshots]");
const pending = () => [...section.querySelectorAll("tr[data-pending]")];

// Only the parts that change are taken over: whoever stands in the row keeps their place.
function take(row, fresh) {
  const parts = fresh.querySelectorAll("[data-part]");
  row.querySelectorAll("[data-part]").forEach((part, i) => part.replaceChildren(...parts[i].childNodes));
  if (fresh.hasAttribute("data-pending")) return;
  row.removeAttribute("data-pending");
  const name = row.querySelector("th").textContent.trim();
  section.querySelector("[data-said]").textContent = `${name}: ${row.querySelector(".badge").textContent.trim()}`;
}

async function look(wait) {
  await new Promise((done) => { setTimeout(done, wait); });
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const row of pending()) {
      const fresh = page.getElementById(row.id);
      if (fresh) take(row, fresh);
      else row.remove();
    }
  }
  if (pending().length) look(Math.min(wait * 1.5, 3000));
  else section.querySelector("[data-look]")?.remove();
}

if (pending().length) look(300);
