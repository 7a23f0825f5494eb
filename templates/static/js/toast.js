// Short messages, bottom left. The server renders one for what the last form did; scripts add more with toast().
const stack = document.querySelector("[data-toasts]");

function dismiss(box) {
  const had = box.contains(document.activeElement);
  box.remove();
  if (had) document.querySelector("main")?.focus();
}

function arm(box, seconds) {
  const close = box.querySelector("[data-dismiss]");
  close.hidden = false;
  close.addEventListener("click", () => dismiss(box));
  if (!seconds) return;
  let timer = setTimeout(() => dismiss(box), seconds * 1000);
  // Somebody is reading or about to press undo.
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => { timer = setTimeout(() => dismiss(box), seconds * 1000); });
}

/** Show a message. kind: "good" (goes after 6 s) or "bad" (stays). undo: a function, adds an Undo button. */
export function toast(text, kind = "good", undo = null) {
  const box = document.createElement("div");
  box.className = kind === "bad" ? "toast bad" : "toast";
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  box.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = "Undo";
    button.addEventListener("click", () => { box.remove(); undo(); });
    box.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn quiet small";
  close.dataset.dismiss = "";
  close.textContent = "Close";
  box.append(close);
  stack?.append(box);
  arm(box, kind === "bad" ? 0 : undo ? 12 : 6);
  return box;
}

function armRendered(box) {
  arm(box, box.classList.contains("bad") || box.querySelector("form") ? 0 : 8);
}

/** Take the messages over from another page that a script has fetched. */
export function adopt(page) {
  for (const box of page.querySelectorAll("[data-toasts] > .toast")) {
    stack?.append(document.adoptNode(box));
    armRendered(box);
  }
}

document.querySelectorAll("[data-toasts] > .toast").forEach(armRendered);
