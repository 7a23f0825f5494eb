// What is typed in one field is looked up in a table of the task, and the answer goes into another field when the first one is left.
const asked = 'customer';
const filled = 'town';
const table = LSI.task.data.directory;

function put(name, text) {
    const control = LSI.annotation.names.get(name);
    if (control.result) control.result.setValue([text]);
    else control.addText(text);
}

// Listeners of one's own outlive the annotation: the next run takes this one away.
window.fillFromTable?.abort();
window.fillFromTable = new AbortController();
document.addEventListener('focusout', ({ target }) => {
    const found = target.name === asked ? table[target.value.trim()] : undefined;
    if (!found) return;
    put(asked, target.value.trim());
    put(filled, found);
}, { signal: window.fillFromTable.signal });
