// The one line of the labelling page that says whether the work is saved, with buttons where something can be done.

// With the day when that is not today.
function clockTime(date) {
    const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()}, ${time}`;
}

export function createStatusLine(element) {
    let shown = '';

    // state: "saved", "saving", "unsaved", "waiting", "error", "info"; actions: [{label, run}]
    function show(state, text, actions = []) {
        const labels = actions.map(({ label }) => label).join();
        const next = `${state}|${text}|${labels}`;
        if (next === shown) return; // a repeated text would be read aloud again
        shown = next;
        const words = document.createElement('span');
        words.className = 'labelling-status__text';
        words.textContent = text;
        const buttons = actions.map(({ label, run }) => {
            const button = document.createElement('button');
            button.type = 'button';
            button.className = 'labelling-status__action';
            button.textContent = label;
            button.addEventListener('click', run);
            return button;
        });
        element.dataset.state = state;
        element.replaceChildren(words, ...buttons);
    }

    return {
        show,
        saving: (what = 'Saving…') => show('saving', what),
        saved: (what = 'Saved', at = new Date(), actions = []) => show('saved', `${what} at ${clockTime(at)}`, actions),
        waiting(message, until, actions) {
            show('waiting', `Not saved yet. ${message} Trying again at ${clockTime(until)}; the work stays here.`, actions);
        },
        error: (message, actions) => show('error', message, actions),
        info: (message, actions) => show('info', message, actions),
        clear: () => show('info', ''),
    };
}
