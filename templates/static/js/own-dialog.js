// Small dialogs of the labelling page.

export function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}

// Shows a <dialog> over the editor. Keys typed there are none of the editor's, Escape included.
export function openDialog(dialog, titleId) {
    if (!dialog.isConnected) {
        for (const name of ['keydown', 'keyup', 'keypress']) dialog.addEventListener(name, (event) => event.stopPropagation());
        dialog.classList.add('labelling-dialog');
        dialog.setAttribute('aria-labelledby', titleId);
        document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
}
