// Looks now and then whether the task on screen is still to be done: better to hear it now than after the work.

const FINISHED = 'Somebody else has finished this task meanwhile. You may still submit, or go on.';

// every     seconds between two looks; none while the page is hidden
// onGone    called with the annotation when the task was deleted
// actions   what to offer beside the message
export function watchTask({ api, session, notices, every, isBusy, onGone, actions }) {
    const told = new WeakSet();

    async function look() {
        const { task } = session;
        const annotation = session.selected();
        if (document.hidden || !annotation || annotation.pk || isBusy() || told.has(task)) return;
        const now = await api.get(`/api/tasks/${task.id}/`).catch((error) => error);
        if (session.task !== task || isBusy() || session.selected()?.pk) return;
        const gone = now.status === 404;
        if (!gone && !(now.is_labeled && !task.is_labeled)) return;
        told.add(task);
        if (gone) onGone(annotation);
        else notices.show('task', FINISHED, actions());
    }

    setInterval(look, every * 1000);
    document.addEventListener('visibilitychange', look);
}
