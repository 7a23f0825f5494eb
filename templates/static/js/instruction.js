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

// Reviewers have one of their own. Pictures in it are stored without the path that this server lives below.
export function instructionOf({ project, reviewing, base }) {
    const of = reviewing ? project.review_settings ?? {} : { instruction: project.expert_instruction, show_instruction: project.show_instruction };
    const text = of.instruction?.replaceAll('src="/data/upload/', `src="${base ?? ''}/data/upload/`) || null;
    return { text, opens: Boolean(text && of.show_instruction) };
}

// place: sets users and projects of this origin apart
export function showInstruction({ page, session, place }) {
    const { text, opens } = instructionOf(page);
    const button = document.getElementById('labelling-instruction');
    if (!text) return;
    if (button) {
        button.hidden = false;
        button.addEventListener('click', () => session.store?.toggleDescription());
    }
    if (opens && !seenBefore(`labeld-instruction:${page.reviewing ? 'review:' : ''}${place}`, text)) session.store?.toggleDescription();
}
