// Drafts: unfinished work is stored on the server a few seconds after each change, and put back when the task is opened
// again. One chain of requests per annotation, so that a first draft is never created twice. While the server is away the browser
// keeps it.

import { annotationBody } from './task-model.js';

const CHECK_MS = 5000;
const TIMEOUT_MS = 20_000;
const KEY = 'draft:';
const KEEPALIVE_BYTES = 60_000; // browsers refuse larger bodies for requests that outlive the page

// kept    where the browser keeps what the server does not have (kept.js)
// onGone  called when there is nothing left to save to
export function createDrafts({ api, status, kept, taskId, onGone }) {
    const records = new WeakMap(); // annotation → {draft, saved, failed, postponed, keptAs, chain}

    function recordOf(annotation) {
        if (!records.has(annotation)) {
            records.set(annotation, { draft: null, saved: null, failed: false, postponed: false, keptAs: null, chain: Promise.resolve() });
        }
        return records.get(annotation);
    }

    const content = (annotation) => JSON.stringify(annotation.serializeAnnotation({ fast: true }));

    // What is on screen counts as stored from here on.
    function markStored(annotation) {
        recordOf(annotation).saved = content(annotation);
    }

    // The server has what the browser kept.
    function dropKept(record) {
        if (record.keptAs) kept.drop(record.keptAs);
        record.keptAs = null;
    }

    function keepHere(annotation, record, body) {
        const { result, lead_time } = body;
        record.keptAs ??= `${KEY}${taskId()}:${annotation.pk ?? ''}`;
        return kept.put(record.keptAs, { key: record.keptAs, task: taskId(), annotation: annotation.pk ? Number(annotation.pk) : null,
            draft: annotation.draftId || null, result, lead_time, at: Date.now() });
    }

    // Submitted, or given up: nothing of it is to come back.
    function finished(annotation) {
        const record = recordOf(annotation);
        markStored(annotation);
        record.failed = false;
        dropKept(record);
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

    async function tellUnsaved(annotation, record, body, error) {
        const again = error.temporary || error.status === 404 ? ' It is tried again.' : '';
        if (error.status === 404) annotation.setDraftId(0); // the draft was deleted elsewhere: make a new one
        await keepHere(annotation, record, body);
        status.error(`The draft is not saved. ${error.message}${again} This browser keeps the work.`);
    }

    async function saveNow(annotation, params) {
        const record = recordOf(annotation);
        const saved = content(annotation);
        const body = draftBody(annotation, record, params);
        try {
            const draft = await request(annotation, body);
            if (!annotation.draftId && draft?.id) annotation.setDraftId(draft.id);
            Object.assign(record, { saved, failed: false, postponed: Boolean(params.was_postponed) });
            dropKept(record);
            status.saved('Draft saved');
            return draft;
        } catch (error) {
            record.failed = true;
            if (error.status === 404 && !annotation.draftId) onGone(annotation);
            else await tellUnsaved(annotation, record, body, error);
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

    const savedAt = (draft) => Date.parse(draft.updated_at ?? draft.created_at);

    // The task's drafts, with what this browser kept in place of what is older on the server.
    async function withKept(task) {
        const drafts = [...(task.drafts ?? [])];
        for (const item of await kept.list(`${KEY}${task.id}:`)) {
            const index = drafts.findIndex((draft) => (draft.annotation ?? null) === item.annotation);
            const stored = drafts[index];
            if (stored && savedAt(stored) >= item.at) {
                kept.drop(item.key);
                continue;
            }
            const time = new Date(item.at).toISOString();
            drafts.splice(index < 0 ? drafts.length : index, index < 0 ? 0 : 1, { created_at: time, ...stored,
                id: stored?.id ?? 0, annotation: item.annotation, result: item.result, lead_time: item.lead_time, updated_at: time,
                keptAs: item.key });
        }
        return drafts;
    }

    // Puts the user's stored drafts back; gives the annotations they went into.
    function restore(store, drafts) {
        const restored = [];
        for (const draft of drafts) {
            const annotation = annotationFor(store, draft);
            if (!annotation) continue;
            store.selectAnnotation(annotation.id);
            annotation.deserializeResults(draft.result ?? []);
            annotation.setDraftId(draft.id);
            annotation.setDraftSaved(draft.updated_at ?? draft.created_at);
            annotation.history.safeUnfreeze();
            annotation.history.reinit();
            Object.assign(recordOf(annotation), { draft, keptAs: draft.keptAs ?? null, failed: Boolean(draft.keptAs) });
            markStored(annotation);
            restored.push(annotation);
        }
        return restored;
    }

    return { save, flush, postpone, settled, stored, withKept, restore, track, markStored, finished, hasUnsaved, watch };
}
