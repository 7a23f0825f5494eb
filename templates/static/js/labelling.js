// Entry of the labelling page: reads the page's data, wires the editor to the API, and shows the first task.
//
// The page holds #label-studio, #labelling-status and the JSON of #labelling-data:
//   base, editor_assets, csrf, back_href (without base), mode ("stream" or "task"), reviewing, framed (in the quick view), task_id, view,
//   query (null, or what was picked from the table), project, user, users, can, queue, keys and key_sections (what the editor's keys do), look_again_s (seconds), script (null, or see script-runtime.js)
// and may hold #labelling-progress for "12 of 300 done · 5 today", and the buttons #labelling-instruction and #labelling-keys.

import { createApi } from './api.js';
import { createComments } from './comments.js';
import { createDrafts } from './drafts.js';
import { createFramed } from './labelling-framed.js';
import { createPanels } from './labelling-panels.js';
import { createSaving } from './labelling-saving.js';
import { followTheme } from './editor-theme.js';
import { keymap } from './editor-settings.js';
import { showInstruction } from './instruction.js';
import { createKept } from './kept.js';
import { createKeysHelp } from './keys-help.js';
import { createSession } from './labelling-session.js';
import { guardLeaving } from './leave-guard.js';
import { createNotices } from './notices.js';
import { createOutbox, untilAnswered } from './outbox.js';
import { createReviewing } from './reviewing.js';
import { createScriptRuntime } from './script-runtime.js';
import { clockTime, createStatusLine } from './status-line.js';
import { createStream } from './stream.js';
import { watchTask } from './watch-task.js';

const page = JSON.parse(document.getElementById('labelling-data').textContent);
const element = document.getElementById('label-studio');
const streaming = page.mode === 'stream';
const back = page.base + page.back_href;

const api = createApi(page);
const status = createStatusLine(document.getElementById('labelling-status'));
const panels = createPanels(element);
const notices = createNotices(element);
const place = `${page.base}:${page.user.id}:${page.project.id}`;
const kept = createKept(place);
const outbox = createOutbox({ api, kept });
const drafts = createDrafts({ api, status, kept, taskId: () => session.task.id, onGone });

followTheme();

// "Compare all" is remembered by the browser and would open the next task without any buttons.
localStorage.removeItem('annotation-store-viewing-all');

function problem(error) {
    console.error(error);
    panels.show('problem', 'This page cannot go on', error.message, [
        { label: 'Try again', run: () => location.reload() },
        ...(page.framed ? [] : [{ label: 'Back to the project', href: back }]),
    ]);
}

// For what the editor starts and nobody waits for.
const reporting = (run) => (...args) => run(...args).catch(problem);

const number = (n) => n.toLocaleString('en');

function showProgress() {
    const { done, total, today } = page.queue ?? {};
    const shown = document.getElementById('labelling-progress');
    if (shown && total) shown.textContent = `${number(done)} of ${number(total)} done${today ? ` · ${number(today)} today` : ''}`;
}

function count(change) {
    if (!page.queue) return;
    page.queue.done = Math.max(0, Math.min(page.queue.done + change, page.queue.total));
    page.queue.today = Math.max(0, (page.queue.today ?? 0) + change);
    showProgress();
}

// "Submit and exit" asks through the address.
const exitAsked = () => new URLSearchParams(location.search).get('exitStream') === 'true';

// A read that is repeated until the server answers.
const ask = (request) => untilAnswered(request, (error, until, wake) => {
    status.show('waiting', `${error.message} The task is asked for again at ${clockTime(until)}.`,
        [{ label: 'Try now', run: wake }]);
});

const fetchTask = (id) => ask(() => api.get(`/api/tasks/${id}/`));

const reload = async (annotationId) => session.open(await fetchTask(session.task.id), annotationId);

async function afterStored(annotationId, { advance }) {
    framed?.stored();
    if (exitAsked()) location.assign(back);
    else if (streaming && advance) await stream.next();
    else await reload(annotationId);
}

async function decided(annotationId) {
    if (streaming) await stream.next();
    else await reload(annotationId);
}

// Where to go when there is nothing left to save to.
function waysOn() {
    const leave = () => { if (session.selected()) drafts.finished(session.selected()); };
    if (streaming) return [{ label: 'Next task', run: reporting(async () => { leave(); await stream.next(); }) }];
    return [{ label: 'Back to the tasks', run: () => { leave(); if (framed) framed.close(); else location.assign(back); } }];
}

function onGone(annotation) {
    drafts.finished(annotation); // nothing to ask about when leaving
    notices.show('task', 'This task was deleted meanwhile, so there is nothing to save it to.', waysOn());
}

const session = createSession({ page, element, drafts });
const stream = createStream({ api, ask, page, back, status, panels, notices, drafts, session });
const comments = createComments({ api, page, session, after: { failed: (error) => status.error(`The comment was not stored. ${error.message}`) } });
const saving = createSaving({ api, page, status, outbox, drafts, session, comments,
    after: { reload: reporting(reload), stored: reporting(afterStored), count, ways: waysOn } });

const framed = page.framed ? createFramed({ session, drafts, notices, fetchTask, isBusy: saving.isBusy, problem }) : null;

let script = null; // the project's

session.listen({
    ...saving.handlers,
    onSubmitDraft(...args) {
        script?.drafted(...args);
        return saving.handlers.onSubmitDraft(...args);
    },
    onNextTask: reporting(stream.handlers.onNextTask),
    onPrevTask: reporting(stream.handlers.onPrevTask),
    ...(page.reviewing ? createReviewing({ api, status, drafts, after: { decided: reporting(decided) } }).handlers : {}),
}, page.can.comment ? comments.events : {});

// An annotation from an earlier visit that the server does not take as it is.
function tellRefused({ entry, message, discard, store }) {
    const ways = [{ label: 'Discard it', run: discard }];
    if (entry.pk) ways.unshift({ label: 'Store it all the same', run: reporting(async () => { await store(); if (session.task?.id === entry.task) await reload(entry.pk); }) });
    notices.show(entry.key, `Work on task ${entry.task} from an earlier visit was not stored: ${message}`, ways);
}

// Published scripts look in DM for the project.
function startScript() {
    if (!page.script) return;
    window.DM = { project: page.project };
    const report = (event, message, line) => {
        const body = { version: page.script.version, event, message, line };
        api.post(`/api/projects/${page.project.id}/custom-script/errors/`, body).catch(() => {}); // it stands on the page
    };
    script = createScriptRuntime({ script: page.script, session, report, notices });
    session.onDisplayed(script.displayed);
}

async function sendLeftOver() {
    const { stored, refused } = await outbox.deliverLeftOver();
    if (stored) status.saved(`${stored} annotation${stored > 1 ? 's' : ''} kept from an earlier visit stored`);
    refused.forEach(tellRefused);
}

function followNetwork() {
    const tell = () => notices.show('offline', 'The network is away. What you do stays in this browser and is sent when it is back.');
    window.addEventListener('offline', tell);
    window.addEventListener('online', () => notices.clear('offline'));
    if (!navigator.onLine) tell();
}

async function openSingle() {
    const wanted = new URLSearchParams(location.search).get('annotation');
    await session.open(await fetchTask(page.task_id), wanted);
}

// The first thing one wants to know who comes back.
function showRestored() {
    const annotation = session.selected();
    const draft = annotation && drafts.stored(annotation);
    const what = draft?.keptAs ? 'Work restored as this browser kept it' : 'Draft restored as saved';
    if (draft) status.saved(what, new Date(draft.updated_at ?? draft.created_at));
}

async function start() {
    showProgress();
    followNetwork();
    startScript();
    createKeysHelp(page, keymap(page.user.custom_hotkeys, page.keys));
    if (page.can.annotate) await sendLeftOver();
    if (streaming) await stream.start();
    else await openSingle();
    showRestored();
    showInstruction({ page, session, place });
    drafts.watch(session.selected, saving.isBusy);
    guardLeaving({
        hasUnsaved: () => drafts.hasUnsaved(session.selected()),
        isBusy: saving.isBusy,
        flush: async () => { if (session.selected()) await drafts.flush(session.selected()); },
    });
    framed?.shown();
    watchTask({ api, session, notices, every: page.look_again_s, isBusy: saving.isBusy, onGone, actions: waysOn });
}

start().catch(problem);
