// textarea[data-xml]: colours under the text, the line of an error, and completion of tags, attributes, names and data fields.
// The textarea stays what it is for keyboards, screen readers, undo and the form; what is painted lies below it and is hidden
// from assistive technology.
import { attribute, elements, scan, walk } from './xml-scan.js';
import { TAGS, tagsInside } from './config-tags.js';

const MOST_OFFERED = 12;
const PAINT_MOST = 200_000; // characters; beyond that the text stays plain

// Replace a part of the text as typing would, so that undo works.
export function replaceText(area, from, to, text) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(from, to);
    const done = text ? document.execCommand('insertText', false, text) : document.execCommand('delete');
    if (done) return;
    area.setRangeText(text, from, to, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
}

/* ---- painting ---- */

function span(kind, text) {
    const element = document.createElement('span');
    element.className = `x-${kind}`;
    element.textContent = text;
    return element;
}

function paintTag(into, text, token) {
    let at = token.inside;
    into.append(span('tag', text.slice(token.start, at)));
    for (const { name, start, end } of token.attrs) {
        into.append(text.slice(at, start), span('attr', name), span('value', text.slice(start + name.length, end)));
        at = end;
    }
    into.append(span('tag', text.slice(at, token.end)));
}

function painted(text) {
    const all = document.createDocumentFragment();
    let at = 0;
    for (const token of text.length > PAINT_MOST ? [] : scan(text)) {
        all.append(text.slice(at, token.start));
        if (token.kind === 'comment') all.append(span('comment', text.slice(token.start, token.end)));
        else paintTag(all, text, token);
        at = token.end;
    }
    all.append(text.slice(at), '\n');
    return all;
}

/* ---- what may stand at the caret ---- */

function parentAt(text, at) {
    const open = [];
    for (const token of scan(text.slice(0, at))) {
        if (token.kind === 'open' && token.end < at + 1 && text[token.end - 1] === '>') open.push(token.name);
        if (token.kind === 'close') open.splice(Math.max(0, open.lastIndexOf(token.name)));
    }
    return open.at(-1) ?? null;
}

function namesOfObjects(text) {
    const names = [];
    for (const { token } of walk(elements(text))) {
        const name = attribute(token, 'name')?.value;
        if (name && !attribute(token, 'toName') && token.name !== 'Bucket') names.push(name);
    }
    return names;
}

function valuesOf(area, tag, name) {
    if (name === 'toName') return namesOfObjects(area.value);
    if ((name === 'value' || name === 'valueList') && TAGS[tag]?.kind !== 'label') {
        return (area.dataset.fields ?? '').split(',').map((field) => field.trim()).filter(Boolean).map((field) => `$${field}`);
    }
    return TAGS[tag]?.attrs[name] ?? [];
}

function insertAttribute(tag, name) {
    return { text: name, insert: `${name}=""`, back: 1 };
}

function insertTag(name) {
    const { attrs } = TAGS[name];
    const needed = ['name', 'toName', 'value'].filter((one) => one in attrs && !(one === 'value' && TAGS[name].kind === 'control'));
    const text = `${name}${needed.map((one) => ` ${one}=""`).join('')}`;
    const closes = /Labels$|^(View|Choices|Taxonomy|Relations|Ranker|Collapse|Panel|Repeater|TimeSeries)$/.test(name);
    const whole = closes ? `${text}></${name}>` : `${text}/>`;
    const caret = needed.length ? whole.indexOf('""') + 1 : closes ? text.length + 1 : whole.length;
    return { text: name, insert: whole, back: whole.length - caret };
}

// {from, items: [{text, insert, back}]}: what stands between `from` and the caret is replaced.
function offers(area, asked) {
    const at = area.selectionStart, text = area.value, before = text.slice(0, at);
    const tag = /<([A-Za-z][\w]*)?$/.exec(before);
    if (tag) {
        const begun = (tag[1] ?? '').toLowerCase();
        const items = tagsInside(parentAt(text, tag.index)).filter((name) => name.toLowerCase().startsWith(begun)).map(insertTag);
        return { from: tag.index + 1, items };
    }
    const token = scan(before).at(-1);
    if (!token || !['open', 'empty'].includes(token.kind) || token.end < at || before.endsWith('>')) return null;
    const value = /([\w:.-]+)\s*=\s*["']([^"']*)$/.exec(before.slice(token.inside));
    if (value) {
        const begun = value[2].toLowerCase();
        const items = valuesOf(area, token.name, value[1]).filter((one) => one.toLowerCase().startsWith(begun) && one !== value[2]);
        return { from: at - value[2].length, items: items.map((one) => ({ text: one, insert: one, back: 0 })) };
    }
    const name = /(\s)([A-Za-z]*)$/.exec(before);
    if (!name || (!name[2] && !asked)) return null;
    const begun = name[2].toLowerCase(), whole = scan(text).find(({ start }) => start === token.start) ?? token;
    const used = new Set(whole.attrs.filter(({ start }) => start !== at - name[2].length).map((one) => one.name));
    const items = Object.keys(TAGS[token.name]?.attrs ?? {}).filter((one) => one.toLowerCase().startsWith(begun) && !used.has(one));
    return { from: at - name[2].length, items: items.map((one) => insertAttribute(token.name, one)) };
}

/* ---- one editor ---- */

function enhance(area) {
    const box = document.createElement('div'), under = document.createElement('pre'), list = document.createElement('ul');
    box.className = 'xml-editor';
    under.setAttribute('aria-hidden', 'true');
    list.className = 'xml-offers';
    list.id = `${area.id}-offers`;
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Completions');
    area.replaceWith(box);
    box.append(under, area, list);
    area.setAttribute('aria-autocomplete', 'list');
    area.setAttribute('aria-controls', list.id);
    let current = null, chosen = 0, badLine = Number(area.dataset.badLine ?? 0);

    const follow = () => under.scrollTo(area.scrollLeft, area.scrollTop);

    function paint() {
        under.replaceChildren(painted(area.value));
        if (badLine) markLine();
        follow();
    }

    // The bar behind the bad line is an element of its own, so that no style attribute is needed: it stands before the line's text.
    function markLine() {
        let left = badLine - 1;
        const walker = document.createTreeWalker(under, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            let at = 0;
            while (left > 0 && (at = node.data.indexOf('\n', at) + 1) > 0) left--;
            if (left > 0) continue;
            const mark = document.createElement('i');
            mark.className = 'x-bad';
            (at > 0 ? node.splitText(at) : node).before(mark);
            return;
        }
    }

    function close() {
        current = null;
        list.hidden = true;
        area.removeAttribute('aria-activedescendant');
    }

    function choose(index) {
        chosen = (index + list.children.length) % list.children.length;
        for (const [i, item] of [...list.children].entries()) item.setAttribute('aria-selected', String(i === chosen));
        area.setAttribute('aria-activedescendant', list.children[chosen].id);
        list.children[chosen].scrollIntoView({ block: 'nearest' });
    }

    function place() {
        const range = document.createRange(), walker = document.createTreeWalker(under, NodeFilter.SHOW_TEXT);
        let left = current.from;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (left > node.length) {
                left -= node.length;
                continue;
            }
            range.setStart(node, left);
            break;
        }
        const at = range.getBoundingClientRect(), frame = box.getBoundingClientRect();
        list.style.left = `${Math.max(0, Math.min(at.left - frame.left, frame.width - 200))}px`;
        list.style.top = `${at.bottom - frame.top + 2}px`;
    }

    function offer(asked) {
        current = area.selectionStart === area.selectionEnd ? offers(area, asked) : null;
        if (!current?.items.length) return close();
        list.replaceChildren(...current.items.slice(0, MOST_OFFERED).map(({ text }, i) => {
            const item = document.createElement('li');
            item.id = `${list.id}-${i}`;
            item.setAttribute('role', 'option');
            item.textContent = text;
            return item;
        }));
        list.hidden = false;
        place();
        choose(0);
    }

    function take() {
        const { from, items } = current, { insert, back } = items[chosen];
        close();
        replaceText(area, from, area.selectionStart, insert);
        area.selectionStart = area.selectionEnd = area.selectionStart - back;
        if (back) offer(false);
    }

    area.addEventListener('input', (event) => {
        badLine = 0;
        paint();
        if (event.inputType === 'insertText' && document.activeElement === area) offer(false);
        else if (!list.hidden) offer(false);
    });
    area.addEventListener('change', paint);
    area.addEventListener('scroll', () => { follow(); close(); });
    area.addEventListener('blur', () => setTimeout(close, 150));
    area.addEventListener('click', close);
    list.addEventListener('mousedown', (event) => {
        const item = event.target.closest('li');
        if (!item) return;
        event.preventDefault();
        chosen = [...list.children].indexOf(item);
        take();
    });
    area.addEventListener('keydown', (event) => {
        if (event.key === ' ' && event.ctrlKey) {
            event.preventDefault();
            offer(true);
        }
        if (list.hidden) return;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) choose(chosen + step);
        else if (event.key === 'Enter' || event.key === 'Tab') take();
        else if (event.key === 'Escape') close();
        else return;
        event.preventDefault();
        event.stopImmediatePropagation();
    }, { capture: true });
    // The line that the server found wrong, 0 for none.
    area.addEventListener('xml:bad', ({ detail }) => {
        badLine = detail;
        paint();
    });
    new ResizeObserver(follow).observe(area);
    paint();
}

for (const area of document.querySelectorAll('textarea[data-xml]')) enhance(area);
