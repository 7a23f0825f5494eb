// A page that tells what is wrong is entered at its first wrong field: seen with what is said about it, and under the cursor. Comes last,
// after the scripts that show and hide parts of pages.
const wrong = [...document.querySelectorAll("main [aria-invalid=true]")].find((field) => !field.closest("[hidden]"));

if (wrong) {
  for (let part = wrong.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  wrong.focus({ preventScroll: true });
}
// What is said stands at the field or, with its reasons, in a notice above it.
const said = document.querySelector("main [data-step-error]") ?? wrong;
const box = said?.getBoundingClientRect();
if (box?.height && (box.top < 0 || box.bottom > innerHeight)) said.scrollIntoView({ block: "center" });
