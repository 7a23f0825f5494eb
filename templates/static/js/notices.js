// Messages above the editor that stay until they no longer hold: what the status line says about saving does not push them away.

export function createNotices(editorElement) {
    const shown = new Map(); // key → element
    const place = document.createElement('div');
    place.className = 'labelling-notices';
    place.setAttribute('role', 'status');
    editorElement.before(place);

    function clear(key) {
        shown.get(key)?.remove();
        shown.delete(key);
    }

    function button({ label, run }) {
        const made = document.createElement('button');
        made.type = 'button';
        made.className = 'labelling-notice__action';
        made.textContent = label;
        made.addEventListener('click', run);
        return made;
    }

    // One message per key; actions: [{label, run}], each ends the message.
    function show(key, text, actions = []) {
        const line = document.createElement('p');
        const words = document.createElement('span');
        line.className = 'labelling-notice';
        words.textContent = text;
        line.append(words, ...actions.map(({ label, run }) => button({ label, run: () => { clear(key); run(); } })));
        if (shown.has(key)) shown.get(key).replaceWith(line);
        else place.append(line);
        shown.set(key, line);
    }

    return { show, clear };
}
