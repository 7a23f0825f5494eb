// The label stream: asks for the next task, walks back and forth through the tasks already seen, and knows the end.

import { toReview } from './reviewing.js';

function finishedText(total, done) {
    const more = 'New tasks appear here when they are imported.';
    if (!total) return `There are no tasks for you in this queue. ${more}`;
    const others = done < total ? 'The rest is done, or others work on it, or it is not for you. ' : '';
    return `You have done ${done} of ${total} tasks in this queue. ${others}${more}`;
}

// What a reviewer says about work that comes back.
function rejectedText(task) {
    const last = task.annotations?.[0]?.reviews?.findLast(({ accepted }) => !accepted);
    return `A reviewer gave this back to you${last?.comment ? `: “${last.comment}”` : ''}. Change it and press Update.`;
}

// What was picked from the table, as questions to ask one after the other: first without the tasks that were passed over, then with them.
function createChosen(query) {
    const passed = new Set();

    function without() {
        const { all = true, included = [], excluded = [] } = query.selectedItems ?? {};
        if (all) return { ...query, selectedItems: { all, excluded: [...excluded, ...passed] } };
        const left = included.filter((id) => !passed.has(id));
        return left.length ? { ...query, selectedItems: { all, included: left } } : null; // of nothing would mean of everything
    }

    return {
        pass: (id) => passed.add(id),
        *questions() {
            const first = without();
            if (first) yield first;
            if (!passed.size) return;
            passed.clear();
            yield query;
        },
    };
}

// ask(request)  repeats a read until the server answers
export function createStream({ api, ask, page, back, status, panels, notices, drafts, session }) {
    const { project, view } = page;
    const chosen = page.query ? createChosen(page.query) : null; // what was picked from the table

    // null when the server has nothing (more) there
    async function fetchOrNull(path, body = null) {
        try {
            return await ask(() => (body ? api.post(path, body) : api.get(path)));
        } catch (error) {
            if (error.status === 404) return null;
            throw error;
        }
    }

    const fetchTask = (id) => fetchOrNull(`/api/tasks/${id}/`);
    const asked = new URLSearchParams({ ...(view && { view }), ...(page.reviewing && { mode: 'review' }) }).toString();
    const fetchFirst = () => fetchOrNull(`/api/projects/${project.id}/next/${asked ? `?${asked}` : ''}`);

    async function fetchChosen() {
        for (const query of chosen.questions()) {
            const body = { ...query, ...(page.reviewing && { mode: 'review' }) };
            const task = await fetchOrNull(`/api/dm/actions/?id=next_task&project=${project.id}`, body);
            if (task) return task;
        }
        return null;
    }

    const fetchNext = () => (chosen ? fetchChosen() : fetchFirst());

    async function show(task, annotationId) {
        panels.hide();
        notices.clear('task');
        await session.open(task, annotationId ?? (page.reviewing ? toReview(task, page.user, page.can.review_own) : null));
        if (task.queue === 'Rejected queue') notices.show('task', rejectedText(task));
    }

    function finished() {
        notices.clear('task');
        if (page.reviewing) return reviewFinished();
        if (chosen) return chosenFinished();
        const { total = 0, done = 0 } = page.queue ?? {};
        const last = session.store?.taskHistory.at(-1);
        const actions = [{ label: 'Back to the project', href: back }];
        if (last) actions.push({ label: 'Open the last task again', run: () => go(last.taskId, last.annotationId) });
        actions.push({ label: 'Look for new tasks', run: next });
        panels.show('done', 'Nothing left to label here', finishedText(total, done), actions);
        return undefined;
    }

    function chosenFinished() {
        const text = 'Of the tasks that were chosen in the table none is left for you. The others are done, or are not for you.';
        panels.show('done', 'Nothing left to label here', text, [{ label: 'Back to the table', href: back }, { label: 'Look again', run: next }]);
    }

    function reviewFinished() {
        const text = 'Nothing waits for your review. What is annotated or changed from now on appears here.';
        panels.show('done', 'Review finished', text, [{ label: 'Back to the project', href: back }, { label: 'Look again', run: next }]);
    }

    async function next() {
        const task = await fetchNext();
        if (task) await show(task, null);
        else finished();
    }

    async function go(taskId, annotationId) {
        const task = await fetchTask(taskId);
        if (task) return show(task, annotationId);
        status.error('That task was deleted meanwhile.');
        return undefined;
    }

    // The tasks this user has seen in earlier visits, so that "previous" reaches them.
    async function loadHistory() {
        const seen = await api.get(`/api/projects/${project.id}/label-stream-history/`);
        return seen.map(({ taskId, annotationId }) => ({
            taskId, annotationId: annotationId === null ? null : String(annotationId),
        }));
    }

    function addHistory(seen) {
        const { store } = session;
        if (!store) return;
        const current = store.taskHistory.toJSON();
        const known = new Set(seen.map(({ taskId }) => taskId));
        store.setTaskHistory([...seen, ...current.filter(({ taskId }) => !known.has(taskId))]);
    }

    async function start() {
        if (page.reviewing || chosen) return next();
        const history = loadHistory().catch(() => []); // without it only "previous" is poorer
        await next();
        addHistory(await history);
        return undefined;
    }

    // The arrows: along the history, and beyond its end the postponing of this task.
    async function onNextTask(taskId, annotationId) {
        const annotation = session.selected();
        if (taskId) {
            if (annotation) await drafts.flush(annotation);
            return go(taskId, annotationId);
        }
        if (annotation && !(await drafts.postpone(annotation))) return undefined; // the status line says why
        chosen?.pass(session.task.id);
        return next();
    }

    async function onPrevTask(taskId, annotationId) {
        const annotation = session.selected();
        if (annotation) await drafts.flush(annotation);
        return go(taskId, annotationId);
    }

    return { start, next, handlers: { onNextTask, onPrevTask } };
}
