// The field for the timezone knows the names that the browser knows, and the one it is in.
const field = document.querySelector("[data-timezones]");
const here = document.querySelector("[data-timezone-here]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (field && Intl.supportedValuesOf) {
  const list = document.createElement("datalist");
  list.id = "timezones";
  list.append(...Intl.supportedValuesOf("timeZone").map((name) => Object.assign(document.createElement("option"), { value: name })));
  field.after(list);
  field.setAttribute("list", list.id);
}
if (field && here && own) {
  here.hidden = false;
  here.textContent = `Use this browser's: ${own}`;
  here.addEventListener("click", () => {
    field.value = own;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
