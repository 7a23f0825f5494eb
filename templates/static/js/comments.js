// The editor's comments panel: what it asks for and sends, as requests.

import { hidesNames } from './task-model.js';

// after.failed(error)  tells that a comment was not stored
export function createComments({ api, page, session, after }) {
    const path = `/api/comments/`;

    // The editor knows people by what it was told; whoever commented is made known first.
    function shown(comments) {
        const list = comments.map(({ created_by: author, ...rest }) => ({ ...rest, created_by: author?.id ?? null }));
        const people = comments.map(({ created_by: author }) => author).filter((author) => author && (author.id === page.user.id || !hidesNames(page)));
        session.store?.enrichUsers?.(people);
        return list;
    }

    async function list({ annotation, draft }) {
        const query = new URLSearchParams({ ordering: '-id', expand_created_by: 'true' });
        if (annotation) query.set('annotation', annotation);
        if (draft) query.set('draft', draft);
        if (!annotation && !draft) return [];
        return shown(await api.get(`${path}?${query}`));
    }

    async function create({ annotation, draft, text, is_resolved, isResolved, region_ref, regionRef, classifications }) {
        const body = { text, is_resolved: is_resolved ?? isResolved ?? false };
        const region = region_ref ?? regionRef;
        if (region) body.region_ref = region;
        if (classifications) body.classifications = classifications;
        if (annotation) body.annotation = Number(annotation);
        else body.draft = Number(draft);
        try {
            return await api.post(path, body);
        } catch (error) {
            after.failed(error);
            throw error;
        }
    }

    async function update({ id, regionRef, ...change }) {
        return api.patch(`${path}${id}/`, regionRef === undefined ? change : { ...change, region_ref: regionRef });
    }

    const remove = ({ id }) => api.del(`${path}${id}/`);

    return {
        // What was typed before the annotation had a number goes out when it has one.
        async deliver() {
            if (page.can.comment) await session.store?.commentStore?.persistQueuedComments?.();
        },
        events: { 'comments:list': list, 'comments:create': create, 'comments:update': update, 'comments:delete': remove },
    };
}
