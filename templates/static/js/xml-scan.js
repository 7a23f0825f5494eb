// Finds the tags of a label configuration in its text, also while it is half written. It gives places, not a tree of its own:
// whoever paints or changes the text works on the text.

const TOKEN = /<!--[\s\S]*?(?:-->|$)|<(\/?)([A-Za-z_][\w.:-]*)((?:[^<>"']|"[^"]*(?:"|$)|'[^']*(?:'|$))*)>?/g;
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)(\s*=\s*(?:"([^"]*)"?|'([^']*)'?))?/g;
const ENTITIES = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

export function decode(text) {
    return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, number, name) => {
        if (name) return ENTITIES[name] ?? whole;
        const code = hex ? parseInt(hex, 16) : Number(number);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}

export function encode(text) {
    return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
}

// [{name, value (decoded, null without =), start, end, from, to}]: from and to bound the raw value between its quotes.
function attributes(text, offset) {
    const found = [];
    for (const match of text.matchAll(ATTRIBUTE)) {
        const [whole, name, assigned, double, single] = match;
        const raw = double ?? single;
        const start = offset + match.index;
        const from = raw === undefined ? start + whole.length : start + whole.search(/["']/) + 1;
        found.push({ name, value: assigned ? decode(raw ?? '') : null, start, end: start + whole.length, from, to: from + (raw ?? '').length });
    }
    return found;
}

// Tokens in order: {kind: "comment"|"open"|"empty"|"close", name, start, end, inside (where the attributes begin), attrs}.
export function scan(text) {
    const tokens = [];
    for (const match of text.matchAll(TOKEN)) {
        const [whole, slash, name, rest] = match;
        const start = match.index, end = start + whole.length;
        if (!name) {
            tokens.push({ kind: 'comment', name: null, start, end, inside: end, attrs: [] });
            continue;
        }
        const inside = start + 1 + slash.length + name.length;
        const empty = rest.trimEnd().endsWith('/');
        tokens.push({
            kind: slash ? 'close' : empty ? 'empty' : 'open', name, start, end, inside,
            attrs: slash ? [] : attributes(rest, inside),
        });
    }
    return tokens;
}

export function attribute(token, name) {
    return token.attrs.find((one) => one.name === name) ?? null;
}

// The same as elements: {token, close (token or null), children, parent}; comments are left out.
export function elements(text) {
    const root = { token: null, close: null, children: [], parent: null };
    let at = root;
    for (const token of scan(text)) {
        if (token.kind === 'comment') continue;
        if (token.kind === 'close') {
            let open = at;
            while (open.parent && open.token.name !== token.name) open = open.parent;
            if (!open.parent) continue;
            open.close = token;
            at = open.parent;
            continue;
        }
        const element = { token, close: null, children: [], parent: at };
        at.children.push(element);
        if (token.kind === 'open') at = element;
    }
    return root.children;
}

export function* walk(list) {
    for (const element of list) {
        yield element;
        yield* walk(element.children);
    }
}
