// [data-copy="#field"] puts the field's value (or the element's text) on the clipboard and says so.
import { toast } from "./toast.js";

async function put(source) {
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http without localhost has no clipboard: select it, so that Ctrl+C does it.
    source.closest("details")?.setAttribute("open", "");
    source.focus();
    source.select?.();
    return document.execCommand?.("copy") ?? false;
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    const done = await put(source);
    toast(done ? "Copied to the clipboard." : "Selected. Press Ctrl+C to copy.");
  });
}
