// Alt+U adds the label "Unclear" to the region that is selected, or takes it away again.
const control = 'label';
const label = 'Unclear';
const key = 'KeyU';

function toggle() {
    const tag = LSI.annotation.names.get(control).children.find(({ value }) => value === label);
    if (LSI.annotation.selectedRegions.length === 1) tag.toggleSelected();
}

// Listeners of one's own outlive the annotation: the next run takes this one away, so that one key press is one change.
window.labelByKey?.abort();
window.labelByKey = new AbortController();
document.addEventListener('keydown', (event) => {
    if (event.altKey && event.code === key) toggle();
}, { signal: window.labelByKey.signal });
