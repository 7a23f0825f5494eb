// The page in the preview frame: draws what the page around it sends, {config, task}, and says how that went, {state, errors}.
import { loadEditor } from './editor-loader.js';
import { appSettings, editorUser } from './editor-settings.js';
import { followTheme } from './editor-theme.js';
import { withBase } from './task-model.js';

const page = JSON.parse(document.getElementById('preview-data').textContent);
const INTERFACES = ['basic', 'controls', 'annotations:current', 'edit-history'];
const element = document.getElementById('label-studio');
let instance = null, waiting = null, drawing = false;

followTheme();
// Nothing is kept here, so the editor has no reason to ask before the page is left.
window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation());
const loaded = loadEditor({ assets: page.editor_assets, settings: appSettings(page.user) });

const tell = (state, errors = []) => parent.postMessage({ preview: state, errors }, location.origin);

function problems(store) {
    return (store.annotationStore.validation ?? []).map(({ error, modelName, field, value }) =>
        [modelName, field, value, error].filter((part) => typeof part === 'string' && part).join(': '));
}

function started(store) {
    const list = store.annotationStore, errors = problems(store);
    if (!errors.length) list.selectAnnotation(list.createAnnotation().id);
    tell(errors.length ? 'wrong' : 'drawn', errors);
}

async function draw({ config, task }) {
    const LabelStudio = await loaded;
    instance?.destroy();
    element.replaceChildren();
    return new Promise((resolve) => {
        const failed = ({ reason }) => {
            tell('wrong', [String(reason?.message ?? reason)]);
            resolve();
        };
        window.addEventListener('unhandledrejection', failed, { once: true });
        instance = new LabelStudio(element, {
            config,
            task: { id: 1, data: withBase(task, page.base), annotations: [], predictions: [] },
            interfaces: INTERFACES,
            user: editorUser(page.user),
            instanceOptions: { reactVersion: 'v18' },
            onStorageInitialized(store) {
                window.removeEventListener('unhandledrejection', failed);
                started(store);
                resolve();
            },
        });
        setTimeout(resolve, 10_000);
    });
}

// Only the newest wish counts.
async function run() {
    if (drawing) return;
    drawing = true;
    while (waiting) {
        const wish = waiting;
        waiting = null;
        try {
            await draw(wish);
        } catch (error) {
            tell('wrong', [error.message]);
        }
    }
    drawing = false;
}

window.addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || source !== parent || typeof data?.config !== 'string') return;
    waiting = data;
    run();
});
loaded.then(() => tell('ready'), (error) => tell('failed', [error.message]));
