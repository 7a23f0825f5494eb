// Runs the project's script each time an annotation is displayed, with the object LSI, and keeps its faults away from the work.
//
// The script comes as a resource of its own that calls labeldScript with an async function of LSI: no eval, so the page needs no wider
// Content-Security-Policy, and the text may hold what it likes. Its first line is the wrapper's.

import { createScriptFaults } from './script-faults.js';

const WRAPPER_LINES = 1;
const ANSWER_LIMIT_MS = 10_000;
const FAULTS_PER_RUN = 20;
const FRAME_LIMIT_MS = 100; // a hidden page draws no frames

export const INLINE_SOURCE = 'custom-script.js';

const frame = () => new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, FRAME_LIMIT_MS);
});

// One element per address and digest for the page's life; one that failed may be tried again.
const imports = new Map();

function importScript(url, integrity) {
    const key = `${integrity ?? ''} ${url}`;
    if (imports.has(key)) return imports.get(key);
    const failure = new Error(`could not load ${url}`); // made here, where it knows the line that asks
    const loading = new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = url;
        if (integrity) Object.assign(script, { integrity, crossOrigin: 'anonymous' });
        script.addEventListener('load', () => resolve());
        script.addEventListener('error', () => {
            imports.delete(key);
            script.remove();
            reject(failure);
        });
        document.head.append(script);
    });
    imports.set(key, loading);
    return loading;
}

// The element that runs a script's text: the project's own by its address, another inline with the page's nonce. `source` is the name under
// which the browser knows its lines.
function elementOf(script) {
    const element = document.createElement('script');
    if (script.src) {
        element.src = script.src;
        return { element, source: new URL(script.src, location.href).href };
    }
    element.nonce = script.nonce;
    element.textContent = `labeldScript(async function (LSI) {\n${script.text}\n});\n//# sourceURL=${INLINE_SOURCE}`;
    return { element, source: INLINE_SOURCE };
}

// script   {src or nonce and text, full (tell all about faults)}
// session  gives the editor: `editor` with on and off, `store`
// report   (event, message, line): what went wrong
// onRun    called when a run begins
export function createScriptRuntime({ script, session, report, notices, onRun = () => {} }) {
    const { element, source } = elementOf(script);
    const faults = createScriptFaults({ full: script.full, source, wrapperLines: WRAPPER_LINES, report, notices });
    const parsed = new WeakMap(); // task of the editor → its data
    let body = null;
    let run = 0;
    let scheduled = false;
    let subscribed = [];
    let drafting = []; // handlers of submitDraft, of which the editor calls only the first, the page's own
    let failures = 0;

    function failed(event, error) {
        failures += 1;
        faults.tell(event, error);
    }

    const loaded = new Promise((resolve) => {
        Object.defineProperty(window, 'labeldScript', { value: (given) => { body = given; } });
        element.addEventListener('load', resolve); // also when it does not parse: then there is no body, and faults has told
        element.addEventListener('error', () => { failed('load', new Error('the script could not be loaded')); resolve(); });
        document.head.append(element);
        if (!script.src) resolve(); // inline ones run while they are added
    });

    function unsubscribe() {
        for (const [name, handler] of subscribed) session.editor.off(name, handler);
        subscribed = [];
        drafting = [];
    }

    // The answer to beforeSaveAnnotation, when it comes in time; without one the work is saved.
    function inTime(answer) {
        let timer;
        const late = new Promise((resolve) => {
            timer = setTimeout(() => {
                failed('beforeSaveAnnotation', new Error(`no answer within ${ANSWER_LIMIT_MS / 1000} seconds, so the work was saved`));
                resolve(undefined);
            }, ANSWER_LIMIT_MS);
        });
        return Promise.race([answer, late]).finally(() => clearTimeout(timer));
    }

    // Only a plain false of beforeSaveAnnotation counts; nothing else that a script answers is passed on.
    function guarded(name, handler) {
        const vetoes = name === 'beforeSaveAnnotation';
        const veto = (answer) => (vetoes && answer === false ? false : undefined);
        return (...args) => {
            if (failures >= FAULTS_PER_RUN) return undefined;
            try {
                const answer = handler(...args);
                if (typeof answer?.then !== 'function') return veto(answer);
                const settled = Promise.resolve(answer).then(veto, (error) => { failed(name, error); });
                return vetoes ? inTime(settled) : undefined;
            } catch (error) {
                failed(name, error);
                return undefined;
            }
        };
    }

    const selected = () => session.store.annotationStore.selected;

    // The editor parses the data anew each time it is asked.
    function dataOf(task) {
        if (!parsed.has(task)) parsed.set(task, task.dataObj);
        return parsed.get(task);
    }

    // Of one run: what it subscribes after the next one has begun is left out.
    const lsi = (mine) => ({
        import: importScript,
        on(name, handler) {
            if (mine !== run) return;
            const subscription = [name, guarded(name, handler)];
            if (name === 'submitDraft') {
                drafting.push(subscription[1]);
                return;
            }
            session.editor.on(...subscription);
            subscribed.push(subscription);
        },
        get task() { return { id: session.store.task.id, data: dataOf(session.store.task) }; },
        get dataObj() { return dataOf(session.store.task); },
        get annotation() { return selected(); },
        get regions() { return selected()?.regions ?? []; },
    });

    // The second frame comes after the editor has drawn: scripts look for its elements at once.
    async function start(mine) {
        await loaded;
        await frame();
        await frame();
        if (mine !== run || !body || selected()?.type !== 'annotation') return;
        failures = 0;
        onRun();
        try {
            window.LSI = lsi(mine);
            await body(window.LSI);
        } catch (error) {
            failed('', error);
        }
    }

    // The editor tells of one annotation several times in a row.
    function displayed() {
        if (scheduled) return;
        scheduled = true;
        run += 1;
        unsubscribe();
        setTimeout(() => { scheduled = false; start(run); });
    }

    return { displayed, drafted: (...args) => drafting.forEach((handler) => handler(...args)) };
}
