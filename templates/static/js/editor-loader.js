// Loads the annotation editor out of an application build that was made to start as a whole: only the editor's
// chunks are run. The numbers below belong to exactly one build; every step checks that it finds what it expects.

const BUILD = {
    queue: 'webpackChunklabelstudio',
    appChunk: 792,
    editorChunks: [502, 594, 288, 358],
    editorModule: 41607,
    utilityStyleModule: 97562,
};

// Custom properties that the utility sheet sets for the whole page and that labeld's own stylesheet uses as well.
const SHARED_PROPERTIES = /--(accent|muted|radius)(?![\w-])/g;

let loading;

class EditorLoadError extends Error {
    constructor(step) {
        super(`The annotation editor could not be loaded: ${step}. ` +
            'Reload the page; if it stays, the installed editor files do not fit this version of labeld.');
        this.name = 'EditorLoadError';
    }
}

function expect(found, step) {
    if (!found) throw new EditorLoadError(step);
    return found;
}

function addElement(element, address) {
    return new Promise((resolve, reject) => {
        element.addEventListener('load', () => resolve(element), { once: true });
        element.addEventListener('error', () => reject(new EditorLoadError(`no answer for ${address}`)), { once: true });
        document.head.append(element);
    });
}

// The runtime reads the address of its own script element, so these must be classic scripts, never modules.
function addScript(address) {
    const script = document.createElement('script');
    script.src = address;
    script.async = false;
    return addElement(script, address);
}

function addStylesheet(address) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = address;
    return addElement(link, address);
}

// Without the runtime the scripts only queue [ids, modules, start] entries. The start function of the application
// chunk would begin its router, so it has to go before the runtime comes.
function removeApplicationStart(queue) {
    const entry = queue.find((candidate) => candidate[0].includes(BUILD.appChunk));
    expect(entry, `main.js has no chunk ${BUILD.appChunk} (unexpected build)`);
    expect(typeof entry[2] === 'function', `chunk ${BUILD.appChunk} has no start function (unexpected build)`);
    entry.splice(2, 1);
}

// A chunk with an unused id, no modules and a start function is handed the bundle's own require.
function takeRequire(queue) {
    let require;
    queue.push([['labeld'], {}, (given) => { require = given; }]);
    expect(typeof require === 'function', 'runtime.js gave no require function (unexpected build)');
    return require;
}

// The utility classes live as text inside main.js and in no stylesheet; the chunk styles must come after them.
function addUtilityStyles(require) {
    const text = String(require(BUILD.utilityStyleModule).A ?? '');
    expect(text.length > 1000, `module ${BUILD.utilityStyleModule} holds no style sheet (unexpected build)`);
    const style = document.createElement('style');
    style.dataset.from = 'editor-utilities';
    style.textContent = text.replace(SHARED_PROPERTIES, '--editor-$1');
    document.head.append(style);
}

async function load({ assets, settings }) {
    const folder = assets.endsWith('/') ? assets : `${assets}/`;
    expect(!window[BUILD.queue], 'another copy is already on this page');
    const queue = window[BUILD.queue] = [];
    window.APP_SETTINGS = settings;

    await Promise.all([
        addStylesheet(`${folder}main.css`),
        addScript(`${folder}vendor.js`),
        addScript(`${folder}main.js`),
    ]);
    removeApplicationStart(queue);
    await addScript(`${folder}runtime.js`);

    const require = takeRequire(queue);
    addUtilityStyles(require);
    await Promise.all(BUILD.editorChunks.map((id) => require.e(id))).catch((error) => {
        throw new EditorLoadError(error.message);
    });
    const { LabelStudio } = require(BUILD.editorModule);
    return expect(typeof LabelStudio === 'function' && LabelStudio,
        `module ${BUILD.editorModule} exports no editor (unexpected build)`);
}

// Promise of the editor's constructor.
//   assets    address of the folder with the editor's files
//   settings  what the editor reads as APP_SETTINGS: feature flags and the user
// A second call on the same page gives the same promise.
export function loadEditor(options) {
    loading ??= load(options);
    return loading;
}
