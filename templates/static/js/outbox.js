// Annotations on their way to the server. Each is kept in the browser until the server has confirmed it, and sent again
// with the same unique id after an outage or a crash; the server refuses the second copy of an id, so none is doubled.

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

// Random version 4 UUID; crypto.randomUUID exists on https and localhost only, and many servers run on plain http.
export function newUniqueId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// Ids are random, so a known one is our own: from an attempt whose answer got lost, or from one that the browser itself
// repeated when a kept connection broke.
function arrivedBefore(entry, error) {
    return error.status === 409 && (entry.resent || /unique id/i.test(error.message));
}

function delayMs(attempt, retryAfterMs) {
    const step = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1];
    return Math.max(retryAfterMs, step * (0.8 + Math.random() * 0.4)); // spread: everybody returns at once after an outage
}

// A pause that ends early when the network returns or `wake` is called.
function createWait(ms) {
    let wake;
    const done = new Promise((resolve) => { wake = resolve; });
    const timer = setTimeout(wake, ms);
    window.addEventListener('online', wake);
    return {
        wake,
        done: done.finally(() => {
            clearTimeout(timer);
            window.removeEventListener('online', wake);
        }),
    };
}

export function createOutbox({ api, user, project }) {
    const prefix = `labeld-outbox:${user.id}:${project.id}:`;

    // Storage may be full or forbidden; sending goes on without it.
    function keep(entry) {
        try {
            localStorage.setItem(prefix + entry.body.unique_id, JSON.stringify(entry));
        } catch { /* the work is still on screen */ }
    }

    function forget(entry) {
        try {
            localStorage.removeItem(prefix + entry.body.unique_id);
        } catch { /* never kept */ }
    }

    // What an earlier page could not deliver, oldest first.
    function leftOver() {
        try {
            return Object.keys(localStorage)
                .filter((key) => key.startsWith(prefix))
                .map((key) => JSON.parse(localStorage.getItem(key)))
                .sort((a, b) => a.at - b.at);
        } catch {
            return [];
        }
    }

    // One attempt: {id, before}. `before` means an earlier attempt had arrived unheard; its id is not known then.
    async function attempt(entry) {
        keep(entry);
        try {
            const stored = await api.post(`/api/tasks/${entry.task}/annotations/`, entry.body);
            forget(entry);
            return { id: stored?.id ?? null, before: false };
        } catch (error) {
            if (arrivedBefore(entry, error)) {
                forget(entry);
                return { id: null, before: true };
            }
            const final = !error.temporary && error.status !== 401; // after logging in again it can still go out
            if (final) forget(entry);
            entry.resent = true;
            if (!final) keep(entry);
            throw error;
        }
    }

    // Sends until the server has the annotation; throws ApiError when it is refused.
    const deliver = (entry, onWait) => untilAnswered(() => attempt(entry), onWait);

    // What an earlier page could not deliver: one attempt each, {stored, refused: [{entry, error, discard}]}. What meets
    // an outage again stays for the next page; what is refused stays until the user discards it.
    async function deliverLeftOver() {
        const result = { stored: 0, refused: [] };
        for (const entry of leftOver()) {
            try {
                await attempt({ ...entry, resent: true });
                result.stored += 1;
            } catch (error) {
                if (error.temporary || error.status === 401) continue;
                keep(entry);
                result.refused.push({ entry, error, discard: () => forget(entry) });
            }
        }
        return result;
    }

    return { deliver, deliverLeftOver };
}

// Repeats a request that may be repeated safely until it is answered; throws what trying again cannot help.
//   onWait(error, until, wake)  called before each pause
export async function untilAnswered(request, onWait) {
    for (let attempt = 1; ; attempt++) {
        try {
            return await request();
        } catch (error) {
            if (!error.temporary) throw error;
            const ms = delayMs(attempt, error.retryAfterMs);
            const wait = createWait(ms);
            onWait(error, new Date(Date.now() + ms), wait.wake);
            await wait.done;
        }
    }
}
