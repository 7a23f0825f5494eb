// What stands in the editor's place when there is nothing to label or the page cannot go on.

function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}

function actionElement({ label, href, run }, primary) {
    const className = primary ? 'button button--primary' : 'button';
    if (href) return element('a', { className, href, textContent: label });
    const button = element('button', { type: 'button', className, textContent: label });
    button.addEventListener('click', run);
    return button;
}

export function createPanels(editorElement) {
    let shown = null;

    function hide() {
        shown?.remove();
        shown = null;
        editorElement.hidden = false;
    }

    // actions: [{label, href}] or [{label, run}], the first is the main one
    function show(kind, title, text, actions) {
        hide();
        const heading = element('h1', { className: 'labelling-panel__title', tabIndex: -1, textContent: title });
        shown = element('main', { className: `labelling-panel labelling-panel--${kind}` },
            heading,
            element('p', { className: 'labelling-panel__text', textContent: text }),
            element('p', { className: 'labelling-panel__actions' },
                ...actions.map((action, index) => actionElement(action, index === 0))));
        editorElement.hidden = true;
        editorElement.before(shown);
        heading.focus();
    }

    return { show, hide };
}
