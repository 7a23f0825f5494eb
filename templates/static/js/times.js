// The server writes times in the timezone of the reader's account. Who has set none gets UTC, which becomes the browser's own here; the
// form stays the same, so nothing moves.
const two = (n) => String(n).padStart(2, "0");

const set = document.documentElement.dataset.timezone;

for (const time of set ? [] : document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(time.textContent.trim())) continue;
  time.title = `${at.toLocaleString()} (${time.dateTime})`;
  time.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
