// [data-dialog="id"] opens that <dialog>; a link doing so still works as a link without this script.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
    return;
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

for (const button of document.querySelectorAll("button[data-dialog][hidden]")) button.hidden = false;
for (const dialog of document.querySelectorAll("dialog[data-open]")) dialog.showModal();
