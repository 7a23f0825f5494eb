// textarea[data-script]: the code editor in its place, where one is installed. The textarea stays what the form sends; without the code
// editor it is what people write in.

const area = document.querySelector('textarea[data-script]');
const data = JSON.parse(document.getElementById('script-data').textContent);

const EVENTS = ['beforeSaveAnnotation', 'submitAnnotation', 'updateAnnotation', 'deleteAnnotation', 'skipTask', 'unskipTask', 'submitDraft',
    'entityCreate', 'entityDelete', 'regionFinishedDrawing', 'selectAnnotation', 'selectHistory', 'groundTruth', 'nextTask', 'prevTask'];
const MEMBERS = {
    LSI: { on: '(event, handler)', import: '(url, integrity)', task: '{id, data}', dataObj: 'data of the task', annotation: 'on screen', regions: 'of the annotation' },
    annotation: { results: 'all results', regions: 'all regions', areas: 'map of regions', regionStore: 'regions without classifications',
        names: 'controls by name', deleteRegion: '(region)', selectArea: '(region)', serializeAnnotation: '()' },
    region: { labels: 'texts', labelName: 'first text', labeling: 'first labelling', labelings: 'all labellings', results: 'its results',
        text: 'of a text region', getLabelText: '()' },
    labeling: { selectedLabels: 'tags', getSelectedString: '(joint)' },
    result: { mainValue: 'the value', from_name: 'its control', type: 'of the control', area: 'its region' },
    Htx: { annotationStore: 'all annotations', showModal: '(text, kind)', task: 'the task', user: 'who labels' },
};

// What may be written where: members behind their owner, events and names inside quotes.
function words() {
    const members = Object.entries(MEMBERS).flatMap(([after, all]) =>
        Object.entries(all).map(([label, detail]) => ({ after, label, detail })));
    const globals = ['LSI', 'Htx', 'DM'].map((label) => ({ label, detail: 'global' }));
    const fields = data.names.fields.flatMap((label) => [
        { after: 'LSI.task.data', label, detail: 'field' }, { after: 'LSI.dataObj', label, detail: 'field' }]);
    const texts = [...EVENTS.map((label) => ({ text: true, label, detail: 'event' })),
        ...data.names.controls.map(({ name, type }) => ({ text: true, label: name, detail: type }))];
    return [...members, ...globals, ...fields, ...texts];
}

// A script that the browser cannot read is not saved unawares: its line is told, and saving it once more keeps it as it is.
function followSaving(wrongWith) {
    const note = document.querySelector('[data-script-wrong]'), { form } = area;
    let told = null;

    document.addEventListener('submit', (event) => {
        if (event.target !== form) return;
        const wrong = wrongWith(area.value);
        form.elements.unreadable.value = wrong ? '1' : '';
        note.hidden = !wrong;
        if (!wrong || area.value === told) return;
        const line = area.value.slice(0, wrong.from).split('\n').length;
        event.preventDefault();
        event.stopImmediatePropagation(); // whatever else follows the form takes it for saved
        told = area.value;
        note.textContent = `Not saved: this cannot run as a script. Line ${line}: ${wrong.message}. Mend it, or save it once more to keep it as it is.`;
        area.dispatchEvent(new CustomEvent('script:line', { detail: line }));
    }, { capture: true });
}

async function enhance() {
    const { createEditor, wrongWith } = await import(data.code_editor);
    const host = document.createElement('div');
    host.className = 'code-editor';
    host.style.height = `${area.offsetHeight}px`; // nothing on the page moves
    area.before(host);
    const editor = createEditor({
        host, text: area.value, label: 'Script', describedBy: document.getElementById('custom_script-help').textContent.trim(),
        words: words(), marks: data.marks,
        onChange(text) {
            area.value = text;
            area.dispatchEvent(new Event('input', { bubbles: true }));
        },
    });
    // The page's own keys look at where the caret is, and out of a shadow root they cannot see it.
    host.addEventListener('keydown', (event) => event.stopPropagation());
    // Whatever else writes into the field.
    area.addEventListener('input', () => { if (area.value !== editor.text()) editor.setText(area.value); });
    area.hidden = true;
    area.labels[0].addEventListener('click', editor.focus);
    area.addEventListener('script:line', ({ detail }) => editor.goTo(detail));
    followSaving(wrongWith);
    host.dataset.ready = 'yes';
}

// Where there is no code editor, a line is shown by the caret.
function plain() {
    area.addEventListener('script:line', ({ detail }) => {
        const at = area.value.split('\n').slice(0, detail - 1).join('\n').length;
        area.focus();
        area.setSelectionRange(at + (detail > 1), at + (detail > 1));
    });
}

if (data.code_editor) enhance().catch((error) => { console.warn(error); plain(); });
else plain();
