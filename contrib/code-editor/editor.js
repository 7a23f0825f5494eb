// The editor of project scripts: CodeMirror with what labeld's settings use of it. contrib/install-code-editor bundles this file; the
// page loads the bundle beside templates/static/js/script-editor.js, which knows the page.
//
// It lives in a shadow root, where its styles are constructed sheets: the page's Content-Security-Policy allows no others.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript';
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { forceLinting, lintGutter, lintKeymap, linter } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { parse } from 'acorn';

// The page's own colours, in light and dark.
const COLOURS = HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--accent)', fontWeight: '600' },
    { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--green)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--amber)' },
    { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--accent)' },
    { tag: tags.invalid, color: 'var(--red)' },
]);

const LOOK = EditorView.theme({
    '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: '12.5px' },
    '&.cm-focused': { outline: '2px solid var(--accent)' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
    '.cm-content': { caretColor: 'var(--ink)' },
    '.cm-cursor': { borderLeftColor: 'var(--ink)' },
    '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
        { background: 'color-mix(in srgb, var(--accent) 25%, transparent)' },
    '.cm-searchMatch, .cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--amber) 30%, transparent)' },
    '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)', borderColor: 'var(--line)' },
    '.cm-textfield, .cm-button': { background: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)', borderRadius: '4px' },
    '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--surface)' },
});

const BEFORE = '(async function (LSI) {\n';

// What the browser will say of the script: it runs as the body of an async function, not as a module. Null, or {from, to, message}.
export function wrongWith(text) {
    const whole = `${BEFORE}${text}\n})`;
    const at = (pos) => Math.max(0, Math.min(pos - BEFORE.length, text.length));
    try {
        const { body: [first, ...more] } = parse(whole, { ecmaVersion: 'latest', sourceType: 'script' });
        if (!more.length && first.expression.type === 'FunctionExpression') return null;
        const end = at(first.expression.callee?.end ?? first.end);
        return { from: Math.max(0, end - 1), to: end, message: 'A bracket too many closes the script here' };
    } catch (error) {
        const from = at(error.pos);
        return { from, to: Math.min(from + 1, text.length), message: error.message.replace(/ \(\d+:\d+\)$/, '') };
    }
}

// Files of other hosts can change under their address.
function unchecked(text) {
    return [...text.matchAll(/\bLSI\.import\(\s*(['"])https?:[^'"]*\1\s*\)/g)].map((found) => ({
        from: found.index, to: found.index + found[0].length, severity: 'info',
        message: 'Without an integrity the browser takes whatever lies there: LSI.import(url, "sha384-…")',
    }));
}

function diagnostics(view, marks) {
    const { doc } = view.state, found = wrongWith(doc.toString());
    const seen = marks.filter(({ line }) => line >= 1 && line <= doc.lines).map(({ line, message }) => {
        const { from, to } = doc.line(line);
        return { from, to, severity: 'warning', message };
    });
    return [...(found ? [{ ...found, severity: 'error' }] : []), ...seen, ...unchecked(doc.toString())];
}

// What LSI has, then the names of this project: {label, detail, after?}: offered behind the text `after`, else as a word.
function offers(words) {
    return (context) => {
        const before = context.state.doc.lineAt(context.pos), line = before.text.slice(0, context.pos - before.from);
        const word = /[\w$]*$/.exec(line)[0], owner = /([\w.]+)\.[\w$]*$/.exec(line)?.[1] ?? null;
        const quoted = /["'][^"']*$/.test(line);
        if (!word && !owner && !context.explicit && !quoted) return null;
        const fits = ({ after, text }) => (text ? quoted : after ? owner?.endsWith(after) : !owner && !quoted);
        const options = words.filter(fits).map(({ label, detail }) => ({ label, detail, type: 'property' }));
        return options.length ? { from: context.pos - word.length, options, validFor: /^[\w$ .-]*$/ } : null;
    };
}

// Puts an editor into the shadow root of `host`.
//   text, label   what is edited, and its name for screen readers
//   words         offered while typing
//   marks         [{line, message}]: what went wrong where the text ran, gone from a line once the text changes
//   onChange(text)
// Gives {text, setText(text), focus, goTo(line), recheck}.
export function createEditor({ host, text, label, describedBy, words, marks, onChange }) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    let shown = marks;
    const view = new EditorView({
        root,
        parent: root,
        state: EditorState.create({
            doc: text,
            extensions: [
                lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), foldGutter(), drawSelection(),
                EditorState.allowMultipleSelections.of(true), indentOnInput(), indentUnit.of('    '), bracketMatching(), closeBrackets(),
                highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), syntaxHighlighting(COLOURS), LOOK,
                javascript(), javascriptLanguage.data.of({ autocomplete: offers(words) }), autocompletion(),
                linter((it) => diagnostics(it, shown), { delay: 300 }), lintGutter(),
                keymap.of([...closeBracketsKeymap, ...searchKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap,
                    ...lintKeymap, indentWithTab]),
                EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-description': describedBy }),
                EditorView.updateListener.of((update) => {
                    if (!update.docChanged) return;
                    shown = [];
                    onChange(update.state.doc.toString());
                }),
            ],
        }),
    });
    return {
        text: () => view.state.doc.toString(),
        setText: (now) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now } }),
        focus: () => view.focus(),
        goTo(line) {
            const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
            view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
            view.focus();
        },
        mark(list) {
            shown = list;
            forceLinting(view);
        },
    };
}
