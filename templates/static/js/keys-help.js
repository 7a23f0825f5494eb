// The list of keys on the labelling page: what can be used with this project's data, with the user's own keys.

import { element, openDialog } from './own-dialog.js';

const ON_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

// "ctrl+shift+z" as three keys
const keyElements = (combination) => combination.split('+').flatMap((key, index) => [...(index ? ['+'] : []), element('kbd', { textContent: key })]);

// keys: the editor's own; own: the user's, by action, as editor-settings.js gives them to the editor
function lines(keys, own, section) {
    return keys.filter(({ name }) => name.startsWith(`${section}:`))
        .map((item) => ({ ...item, used: item.name in own ? own[item.name].key : item[ON_MAC ? 'mac' : 'key'] }))
        .filter(({ used }) => used)
        .flatMap(({ used, text }) => [element('dt', {}, ...keyElements(used)), element('dd', { textContent: text })]);
}

function fill(page, own) {
    const has = (tags) => new RegExp(`<(${tags})\\b`, 'i').test(page.project.label_config);
    const sections = page.key_sections.filter(({ tags }) => !tags || has(tags));
    const lists = sections.flatMap(({ id, title }) => {
        const list = lines(page.keys, own, id);
        return list.length ? [element('h3', { textContent: title }), element('dl', {}, ...list)] : [];
    });
    return element('dialog', { className: 'labelling-dialog--keys' },
        element('h2', { id: 'keys-title', textContent: 'Keyboard shortcuts' }),
        element('p', {}, 'Labels and choices have the keys that stand beside them.'),
        ...lists,
        element('form', { method: 'dialog', className: 'labelling-dialog__actions' },
            element('button', { className: 'button button--primary', textContent: 'Close' }),
            element('a', { className: 'button', href: `${page.base}/user/account/hotkeys`, target: '_blank', rel: 'noopener',
                textContent: 'Change keys' })));
}

const typing = (target) => target.isContentEditable || target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select');

export function createKeysHelp(page, own) {
    let dialog;

    function show() {
        dialog ??= fill(page, own);
        openDialog(dialog, 'keys-title');
    }

    const button = document.getElementById('labelling-keys');
    if (button) {
        button.hidden = false;
        button.addEventListener('click', show);
    }
    document.addEventListener('keydown', (event) => {
        if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
        if (document.querySelector('dialog[open]')) return;
        event.preventDefault();
        show();
    });
}
