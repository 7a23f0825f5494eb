// The project's instruction: opens by itself once per text and browser, and from its button whenever it is wanted.

function digest(text) {
    let hash = 5381;
    for (let i = 0; i < text.length; i++) hash = (hash * 33 + text.charCodeAt(i)) >>> 0;
    return `${text.length}.${hash}`;
}

function seenBefore(key, text) {
    try {
        const before = localStorage.getItem(key) === digest(text);
        localStorage.setItem(key, digest(text));
        return before;
    } catch {
        return false;
    }
}

// place: sets users and projects of this origin apart
export function showInstruction({ project, session, place }) {
    const text = project.expert_instruction;
    const button = document.getElementById('labelling-instruction');
    if (!text) return;
    if (button) {
        button.hidden = false;
        button.addEventListener('click', () => session.store?.toggleDescription());
    }
    if (project.show_instruction && !seenBefore(`labeld-instruction:${place}`, text)) session.store?.toggleDescription();
}
