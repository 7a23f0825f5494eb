// Light or dark for the editor, which reads it from an attribute of its own: what the user chose, else the system's choice.

const system = matchMedia('(prefers-color-scheme: dark)');
const root = document.documentElement;

function apply() {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
    root.dataset.colorScheme = dark ? 'dark' : 'light';
}

export function followTheme() {
    apply();
    system.addEventListener('change', apply);
    new MutationObserver(apply).observe(root, { attributeFilter: ['data-theme'] });
}
