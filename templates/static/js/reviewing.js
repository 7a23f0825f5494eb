// What the editor's buttons do where annotations are reviewed: accept, mend and accept, reject.

import { untilAnswered } from './outbox.js';
import { annotationBody } from './task-model.js';

const DECIDED = ['accepted', 'rejected', 'fixed_and_accepted'];

// The annotation that waits: of those that were not skipped the first that nobody has decided on since it was changed.
export function toReview(task, user, canReviewOwn) {
    const authorOf = ({ completed_by: author }) => (author && typeof author === 'object' ? author.id : author);
    const waits = (annotation) => !annotation.was_cancelled && !DECIDED.includes(annotation.last_action)
        && (canReviewOwn || authorOf(annotation) !== user.id);
    return (task.annotations ?? []).find(waits)?.id ?? null;
}

// after.decided(annotationId)  called when a decision was stored
export function createReviewing({ api, status, drafts, after }) {
    let startedAt = new Date().toISOString();

    function waiting(error, until, wake) {
        status.waiting(error.message, until, [{ label: 'Try now', run: wake }]);
    }

    async function decide(annotation, accepted, isDirty) {
        const body = { annotation: Number(annotation.pk), accepted, started_at: startedAt };
        if (accepted && isDirty) body.result = annotationBody(annotation, drafts.stored(annotation)).result;
        status.saving();
        try {
            await drafts.settled(annotation);
            await untilAnswered(() => api.post('/api/annotation-reviews/', body), waiting);
        } catch (error) {
            status.error(`The review was not stored. ${error.message}`);
            throw error;
        }
        drafts.finished(annotation);
        startedAt = new Date().toISOString();
        status.saved(!accepted ? 'Rejected' : isDirty ? 'Fixed and accepted' : 'Accepted', new Date());
        setTimeout(() => after.decided(annotation.pk));
    }

    const quietly = (run) => (...args) => run(...args).catch(() => {});

    return {
        handlers: {
            onAcceptAnnotation: quietly((store, { isDirty, entity }) => decide(entity, true, Boolean(isDirty))),
            onRejectAnnotation: quietly((store, { entity }) => decide(entity, false, false)),
        },
    };
}
