// Entry of the labelling page: reads the page's data, wires the editor to the API, and shows the first task.
//
// The page holds #label-studio, #labelling-status and the JSON of #labelling-data:
//   base, editor_assets, csrf, back_href (without base), mode ("stream" or "task"), task_id, view, project, user, users, can, queue
// and may hold #labelling-progress for "12 of 300 done".

import { createApi } from './api.js';
import { createDrafts } from './drafts.js';
import { createPanels } from './labelling-panels.js';
import { createSaving } from './labelling-saving.js';
import { followTheme } from './editor-theme.js';
import { createSession } from './labelling-session.js';
import { guardLeaving } from './leave-guard.js';
import { createOutbox, untilAnswered } from './outbox.js';
import { createStatusLine } from './status-line.js';
import { createStream } from './stream.js';

const page = JSON.parse(document.getElementById('labelling-data').textContent);
const element = document.getElementById('label-studio');
const streaming = page.mode === 'stream';
const back = page.base + page.back_href;

const api = createApi(page);
const status = createStatusLine(document.getElementById('labelling-status'));
const panels = createPanels(element);
const outbox = createOutbox({ api, user: page.user, project: page.project });
const drafts = createDrafts({ api, status, taskId: () => session.task.id });

followTheme();

// "Compare all" is remembered by the browser and would open the next task without any buttons.
localStorage.removeItem('annotation-store-viewing-all');

function problem(error) {
    console.error(error);
    panels.show('problem', 'This page cannot go on', error.message, [
        { label: 'Try again', run: () => location.reload() },
        { label: 'Back to the project', href: back },
    ]);
}

// For what the editor starts and nobody waits for.
const reporting = (run) => (...args) => run(...args).catch(problem);

function showProgress() {
    const shown = document.getElementById('labelling-progress');
    if (shown && page.queue?.total) shown.textContent = `${page.queue.done} of ${page.queue.total} done`;
}

function count(change) {
    if (!page.queue) return;
    page.queue.done = Math.max(0, Math.min(page.queue.done + change, page.queue.total));
    showProgress();
}

// "Submit and exit" asks through the address.
const exitAsked = () => new URLSearchParams(location.search).get('exitStream') === 'true';

// A read that is repeated until the server answers.
const ask = (request) => untilAnswered(request, (error, until, wake) => {
    status.show('waiting', `${error.message} The task is asked for again at ${until.toLocaleTimeString()}.`,
        [{ label: 'Try now', run: wake }]);
});

const fetchTask = (id) => ask(() => api.get(`/api/tasks/${id}/`));

const reload = async (annotationId) => session.open(await fetchTask(session.task.id), annotationId);

async function afterStored(annotationId, { advance }) {
    if (exitAsked()) location.assign(back);
    else if (streaming && advance) await stream.next();
    else await reload(annotationId);
}

const session = createSession({ page, element, drafts });
const stream = createStream({ api, ask, page, back, status, panels, drafts, session });
const saving = createSaving({ api, page, status, outbox, drafts, session,
    after: { reload: reporting(reload), stored: reporting(afterStored), count } });

session.listen({
    ...saving.handlers,
    onNextTask: reporting(stream.handlers.onNextTask),
    onPrevTask: reporting(stream.handlers.onPrevTask),
});

async function sendLeftOver() {
    const { stored, refused } = await outbox.deliverLeftOver();
    if (stored) status.saved(`${stored} annotation${stored > 1 ? 's' : ''} kept from an earlier visit stored`);
    for (const { entry, error, discard } of refused) {
        status.error(`An annotation of task ${entry.task} from an earlier visit was refused: ${error.message}`,
            [{ label: 'Discard it', run: () => { discard(); status.clear(); } }]);
    }
}

async function openSingle() {
    const wanted = new URLSearchParams(location.search).get('annotation');
    await session.open(await fetchTask(page.task_id), wanted);
}

// The first thing one wants to know who comes back.
function showRestored() {
    const annotation = session.selected();
    const draft = annotation && drafts.stored(annotation);
    if (draft) status.saved('Draft restored as saved', new Date(draft.updated_at ?? draft.created_at));
}

function showInstruction() {
    if (page.project.show_instruction && page.project.expert_instruction) session.store?.toggleDescription();
}

async function start() {
    showProgress();
    if (page.can.annotate) await sendLeftOver();
    if (streaming) await stream.start();
    else await openSingle();
    showRestored();
    showInstruction();
    drafts.watch(session.selected, saving.isBusy);
    guardLeaving({
        hasUnsaved: () => drafts.hasUnsaved(session.selected()),
        isBusy: saving.isBusy,
        flush: async () => { if (session.selected()) await drafts.flush(session.selected()); },
    });
    if (streaming) document.addEventListener('visibilitychange', () => stream.lookAgain());
}

start().catch(problem);
