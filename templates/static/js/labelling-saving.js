// What the editor's buttons do: submit, update, skip, delete and the rest as requests, with the work kept on screen until
// the server has confirmed it.

import { askComment } from './ask-comment.js';
import { newUniqueId, untilAnswered } from './outbox.js';
import { annotationBody } from './task-model.js';

const REFUSALS = {
    401: () => 'You are logged out. Log in again in another tab, then repeat this here.',
    403: (text) => `You may not do this here. ${text}`,
    404: () => 'The task or annotation was deleted meanwhile, so there is nothing to save it to.',
    409: (text) => `Somebody has changed this meanwhile. ${text}`,
};

function refusal(error) {
    const said = REFUSALS[error.status]?.(error.message) ?? `The server refused it: ${error.message}`;
    return `${said} Nothing is lost: the work stays on this page.`;
}

// after.stored(annotationId, {advance})  called when something was stored; `advance` asks for the next task
// after.count(n)                        called when n tasks more are done, or with -1 when one no longer is
// after.reload(annotationId)             called to show the task anew
// after.ways()                          what can be done when there is nothing left to save to
export function createSaving({ api, page, status, outbox, drafts, session, comments, after }) {
    const entries = new WeakMap(); // annotation → its entry in the outbox
    let pending = 0;

    // When the stored annotation was changed last, as far as this page knows.
    const seenAt = (pk) => session.task.annotations?.find(({ id }) => String(id) === pk)?.updated_at ?? null;

    // The same entry, and so the same unique id, however often this annotation is sent until it is stored.
    function entryOf(annotation, extra) {
        const { pk } = annotation;
        const known = entries.get(annotation);
        const entry = known && known.pk === pk ? known : { key: newUniqueId(), task: session.task.id, pk, seen: pk && seenAt(pk) };
        entries.set(annotation, entry);
        entry.at = Date.now();
        entry.body = bodyOf(annotation, extra);
        if (!pk) entry.body.unique_id = entry.key;
        return entry;
    }

    function waiting(error, until, wake) {
        status.waiting(error.message, until, [{ label: 'Try now', run: wake }]);
    }

    function refused(error) {
        const logIn = { label: 'Log in', run: () => window.open(`${page.base}/user/login/`, '_blank') };
        const ways = error.status === 401 ? [logIn] : error.status === 404 ? after.ways() : [];
        status.error(refusal(error), ways);
        return new Error(refusal(error));
    }

    // Runs a request while the annotation cannot be changed: what is being sent is what is on screen.
    async function hold(annotation, request) {
        pending += 1;
        annotation.setEditable(false);
        status.saving();
        try {
            await drafts.settled(annotation);
            return await request();
        } catch (error) {
            annotation.setEditable(true);
            throw refused(error);
        } finally {
            pending -= 1;
        }
    }

    function bodyOf(annotation, extra) {
        return { ...annotationBody(annotation, drafts.stored(annotation)), ...extra };
    }

    function create(annotation, extra) {
        const marked = annotation.ground_truth ? { ...extra, ground_truth: true } : extra;
        return hold(annotation, () => outbox.deliver(entryOf(annotation, marked), waiting));
    }

    function change(annotation, extra) {
        return hold(annotation, () => outbox.deliver(entryOf(annotation, extra), waiting));
    }

    // The editor still works on the annotation when the handler ends, so what replaces it waits for the next turn.
    function finish(annotation, id, what, advance, actions = []) {
        drafts.finished(annotation);
        if (id) annotation.updatePersonalKey(String(id));
        status.saved(what, new Date(), actions);
        setTimeout(() => after.stored(id, { advance }));
    }

    // Comments that were typed before the annotation was stored go along now; they belong to what is on screen.
    async function deliverComments(annotation, id) {
        if (!id) return;
        annotation.updatePersonalKey(String(id));
        await comments?.deliver();
    }

    async function submit(store, annotation) {
        const { id } = await create(annotation, {});
        await deliverComments(annotation, id);
        after.count(1);
        finish(annotation, id, 'Submitted', true);
    }

    async function update(store, annotation, extra) {
        await change(annotation, extra ?? {});
        finish(annotation, annotation.pk, 'Updated', session.task.queue === 'Rejected queue');
    }

    // A comment goes along where the project wants one; elsewhere it can be added once the task is out of the way.
    function whySkip() {
        if (!page.project.require_comment_on_skip) return '';
        return askComment({ title: 'Why do you skip this task?', action: 'Skip the task', required: true });
    }

    async function addComment(id) {
        const comment = await askComment({ title: 'Why did you skip that task?', action: 'Add the comment', required: true });
        if (!comment) return;
        try {
            await untilAnswered(() => api.patch(`/api/annotations/${id}/`, { comment }), waiting);
            status.saved('Comment added');
        } catch (error) {
            status.error(`The comment was not added. ${error.message}`, [{ label: 'Try again', run: () => addComment(id) }]);
        }
    }

    async function skip(store, given = {}) {
        const annotation = session.selected();
        const comment = given.comment || await whySkip();
        if (comment === null) return;
        const extra = { was_cancelled: true, ...(comment && { comment }) };
        const wasStored = Boolean(annotation.pk);
        const { id } = await (wasStored ? change(annotation, extra) : create(annotation, extra));
        if (!wasStored) after.count(1);
        const sayWhy = id && !comment ? [{ label: 'Say why', run: () => addComment(id) }] : [];
        finish(annotation, id, 'Skipped', true, sayWhy);
    }

    // One request turns the skipped annotation into a draft, so an outage between cannot lose it.
    async function unskip() {
        const annotation = session.selected();
        await hold(annotation, () => api.post(`/api/annotations/${annotation.pk}/convert-to-draft`, {}));
        drafts.finished(annotation);
        after.count(-1);
        status.saved('Skip cancelled');
        setTimeout(() => after.reload(null));
    }

    function deletion(annotation) {
        if (annotation.pk) return `/api/annotations/${annotation.pk}/`;
        return annotation.draftId ? `/api/drafts/${annotation.draftId}/` : null;
    }

    // The editor has taken the annotation off the screen already; when the server keeps it, it comes back with the task.
    async function remove(store, annotation) {
        const path = deletion(annotation);
        try {
            if (path) await untilAnswered(() => api.del(path), waiting);
            status.saved('Deleted');
        } catch (error) {
            status.error(`The annotation was not deleted. ${error.message}`);
            setTimeout(() => after.reload(null));
            return;
        }
        if (!session.store.annotationStore.selected) session.startNew();
    }

    async function setGroundTruth(store, annotation, value) {
        if (!annotation.pk) return; // goes along with the submit
        try {
            await untilAnswered(
                () => api.patch(`/api/annotations/${annotation.pk}/`, { ground_truth: value }), waiting);
            status.saved(value ? 'Marked as ground truth' : 'Ground truth mark removed');
        } catch (error) {
            annotation.setGroundTruth(!value, false);
            status.error(`The ground truth mark was not changed. ${error.message}`);
        }
    }

    // For callbacks whose rejection the editor does not catch; the status line has the message already.
    const quietly = (run) => (...args) => run(...args).catch(() => {});

    return {
        isBusy: () => pending > 0,
        handlers: {
            onSubmitAnnotation: submit,
            onUpdateAnnotation: update,
            onSkipTask: quietly(skip),
            onUnskipTask: quietly(unskip),
            onDeleteAnnotation: remove,
            onGroundTruth: setGroundTruth,
            onSubmitDraft: (store, annotation, params) => drafts.save(annotation, params),
        },
    };
}
