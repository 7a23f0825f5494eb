// Requests to the server's API: JSON both ways, the CSRF header, and one error type whose message can be shown.

const TEMPORARY = new Set([0, 408, 429, 500, 502, 503, 504]);
const TIMEOUT_MS = 60_000;

export class ApiError extends Error {
    constructor(status, message, { body = null, retryAfterMs = 0 } = {}) {
        super(message);
        this.name = 'ApiError';
        this.status = status; // 0: no answer at all
        this.body = body;
        this.retryAfterMs = retryAfterMs;
    }

    // Trying the same request again later can help.
    get temporary() {
        return TEMPORARY.has(this.status);
    }
}

// {"title": ["Too short."], "data": {"text": ["…"]}} → "title: Too short. data: text: …"
function validationText(errors) {
    if (typeof errors === 'string') return errors;
    if (Array.isArray(errors)) return errors.map(validationText).filter(Boolean).join(' ');
    if (!errors || typeof errors !== 'object') return '';
    return Object.entries(errors)
        .map(([field, inner]) => {
            const text = validationText(inner);
            return field === 'non_field_errors' || !text ? text : `${field}: ${text}`;
        })
        .filter(Boolean)
        .join(' ');
}

const PLAIN = {
    401: 'You are logged out.',
    403: 'You may not do this.',
    404: 'It is not there any more.',
    413: 'It is larger than the server accepts.',
    429: 'The server asks to slow down.',
};

// Always a sentence, so that others can follow it.
function errorText(status, body) {
    const own = validationText(body?.validation_errors) || (typeof body?.detail === 'string' ? body.detail : '');
    if (own) return /[.!?…]$/.test(own) ? own : `${own}.`;
    return PLAIN[status] ?? (status >= 500 ? `The server has a problem (${status}).` : `The server answered ${status}.`);
}

async function readBody(response) {
    const text = await response.text();
    return text ? JSON.parse(text) : null;
}

async function errorOf(response) {
    const seconds = Number(response.headers.get('Retry-After'));
    const body = await readBody(response).catch(() => null); // an error page of a proxy is no JSON
    return new ApiError(response.status, errorText(response.status, body), {
        body,
        retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
    });
}

// Logging in again in another tab changes the token, so the cookie counts before what the page was made with.
function csrfToken(given) {
    return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? given;
}

// The API below `base` ("" or "/sub-path"). Methods give the parsed answer or throw ApiError.
export function createApi({ base, csrf }) {
    async function send(method, path, body, { keepalive = false, timeoutMs = TIMEOUT_MS } = {}) {
        const headers = { Accept: 'application/json' };
        const options = { method, headers, credentials: 'same-origin', keepalive,
            signal: AbortSignal.timeout(timeoutMs) };
        if (method !== 'GET') headers['X-CSRFToken'] = csrfToken(csrf);
        if (body !== undefined) {
            headers['Content-Type'] = 'application/json';
            options.body = JSON.stringify(body);
        }
        try {
            const response = await fetch(base + path, options);
            if (!response.ok) throw await errorOf(response);
            return await readBody(response);
        } catch (error) {
            if (error instanceof ApiError) throw error;
            // Also a "success" that is no JSON: some log-in page of a network between, never labeld's own answer.
            throw new ApiError(0, 'The server cannot be reached.');
        }
    }

    return {
        get: (path, options) => send('GET', path, undefined, options),
        post: (path, body, options) => send('POST', path, body, options),
        patch: (path, body, options) => send('PATCH', path, body, options),
        del: (path, options) => send('DELETE', path, undefined, options),
    };
}
