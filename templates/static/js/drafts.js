// Drafts: unfinished work is stored on the server a few seconds after each change, and put back when the task is opened
// again. One chain of requests per annotation, so that a first draft is never created twice.

import { annotationBody } from './task-model.js';

const CHECK_MS = 5000;
const TIMEOUT_MS = 20_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse larger bodies for requests that outlive the page

export function createDrafts({ api, status, taskId }) {
    const records = new WeakMap(); // annotation → {draft, saved, failed, chain}

    function recordOf(annotation) {
        if (!records.has(annotation)) {
            records.set(annotation, { draft: null, saved: null, failed: false, postponed: false, chain: Promise.resolve() });
        }
        return records.get(annotation);
    }

    const content = (annotation) => JSON.stringify(annotation.serializeAnnotation({ fast: true }));

    // What is on screen counts as stored from here on.
    function markStored(annotation) {
        recordOf(annotation).saved = content(annotation);
    }

    // As markStored, for an annotation seen for the first time.
    function track(annotation) {
        if (recordOf(annotation).saved === null) markStored(annotation);
    }

    function hasUnsaved(annotation) {
        if (annotation?.type !== 'annotation' || !annotation.editable) return false;
        const record = recordOf(annotation);
        return record.failed || (record.saved !== null && record.saved !== content(annotation));
    }

    function request(annotation, body) {
        const options = { timeoutMs: TIMEOUT_MS, keepalive: JSON.stringify(body).length < KEEPALIVE_BYTES };
        if (annotation.draftId) return api.patch(`/api/drafts/${annotation.draftId}/`, body, options);
        const under = annotation.pk ? `/annotations/${annotation.pk}` : '';
        return api.post(`/api/tasks/${taskId()}${under}/drafts`, body, options);
    }

    function draftBody(annotation, record, params) {
        const { draft_id, ...body } = annotationBody(annotation, record.draft, { fast: true });
        // A stored annotation's time is added when it is saved, not in each of its drafts.
        return { ...body, lead_time: body.lead_time - (annotation.leadTime ?? 0), ...params };
    }

    async function saveNow(annotation, params) {
        const record = recordOf(annotation);
        const saved = content(annotation);
        try {
            const draft = await request(annotation, draftBody(annotation, record, params));
            if (!annotation.draftId && draft?.id) annotation.setDraftId(draft.id);
            Object.assign(record, { saved, failed: false, postponed: Boolean(params.was_postponed) });
            status.saved('Draft saved');
            return draft;
        } catch (error) {
            if (error.status === 404 && annotation.draftId) annotation.setDraftId(0); // deleted elsewhere: make a new one
            record.failed = true;
            const next = error.temporary || error.status === 404 ? ' It is tried again.' : '';
            status.error(`The draft is not saved. ${error.message}${next} The work stays here.`);
            return undefined; // the editor would wait for ever on a refusal
        }
    }

    function save(annotation, params = {}) {
        const record = recordOf(annotation);
        record.chain = record.chain.then(() => saveNow(annotation, params));
        return record.chain;
    }

    const settled = (annotation) => recordOf(annotation).chain;

    const stored = (annotation) => recordOf(annotation).draft;

    // Marks the task as postponed, unless the editor's own request has done so.
    async function postpone(annotation) {
        await settled(annotation);
        if (!recordOf(annotation).postponed) await save(annotation, { was_postponed: true });
        return recordOf(annotation).postponed;
    }

    // Asks the editor to store waiting changes at once; ends when the last request has been answered.
    async function flush(annotation) {
        if (!hasUnsaved(annotation)) return;
        annotation.saveDraftImmediately();
        await settled(annotation);
        if (hasUnsaved(annotation)) await save(annotation);
    }

    // The editor stops its own saving for good once Submit was pressed, even when a required field then held it back or
    // the server refused; this check takes over.
    function watch(selected, isBusy) {
        setInterval(() => {
            const annotation = selected();
            if (!annotation || isBusy()) return;
            const record = recordOf(annotation);
            if ((annotation.submissionStarted || record.failed) && hasUnsaved(annotation)) save(annotation);
        }, CHECK_MS);
    }

    function annotationFor(store, draft) {
        const of = store.annotations.find(({ pk }) => pk && pk === String(draft.annotation));
        if (of) {
            of.history.freeze();
            of.addVersions({ draft: draft.result });
            of.deleteAllRegions({ deleteReadOnly: true });
            return of;
        }
        if (draft.annotation) return null; // belongs to an annotation that this page does not show
        const created = store.addAnnotation({
            draft: draft.result,
            userGenerate: true,
            createdBy: draft.created_username?.trim(),
            createdAgo: draft.created_ago,
            createdDate: draft.created_at,
        });
        created.history.freeze();
        return created;
    }

    // Puts the user's stored drafts back; gives the annotations they went into.
    function restore(store, drafts) {
        const restored = [];
        for (const draft of drafts ?? []) {
            const annotation = annotationFor(store, draft);
            if (!annotation) continue;
            store.selectAnnotation(annotation.id);
            annotation.deserializeResults(draft.result ?? []);
            annotation.setDraftId(draft.id);
            annotation.setDraftSaved(draft.updated_at ?? draft.created_at);
            annotation.history.safeUnfreeze();
            annotation.history.reinit();
            recordOf(annotation).draft = draft;
            markStored(annotation);
            restored.push(annotation);
        }
        return restored;
    }

    return { save, flush, postpone, settled, stored, restore, track, markStored, hasUnsaved, watch };
}
