// The page in the test bench's frame: the annotation editor as on the labelling page, with one task and one script that the page around
// sends, {config, data, id, script}. Nothing is stored. It says what happens, {bench: "ready"|"drawn"|"line", …}.

import { followTheme } from './editor-theme.js';
import { createSession } from './labelling-session.js';
import { INLINE_SOURCE, createScriptRuntime } from './script-runtime.js';
import { withBase } from './task-model.js';

const WRAPPER_LINES = 1;
const TEXT_MOST = 2000;
const page = JSON.parse(document.getElementById('labelling-data').textContent);
const element = document.getElementById('label-studio');

const tell = (bench, more = {}) => parent.postMessage({ bench, ...more }, location.origin);
const line = (level, text, number = null) => tell('line', { level, text: text.slice(0, TEXT_MOST), line: number });

function shown(value) {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return String(value);
    if (value instanceof Element) return `<${value.tagName.toLowerCase()}>`;
    try {
        return JSON.stringify(value) ?? String(value);
    } catch {
        return String(value); // refers to itself
    }
}

// The innermost line of the script that is at work; null when none is.
function lineAtWork() {
    const found = new RegExp(`${INLINE_SOURCE}:(\\d+)`).exec(new Error().stack);
    return found ? Number(found[1]) - WRAPPER_LINES : null;
}

// What the script writes; the editor's own words are of no use here.
function followConsole() {
    for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
        const write = console[level].bind(console);
        console[level] = (...values) => {
            const number = lineAtWork();
            if (number) line(level, values.map(shown).join(' '), number);
            write(...values);
        };
    }
}

// Nothing is unfinished here, so there is nothing to restore and nothing to keep.
const drafts = { withKept: async () => [], restore: () => [], track() {}, markStored() {} };

const session = createSession({ page, element, drafts });
let saved = 0;

function told(what, annotation) {
    const { length } = annotation.serializeAnnotation();
    line('event', `${what}: ${length} ${length === 1 ? 'result' : 'results'}. Nothing is stored here.`);
}

function listen(runtime) {
    session.listen({
        onSubmitAnnotation: (store, annotation) => told('Submitted', annotation),
        onUpdateAnnotation: (store, annotation) => told('Updated', annotation),
        onSkipTask: () => line('event', 'Skipped. Nothing is stored here.'),
        onSubmitDraft: (...args) => {
            runtime.drafted(...args);
            saved += 1;
            return { id: saved };
        },
    });
}

async function start({ config, data, id, script }) {
    const notices = { show() {}, clear() {} }; // report tells the same
    const report = (event, message, number) => line('fault', event ? `${event}: ${message}` : message, number);
    if (config) page.project.label_config = config;
    page.task_id = id;
    window.DM = { project: page.project };
    followConsole();
    let runs = 0;
    const onRun = () => {
        runs += 1;
        line('event', `An annotation is displayed: run ${runs}.`);
    };
    const runtime = createScriptRuntime({ script: { ...page.script, text: script }, session, report, notices, onRun });
    listen(runtime);
    session.onDisplayed(runtime.displayed);
    await session.open({ id, data: withBase(data, page.base), annotations: [], predictions: [], drafts: [] });
}

followTheme();
// Nothing is kept here, so the editor has no reason to ask before the page is left.
window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation());
window.addEventListener('message', ({ origin, source, data: wish }) => {
    if (origin !== location.origin || source !== parent || typeof wish?.script !== 'string') return;
    start(wish).then(() => tell('drawn'), (error) => line('fault', error.message));
});
tell('ready');
