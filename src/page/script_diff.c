/* What changed from one version to another, with a few lines around each change. */
#include "page/script_diff.h"

#include <stdint.h>

#include "base/linediff.h"
#include "page/page.h"

enum { AROUND = 3 };

static const char *line_text(struct arena *a, size_t line)
{
    return line ? arena_printf(a, "%zu", line) : NULL;
}

static json_t *line_object(struct arena *a, const struct line_change *c, size_t gap)
{
    json_t *o = json_object();

    page_set_text(o, "sign", gap ? NULL : c->kind == ' ' ? " " : c->kind == '+' ? "+" : "-");
    page_set_bool(o, "added", !gap && c->kind == '+');
    page_set_bool(o, "removed", !gap && c->kind == '-');
    page_set_text(o, "old_text", gap ? NULL : line_text(a, c->old_line));
    page_set_text(o, "new_text", gap ? NULL : line_text(a, c->new_line));
    page_set_text(o, "text", gap ? NULL : c->text);
    page_set_text(o, "gap_text", gap ? page_counted(a, (int64_t)gap, "line unchanged", "lines unchanged") : NULL);
    return o;
}

/* Lines that stay, from i on. */
static size_t quiet_from(const struct line_change *all, size_t n, size_t i)
{
    size_t end = i;

    while (end < n && all[end].kind == ' ')
        end++;
    return end - i;
}

/* Of a stretch of unchanged lines those beside a change are shown; one line left out would save no room. Gives how many were taken. */
static size_t put_quiet(struct arena *a, json_t *lines, const struct line_change *all, size_t n, size_t i, size_t stretch)
{
    size_t before = i ? AROUND : 0, after = i + stretch < n ? AROUND : 0;

    if (stretch <= before + after + 1) {
        before = stretch;
        after = 0;
    }
    for (size_t k = 0; k < before; k++)
        json_array_append_new(lines, line_object(a, &all[i + k], 0));
    if (before + after < stretch)
        json_array_append_new(lines, line_object(a, &all[i], stretch - before - after));
    for (size_t k = stretch - after; k < stretch; k++)
        json_array_append_new(lines, line_object(a, &all[i + k], 0));
    return stretch;
}

json_t *script_diff(struct arena *a, const char *old, const char *new)
{
    size_t n, i = 0;
    int64_t added = 0, removed = 0;
    const struct line_change *all = linediff(a, old, new, &n);
    json_t *o = json_object(), *lines = json_array();

    while (i < n) {
        size_t stretch = quiet_from(all, n, i);

        if (stretch) {
            i += put_quiet(a, lines, all, n, i, stretch);
            continue;
        }
        added += all[i].kind == '+';
        removed += all[i].kind == '-';
        json_array_append_new(lines, line_object(a, &all[i], 0));
        i++;
    }
    json_object_set_new(o, "lines", lines);
    page_set_bool(o, "same", added + removed == 0);
    page_set_text(o, "added_text", page_counted(a, added, "line came", "lines came"));
    page_set_text(o, "removed_text", page_counted(a, removed, "line went", "lines went"));
    return o;
}
