// Leaving the labelling page: unfinished work is stored first, and only what could not be stored asks before it is lost.

export function guardLeaving({ hasUnsaved, isBusy, flush }) {
    // The request may outlive the page; the question stays until the server has confirmed.
    window.addEventListener('beforeunload', (event) => {
        if (!hasUnsaved() && !isBusy()) return;
        flush();
        event.preventDefault();
    });

    document.addEventListener('visibilitychange', () => {
        if (document.hidden) flush();
    });

    // A link of this page waits for the draft, so that there is usually nothing to ask.
    document.addEventListener('click', async (event) => {
        const link = event.target.closest?.('a[href]');
        const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
        if (!link || !plain || event.defaultPrevented || link.target || !hasUnsaved()) return;
        event.preventDefault();
        await flush();
        location.assign(link.href);
    });
}
