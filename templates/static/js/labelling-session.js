// The editor on the page and the task in it: creates the one instance, puts tasks in, and picks what is selected.

import { loadEditor } from './editor-loader.js';
import { appSettings, editorUser, interfaces, keymap } from './editor-settings.js';
import { fitImages } from './image-fit.js';
import { instructionOf } from './instruction.js';
import { editorTask, editorUsers } from './task-model.js';

const START_LIMIT_MS = 30_000;

// The editor starts on its own time and reports nothing when that fails, except as an uncaught rejection.
function whenStarted(start) {
    return new Promise((resolve, reject) => {
        const failed = ({ reason }) => reject(reason instanceof Error ? reason : new Error(String(reason)));
        const late = setTimeout(() => reject(new Error('The annotation editor did not start.')), START_LIMIT_MS);
        window.addEventListener('unhandledrejection', failed);
        start((store) => {
            clearTimeout(late);
            window.removeEventListener('unhandledrejection', failed);
            resolve(store);
        });
    });
}

// page    the data of the page (see labelling.js)
// drafts  restores and tracks unfinished work
export function createSession({ page, element, drafts }) {
    const { project, user, can } = page;
    const state = { task: null, store: null, editor: null, handlers: {}, events: {}, displayed: () => {} };

    // Starts early, beside the first task's request.
    const loaded = loadEditor({ assets: page.editor_assets, settings: appSettings(user) });
    loaded.catch(() => {}); // reported by the first open()

    const annotations = () => state.store?.annotationStore;
    const selected = () => {
        const item = annotations()?.selected;
        return item?.type === 'annotation' ? item : null;
    };

    function lock(annotation) {
        annotation.setEditable(false);
        annotation.setReadonly(true);
    }

    // Selecting makes an annotation editable again, so view-only has to be said each time.
    function onSelectAnnotation(annotation) {
        state.displayed();
        if (!can.annotate) lock(annotation);
        else queueMicrotask(() => { if (selected() === annotation) drafts.track(annotation); });
    }

    async function create(first) {
        const LabelStudio = await loaded;
        return whenStarted((started) => {
            state.editor = new LabelStudio(element, options(first, started));
            state.editor.on('selectHistory', () => state.displayed()); // the editor has no option for it
            for (const [name, call] of Object.entries(state.events)) state.editor.on(name, call);
        });
    }

    function options(first, started) {
        return {
            ...state.handlers,
            onSelectAnnotation,
            onStorageInitialized: started,
            config: project.label_config,
            task: editorTask(first, page),
            interfaces: interfaces(page),
            user: editorUser(user),
            users: editorUsers(page, first),
            description: instructionOf(page).text,
            keymap: keymap(user.custom_hotkeys, page.keys),
            queueTotal: page.queue?.total ?? 0,
            queuePosition: (page.queue?.done ?? 0) + 1,
            instanceOptions: { reactVersion: 'v18' },
        };
    }

    function replace(task) {
        const { store } = state;
        const forEditor = editorTask(task, page);
        store.resetState();
        store.enrichUsers(editorUsers(page, task));
        store.assignTask(forEditor);
        store.initializeStore(forEditor);
    }

    function createNew() {
        const list = annotations();
        list.selectAnnotation(list.createAnnotation().id);
    }

    // The prediction that a new annotation starts from, if any: the first of the project's chosen version.
    function startingPrediction() {
        if (!project.show_collab_predictions || project.reveal_preannotations_interactively) return null;
        const first = state.task.predictions?.find((prediction) => prediction.model_version === project.model_version);
        return first && annotations().predictions.find(({ pk }) => pk === String(first.id));
    }

    function startNew() {
        const prediction = startingPrediction();
        if (prediction) annotations().addAnnotationFromPrediction(prediction);
        else createNew();
    }

    function chooseForReading() {
        const list = annotations();
        const last = list.annotations.at(-1);
        if (last) list.selectAnnotation(last.id);
        else if (list.predictions.length) list.selectPrediction(list.predictions[0].id);
        else createNew();
    }

    // Which annotation is on screen first: the asked one, then unfinished work, then the last stored one, then a new one.
    function choose(wanted, restored) {
        const list = annotations();
        const asked = wanted && list.annotations.find(({ pk }) => pk === String(wanted));
        const chosen = asked ?? restored.at(-1) ?? list.annotations.at(-1);
        if (!can.annotate) return asked ? list.selectAnnotation(asked.id) : chooseForReading();
        return chosen ? list.selectAnnotation(chosen.id) : startNew();
    }

    // Puts a task, as the API gave it, on screen.
    async function open(task, annotationId = null) {
        const unfinished = can.annotate ? await drafts.withKept(task) : [];
        state.task = task;
        if (state.store) replace(task);
        else state.store = await create(task);
        const restored = drafts.restore(annotations(), unfinished);
        choose(annotationId, restored);
        const annotation = selected();
        if (annotation && can.annotate) drafts.markStored(annotation);
        fitImages(() => annotations().selected?.objects ?? []);
    }

    return {
        open,
        // The editor's callbacks, {onSubmitAnnotation: …}; to be given before the first task is opened.
        listen(handlers, events = {}) { Object.assign(state, { handlers, events }); },
        // Called whenever an annotation, or an earlier version of one, comes on screen; often several times for one.
        onDisplayed(call) { state.displayed = call; },
        selected,
        startNew,
        get editor() { return state.editor; },
        get task() { return state.task; },
        get store() { return state.store; },
    };
}
