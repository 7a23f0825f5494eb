// The server writes times in the timezone of the reader's account. Who has set none gets UTC, which becomes the browser's own here; the
// form stays the same, so nothing moves.
const two = (n) => String(n).padStart(2, "0");

const set = document.documentElement.dataset.timezone;

function localize(part) {
  for (const time of part.querySelectorAll("time[datetime]")) rewrite(time);
}

function rewrite(time) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(time.textContent.trim())) return;
  time.title = time.dateTime;
  time.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

if (!set) {
  localize(document);
  document.addEventListener("dm:show", (event) => localize(event.target));
}
