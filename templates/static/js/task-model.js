// Turns what the API gives for a task into what the editor reads, and an annotation of the editor into a request body.

import { editorUser } from './editor-settings.js';

// Addresses that the server stores without the sub-path it runs below.
const OWN_ADDRESS = /^\/(data|tasks|projects|storage-data)\/|^\/static\/samples/;

// The task's data with own addresses made to work below `base`; the original stays as it is.
export function withBase(value, base) {
    if (!base) return value;
    if (typeof value === 'string') return OWN_ADDRESS.test(value) ? base + value : value;
    if (Array.isArray(value)) return value.map((item) => withBase(item, base));
    if (value && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBase(item, base)]));
    }
    return value;
}

function idOf(user) {
    return user && typeof user === 'object' ? user.id : user;
}

// Does the project keep from this reviewer who annotated?
export function hidesNames({ project, can }) {
    return Boolean(project.review_settings?.anonymize_annotations && can.review && !can.review_own);
}

// What stands in place of the names of others: "Annotator 1", "Annotator 2", by id; null where names are shown.
function standIns(annotations, page) {
    if (!hidesNames(page)) return null;
    const others = new Set(annotations.map(({ completed_by }) => idOf(completed_by)).filter((id) => id !== page.user.id));
    return new Map([...others].map((id, index) => [id, `Annotator ${index + 1}`]));
}

function editorAnnotation(annotation, hidden) {
    const { id, completed_by, created_ago, created_username, created_at, draft_created_at, lead_time,
        was_cancelled, ...rest } = annotation;
    return {
        ...rest,
        pk: String(id),
        result: annotation.result ?? [],
        completed_by: idOf(completed_by) ?? undefined,
        createdAgo: created_ago ?? null,
        createdBy: hidden?.get(idOf(completed_by)) ?? (created_username?.trim() || 'Somebody who left'),
        createdDate: draft_created_at ?? created_at,
        leadTime: lead_time ?? null,
        skipped: Boolean(was_cancelled),
        userGenerate: false,
    };
}

function editorPrediction(prediction) {
    return {
        pk: String(prediction.id),
        result: prediction.result ?? [],
        score: prediction.score ?? null,
        model_version: prediction.model_version ?? '',
        createdBy: prediction.model_version || 'Prediction',
        createdAgo: prediction.created_ago ?? null,
        createdDate: prediction.created_at,
    };
}

// What one annotator may see of a task in the stream: own annotations, and predictions of the chosen version.
function visible(task, { mode, project, user, reviewing }) {
    const annotations = task.annotations ?? [];
    const predictions = task.predictions ?? [];
    if (mode !== 'stream' || reviewing) return { annotations, predictions };
    return {
        annotations: annotations.filter((annotation) => idOf(annotation.completed_by) === user.id),
        predictions: project.show_collab_predictions
            ? predictions.filter((prediction) => prediction.model_version === project.model_version)
            : [],
    };
}

// The editor adds each to the front of its list, so the reverse order ends up as the API's.
export function editorTask(task, page) {
    const { annotations, predictions } = visible(task, page);
    const hidden = standIns(annotations, page);
    return {
        id: task.id,
        data: withBase(task.data, page.base),
        queue: task.queue ?? null,
        allow_skip: task.allow_skip ?? true,
        annotations: annotations.map((annotation) => editorAnnotation(annotation, hidden)).reverse(),
        predictions: predictions.map(editorPrediction).reverse(),
    };
}

// Everybody named in the task, so that the editor can show names; the page's list wins over the short forms.
export function editorUsers(page, task) {
    const byId = new Map();
    for (const { completed_by } of task?.annotations ?? []) {
        if (completed_by && typeof completed_by === 'object') byId.set(completed_by.id, editorUser(completed_by));
    }
    for (const user of page.users ?? []) byId.set(user.id, editorUser(user));
    return [...byId.values()].filter(({ id }) => !hidesNames(page) || id === page.user.id);
}

// Seconds this annotation has taken: stored time, time of the draft it goes on from, and time on screen.
function leadTime(annotation, draftSeconds = 0) {
    const onScreen = (Date.now() - annotation.loadedDate.getTime()) / 1000;
    return (annotation.leadTime ?? 0) + draftSeconds + onScreen;
}

function startedAt(annotation, draft) {
    if (!draft) return annotation.loadedDate.toISOString();
    const worked = Date.now() - (draft.lead_time ?? 0) * 1000;
    return new Date(Math.max(worked, Date.parse(draft.created_at))).toISOString();
}

// The request body for saving an annotation or its draft; `draft` is the stored draft it goes on from, if any.
// `fast` takes the short way for large masks, as is good enough for a draft.
export function annotationBody(annotation, draft, { fast = false } = {}) {
    return {
        result: annotation.serializeAnnotation({ fast }),
        lead_time: leadTime(annotation, draft?.lead_time),
        started_at: startedAt(annotation, draft),
        draft_id: annotation.draftId || null,
        parent_prediction: annotation.parent_prediction ?? null,
        parent_annotation: annotation.parent_annotation ?? null,
    };
}
