// [data-labels="ID of the textarea"]: the labels of each control as rows with name, colour and hotkey. Every change is written into
// the configuration's text at once, in its place; what else stands there stays as it is.
import { attribute, elements, encode, walk } from './xml-scan.js';
import { TAGS } from './config-tags.js';
import { replaceText } from './xml-editor.js';

const COLOURS = ['#3350cf', '#c2410c', '#17804c', '#d97706', '#a21caf', '#0f766e', '#be123c', '#0369a1', '#4d7c0f', '#475569'];
const LIST = { Choices: 'Choice', Taxonomy: 'Choice', Relations: 'Relation' };

const childName = (control) => LIST[control] ?? (/Labels$/.test(control) ? 'Label' : null);

// The lists of a configuration: [{element, child, title, labels: [element]}].
function lists(text) {
    const found = [];
    for (const element of walk(elements(text))) {
        const child = childName(element.token.name);
        if (!child || attribute(element.token, 'apiUrl')) continue;
        const name = attribute(element.token, 'name')?.value;
        if (!name && element.token.name !== 'Relations') continue;
        found.push({
            element, child, title: name ? `${name} (${element.token.name})` : element.token.name,
            labels: element.children.filter(({ token }) => token.name === child),
        });
    }
    return found;
}

function field(kind, label, value) {
    const input = document.createElement('input');
    input.type = kind;
    input.defaultValue = value;
    input.setAttribute('aria-label', label);
    input.autocomplete = 'off';
    return input;
}

function button(text, label, act) {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = 'btn quiet small';
    element.textContent = text;
    element.setAttribute('aria-label', label);
    element.title = label;
    element.addEventListener('click', act);
    return element;
}

function start(box) {
    const area = document.getElementById(box.dataset.labels);
    let writing = false;

    // The lists are read anew before each change: places have moved since they were drawn.
    const listAt = (index) => lists(area.value)[index];

    function write(from, to, text) {
        const top = scrollY, active = document.activeElement;
        writing = true;
        replaceText(area, from, to, text);
        writing = false;
        area.dispatchEvent(new Event('change', { bubbles: true }));
        if (active === document.body || !active.isConnected) area.blur();
        else active.focus({ preventScroll: true });
        scrollTo({ top });
    }

    function setAttribute(token, name, value) {
        const has = attribute(token, name);
        if (has && value === '' && name !== 'value') return write(has.start - 1, has.end, '');
        if (has) return write(has.from, has.to, encode(value));
        if (value === '') return undefined;
        const at = token.attrs.at(-1)?.end ?? token.inside;
        return write(at, at, ` ${name}="${encode(value)}"`);
    }

    function whole({ token, close }) {
        const before = /\n[ \t]*$/.exec(area.value.slice(0, token.start));
        return { from: before ? before.index : token.start, to: (close ?? token).end };
    }

    function remove(list, index) {
        const { from, to } = whole(listAt(list).labels[index]);
        write(from, to, '');
        draw();
    }

    function move(list, index, by) {
        const { labels } = listAt(list);
        const [first, second] = by < 0 ? [labels[index - 1], labels[index]] : [labels[index], labels[index + 1]];
        const a = whole(first), b = whole(second), text = area.value;
        write(a.from, b.to, text.slice(b.from, b.to) + text.slice(a.to, b.from) + text.slice(a.from, a.to));
        draw();
        box.querySelector(`[data-row="${list}-${index + by}"] input`)?.focus();
    }

    function indentOf(place) {
        return /[ \t]*$/.exec(area.value.slice(0, place))[0];
    }

    function add(list, names) {
        const { element, child, labels } = listAt(list), last = labels.at(-1);
        const lead = last ? indentOf(last.token.start) : `${indentOf(element.token.start)}  `;
        const tags = names.map((name, i) => {
            const colour = child === 'Label' ? ` background="${COLOURS[(labels.length + i) % COLOURS.length]}"` : '';
            return `\n${lead}<${child} value="${encode(name)}"${colour}/>`;
        }).join('');
        if (last) {
            const { to } = whole(last);
            write(to, to, tags);
        } else if (element.token.kind === 'empty') {
            const from = element.token.start + area.value.slice(element.token.start, element.token.end).lastIndexOf('/');
            write(from, element.token.end, `>${tags}\n${indentOf(element.token.start)}</${element.token.name}>`);
        } else {
            const { end } = element.token;
            write(end, end, `${tags}\n${indentOf(element.token.start)}`);
        }
        draw();
    }

    // A field that is being left has no focus and the next one not yet: writing, which needs the focus for a moment, would keep the next
    // from getting it. The form waits for it.
    let waiting = null;
    const flush = () => {
        const act = waiting;
        waiting = null;
        act?.();
    };
    const settled = (act) => () => {
        flush();
        if (document.activeElement !== document.body) return act();
        waiting = act;
        return setTimeout(flush);
    };
    area.form?.addEventListener('submit', flush, { capture: true });

    function row(list, index, label, count) {
        const line = document.createElement('li');
        line.className = 'label-row';
        line.dataset.row = `${list}-${index}`;
        const read = (name) => attribute(label.token, name)?.value ?? '';
        const name = field('text', `Label ${index + 1}`, read('value'));
        const key = field('text', `Hotkey of ${read('value')}`, read('hotkey'));
        key.className = 'key';
        key.maxLength = 20;
        key.placeholder = 'key';
        const set = (attr, input) => setAttribute(listAt(list).labels[index].token, attr, input.value.trim());
        name.addEventListener('change', settled(() => (name.value.trim() ? set('value', name) : draw())));
        key.addEventListener('change', settled(() => set('hotkey', key)));
        if (TAGS[label.token.name]?.attrs.background !== undefined) {
            const background = read('background');
            const colour = field('color', `Colour of ${read('value')}`, /^#[\da-f]{6}$/i.test(background) ? background : '#888888');
            colour.addEventListener('change', settled(() => set('background', colour)));
            line.append(colour);
        }
        line.append(name);
        if (TAGS[label.token.name]?.attrs.hotkey !== undefined) line.append(key);
        const up = button('↑', `Move ${read('value')} up`, () => move(list, index, -1));
        const down = button('↓', `Move ${read('value')} down`, () => move(list, index, 1));
        up.disabled = index === 0;
        down.disabled = index === count - 1;
        line.append(up, down, button('×', `Remove ${read('value')}`, () => remove(list, index)));
        return line;
    }

    function adder(list) {
        const line = document.createElement('div');
        line.className = 'label-row';
        const names = field('text', 'New labels, separated by commas', '');
        names.placeholder = 'New labels, separated by commas';
        const act = () => {
            const wanted = names.value.split(',').map((name) => name.trim()).filter(Boolean);
            if (!wanted.length) return;
            add(list, wanted);
            box.querySelector(`[data-adder="${list}"] input`)?.focus();
        };
        names.addEventListener('keydown', (event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            event.stopPropagation();
            act();
        });
        line.dataset.adder = list;
        line.append(names, button('Add', 'Add these labels', act));
        return line;
    }

    // The field that has the focus, as a selector that finds it again after drawing.
    function place() {
        const row = document.activeElement?.closest('[data-row], [data-adder]');
        if (!row || !box.contains(row)) return null;
        const name = 'row' in row.dataset ? 'row' : 'adder';
        return { row: `[data-${name}="${row.dataset[name]}"]`, nth: [...row.children].indexOf(document.activeElement) };
    }

    function draw() {
        const found = lists(area.value), focused = place();
        box.hidden = found.length === 0;
        box.querySelector('[data-label-lists]').replaceChildren(...found.map(({ title, labels }, list) => {
            const group = document.createElement('fieldset'), legend = document.createElement('legend'), rows = document.createElement('ul');
            legend.textContent = title;
            rows.className = 'label-rows';
            rows.append(...labels.map((label, index) => row(list, index, label, labels.length)));
            group.append(legend, rows, adder(list));
            return group;
        }));
        if (focused) box.querySelector(focused.row)?.children[focused.nth]?.focus({ preventScroll: true });
    }

    // What is being typed into a field is not drawn over; its own change draws anew.
    const typing = () => [...box.querySelectorAll('input:focus')].some((input) => input.value !== input.defaultValue);
    let timer;
    const soon = () => {
        if (writing) return;
        clearTimeout(timer);
        timer = setTimeout(() => (typing() ? soon() : draw()), 300);
    };
    area.addEventListener('input', soon);
    area.addEventListener('change', soon);
    draw();
}

for (const box of document.querySelectorAll('[data-labels]')) start(box);
