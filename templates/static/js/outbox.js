// Saved work on its way to the server. Each request is kept in the browser until the server has confirmed it, and sent again after an
// outage or a crash. A new annotation goes with the same unique id: the server refuses the second copy of an id, so none is doubled.
// A change of a stored one goes out later only if nobody has changed that annotation meanwhile.

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const KEY = 'outbox:';

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
    return !entry.pk && error.status === 409 && (entry.resent || /unique id/i.test(error.message));
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

// Postgres orders keys its own way.
const sorted = (_, part) => (part && typeof part === 'object' && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part);
const sameResult = (one, other) => JSON.stringify(one, sorted) === JSON.stringify(other, sorted);

// An entry: {key, task, body, at} for a new annotation, with pk and `seen` (when the stored one was changed last) for a change of it.
export function createOutbox({ api, kept }) {
    const keep = (entry) => kept.put(KEY + entry.key, entry);
    const forget = (entry) => kept.drop(KEY + entry.key);

    function send(entry) {
        if (entry.pk) return api.patch(`/api/annotations/${entry.pk}/`, entry.body);
        return api.post(`/api/tasks/${entry.task}/annotations/`, entry.body);
    }

    // One attempt: {id, before}. `before` means an earlier attempt had arrived unheard; its id is not known then.
    async function attempt(entry) {
        keep(entry);
        try {
            const stored = await send(entry);
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

    // Sends until the server has the work; throws ApiError when it is refused.
    const deliver = (entry, onWait) => untilAnswered(() => attempt(entry), onWait);

    // A change from an earlier page: did it arrive unheard, and is it still a change of what was seen?
    async function changedMeanwhile(entry) {
        if (!entry.pk) return null;
        const now = await api.get(`/api/annotations/${entry.pk}/`);
        if (sameResult(now.result, entry.body.result) && now.was_cancelled === Boolean(entry.body.was_cancelled)) return 'arrived';
        return now.updated_at === entry.seen ? null : 'changed';
    }

    const refused = (entry, message) => ({
        entry,
        message,
        discard: () => forget(entry),
        store: () => untilAnswered(() => attempt(entry), () => {}),
    });

    // What an earlier page could not deliver, oldest first: one attempt each, {stored, refused: [{entry, message, discard, store}]}.
    // What meets an outage again stays for the next page; what is refused stays until the user decides.
    async function deliverLeftOver() {
        const result = { stored: 0, refused: [] };
        const entries = (await kept.list(KEY)).sort((a, b) => a.at - b.at);
        for (const entry of entries) {
            try {
                const state = await changedMeanwhile(entry);
                if (state === 'changed') {
                    result.refused.push(refused(entry, 'somebody has changed it meanwhile.'));
                    continue;
                }
                if (state === 'arrived') forget(entry);
                else await attempt({ ...entry, resent: true });
                result.stored += 1;
            } catch (error) {
                if (error.temporary || error.status === 401) continue;
                keep(entry);
                result.refused.push(refused(entry, error.message));
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
