// A dialog that asks for a comment; resolves to the text, or null when it was closed without.

import { element, openDialog } from './own-dialog.js';

export function askComment({ title, action, required }) {
    const field = element('textarea', { id: 'comment', rows: 4, maxLength: 10_000, required });
    const dialog = element('dialog', {},
        element('form', { method: 'dialog' },
            element('h2', { id: 'comment-title', textContent: title }),
            element('label', { htmlFor: 'comment', textContent: 'Comment' }),
            field,
            element('p', { className: 'labelling-dialog__actions' },
                element('button', { className: 'button button--primary', value: 'ok', textContent: action }),
                element('button', { className: 'button', value: 'cancel', formNoValidate: true, textContent: 'Cancel' }))));
    field.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) dialog.querySelector('[value=ok]').click();
    });
    field.addEventListener('input', () => field.setCustomValidity(required && !field.value.trim() ? 'Say why in a few words.' : ''));

    openDialog(dialog, 'comment-title');
    field.focus();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve(dialog.returnValue === 'ok' ? field.value.trim() : null);
        });
    });
}
