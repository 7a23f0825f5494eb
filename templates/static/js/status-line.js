// The one line of the labelling page that says whether the work is saved, with buttons where something can be done.

// As times are written on all pages, 2026-01-31 and 14:05:00, on the clock that stands beside the work.
const clock = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

// With the day when that is not today.
export function clockTime(date) {
    const [day, time] = clock.format(date).split(' ');
    return clock.format(new Date()).startsWith(day) ? time : `${day} ${time}`;
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
