// The labelling page in the quick view beside the table: the page around (dm-quick.js) says which task is to be seen, and hears what is done.
// Messages are {labeld: what, task?, by?}; only those of the own server's page around count.

export function createFramed({ session, drafts, notices, fetchTask, isBusy, problem }) {
    const tell = (what, more = {}) => window.parent.postMessage({ labeld: what, ...more }, location.origin);
    let wanted = null; // the last that was asked for: who steps fast sees only that

    async function flush() {
        const annotation = session.selected();
        if (annotation) await drafts.flush(annotation);
    }

    async function settle() {
        while (isBusy()) await new Promise((resolve) => { setTimeout(resolve, 20); });
        await flush();
    }

    async function open(id) {
        wanted = id;
        await settle();
        if (wanted !== id) return;
        const task = await fetchTask(id);
        if (wanted !== id) return;
        notices.clear('task');
        await session.open(task);
        shown();
    }

    const shown = () => tell('shown', { task: session.task.id });

    window.addEventListener('message', ({ data, origin, source }) => {
        if (origin !== location.origin || source !== window.parent || !data?.labeld) return;
        if (data.labeld === 'open') open(data.task).catch(problem);
        else if (data.labeld === 'close') settle().finally(() => tell('closed'));
    });

    document.addEventListener('keydown', (event) => {
        if (!event.altKey || event.ctrlKey || event.metaKey) return;
        const by = { PageDown: 1, PageUp: -1 }[event.key];
        if (!by && event.key !== 'q') return;
        event.preventDefault();
        if (by) tell('step', { by });
        else tell('leave');
    }, true);

    return { shown, stored: () => tell('stored', { task: session.task.id }), close: () => tell('leave') };
}
