// [data-preview="ID of the textarea"]: the configuration drawn beside its text, with the user's own first task where there is one:
// what lies in the project (data-task), what was pasted or chosen on this page, else made-up data.
import { attribute, elements, walk } from './xml-scan.js';

const PAUSE_MS = 600;
const READ_BYTES = 256 << 10;
const SHOWN = /^(image|video)\/|^application\/pdf$/;

function firstField(config) {
    for (const { token } of walk(elements(config))) {
        const value = attribute(token, 'value')?.value ?? attribute(token, 'valueList')?.value;
        if (attribute(token, 'name') && value?.startsWith('$')) return value.slice(1);
    }
    return null;
}

function dataOf(item) {
    if (!item || typeof item !== 'object' || Array.isArray(item)) return null;
    return item.data && typeof item.data === 'object' ? item.data : item;
}

// The first object of a JSON text that may be cut off.
function firstOfJson(text) {
    try {
        const all = JSON.parse(text);
        return dataOf(Array.isArray(all) ? all[0] : all);
    } catch {
        const from = text.indexOf('{');
        for (let to = text.indexOf('}', from); from >= 0 && to > 0; to = text.indexOf('}', to + 1)) {
            try {
                return dataOf(JSON.parse(text.slice(from, to + 1)));
            } catch { /* the object goes on */ }
        }
        return null;
    }
}

function cells(line, separator) {
    const found = [];
    for (const [, quoted, plain] of line.matchAll(new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}]*))(?:${separator}|$)`, 'g'))) {
        found.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    }
    return found;
}

function firstOfTable(text, separator) {
    const [head, row] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    if (!row) return null;
    const sign = separator === ',' && head.split(';').length > head.split(',').length ? ';' : separator;
    const values = cells(row, sign);
    return Object.fromEntries(cells(head, sign).slice(0, values.length).filter(Boolean).map((name, i) => [name, values[i]]));
}

async function firstOfFile(file, field) {
    const kind = file.name.toLowerCase().split('.').pop();
    if (SHOWN.test(file.type)) return field ? { [field]: URL.createObjectURL(file) } : null;
    if (file.type.startsWith('audio/')) return null; // the editor adds a query to addresses of sounds, which a file's own does not bear
    const text = await file.slice(0, READ_BYTES).text();
    if (kind === 'json') return firstOfJson(text);
    if (kind === 'csv' || kind === 'tsv') return firstOfTable(text, kind === 'csv' ? ',' : '\t');
    if (kind === 'txt') return field ? { [field]: text.split(/\r?\n/)[0] } : null;
    return field ? { [field]: text } : null;
}

async function sample(url, config) {
    const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ label_config: config }),
    });
    return answer.ok ? (await answer.json()).sample_task : null;
}

// The editor takes a while to load and to start: not before the page itself is seen.
const painted = new Promise((done) => {
    if (!PerformanceObserver.supportedEntryTypes?.includes('paint')) return done();
    new PerformanceObserver((list) => { if (list.getEntriesByName('first-contentful-paint').length) done(); })
        .observe({ type: 'paint', buffered: true });
});

function start(box) {
    const area = document.getElementById(box.dataset.preview), form = area.form;
    const frame = box.querySelector('iframe'), note = box.querySelector('[data-preview-note]');
    const valid = () => area.getAttribute('aria-invalid') !== 'true';
    let ready = false, timer, shown = '', good = valid() ? area.value : '';

    async function stored() {
        if (!box.dataset.task) return null;
        const answer = await fetch(box.dataset.task, { headers: { Accept: 'application/json' } });
        return answer.ok ? (await answer.json()).data : null;
    }
    const task = stored().catch(() => null);

    async function own(config) {
        const kept = await task;
        if (kept) return kept;
        const paste = form.querySelector('textarea[name=paste]')?.value.trim();
        const files = [...form.querySelectorAll('input[type=file]')].flatMap((input) => [...input.files]);
        if (files.length) return firstOfFile(files[0], firstField(config));
        return paste ? firstOfJson(paste) : null;
    }

    // Fields that the own task lacks are filled with made-up data, so that something is drawn.
    async function data(config) {
        const mine = await own(config).catch(() => null);
        const made = await sample(box.dataset.sample, config).catch(() => null);
        note.dataset.of = mine ? 'Drawn with your first task.' : 'Drawn with made-up data.';
        return { ...made, ...mine };
    }

    async function draw() {
        const config = good.trim();
        if (!ready || !box.open || !config) return;
        const wish = { config, task: await data(config) }, text = JSON.stringify(wish);
        if (text === shown) return;
        shown = text;
        frame.contentWindow.postMessage(wish, location.origin);
    }

    const soon = () => {
        clearTimeout(timer);
        timer = setTimeout(draw, PAUSE_MS);
    };

    window.addEventListener('message', ({ origin, source, data: told }) => {
        if (origin !== location.origin || source !== frame.contentWindow || !told?.preview) return;
        if (told.preview === 'ready') {
            ready = true;
            draw();
            return;
        }
        const wrong = told.preview !== 'drawn';
        note.textContent = wrong ? told.errors.join(' ') || 'The editor cannot draw this.' : note.dataset.of;
        note.className = wrong ? 'error-text' : 'help';
        box.dataset.drawn = wrong ? 'wrong' : 'yes';
    });
    // The frame is filled only when it is looked at: the editor is large.
    const open = async () => {
        await painted;
        if (box.open && !frame.src) frame.src = box.dataset.frame;
        soon();
    };
    box.addEventListener('toggle', open);
    const seen = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) open();
    });
    seen.observe(box);
    // Only what the server found right is drawn; config.js says so after each change.
    form.addEventListener('config:checked', () => {
        if (valid()) good = area.value;
        if (box.checkVisibility()) open();
    });
    form.addEventListener('change', ({ target }) => { if (target !== area) soon(); });
}

for (const box of document.querySelectorAll('[data-preview]')) start(box);
