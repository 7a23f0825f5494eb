/* Border following after Suzuki and Abe (1985), outer borders only. The mask gets a frame of background, so no step leaves it. */
#include "export/contours.h"

#include <string.h>

enum { EMPTY, INSIDE, OUTSIDE /* background that touches the frame */ };

struct picture {
    struct arena *a;
    unsigned char *p;
    size_t width, height; /* with the frame */
    size_t *stack, n, room;
};

/* Neighbours against the clock, beginning on the right. */
static const int step_x[8] = {1, 1, 0, -1, -1, -1, 0, 1}, step_y[8] = {0, -1, -1, -1, 0, 1, 1, 1};

static size_t beside(const struct picture *m, size_t at, unsigned direction)
{
    return at + (size_t)(step_y[direction] * (long)m->width + step_x[direction]);
}

/* ---- filling ---- */

static void push(struct picture *m, size_t at)
{
    m->stack = exp_room(m->a, m->stack, m->n, &m->room, sizeof *m->stack);
    m->stack[m->n++] = at;
}

/* First pixels of the runs of `from` in one row between two columns. */
static void push_runs(struct picture *m, size_t row, size_t left, size_t right, unsigned char from)
{
    bool in_run = false;

    for (size_t x = left; x <= right; x++) {
        bool same = m->p[row * m->width + x] == from;
        if (same && !in_run)
            push(m, row * m->width + x);
        in_run = same;
    }
}

/* The area of one value around a pixel gets another; corners: also what is joined by a corner only. */
static void fill(struct picture *m, size_t at, unsigned char to, bool corners)
{
    unsigned char from = m->p[at];

    push(m, at);
    while (m->n > 0) {
        size_t seed = m->stack[--m->n], row = seed / m->width, left = seed % m->width, right = left;

        if (m->p[seed] != from)
            continue;
        while (left > 0 && m->p[row * m->width + left - 1] == from)
            left--;
        while (right + 1 < m->width && m->p[row * m->width + right + 1] == from)
            right++;
        memset(m->p + row * m->width + left, to, right - left + 1);
        left -= corners && left > 0;
        right += corners && right + 1 < m->width;
        if (row > 0)
            push_runs(m, row - 1, left, right, from);
        if (row + 1 < m->height)
            push_runs(m, row + 1, left, right, from);
    }
}

/* ---- following ---- */

static bool is_inside(const struct picture *m, size_t at)
{
    return m->p[at] == INSIDE;
}

static void point_add(const struct picture *m, struct contour *c, size_t *room, size_t at)
{
    c->points = exp_room(m->a, c->points, c->n, room, sizeof *c->points);
    c->points[c->n++] = (struct exp_point){(double)(at % m->width) - 1, (double)(at / m->width) - 1};
}

static struct contour follow(const struct picture *m, size_t first)
{
    unsigned direction = 4, before;
    struct contour c = {0};
    size_t at = first, last, next, room = 0;

    do
        direction = (direction + 7) % 8;
    while (direction != 4 && !is_inside(m, beside(m, first, direction)));
    if (direction == 4) {
        point_add(m, &c, &room, first);
        return c;
    }
    last = beside(m, first, direction);
    before = (direction + 4) % 8;
    for (;; at = next, direction = (direction + 4) % 8) {
        do {
            direction = (direction + 1) % 8;
            next = beside(m, at, direction);
        } while (!is_inside(m, next));
        if (direction != before)
            point_add(m, &c, &room, at);
        before = direction;
        if (next == first && at == last)
            return c;
    }
}

/* ---- the whole ---- */

static void reverse(struct contour *c, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct contour swap = c[i];
        c[i] = c[n - 1 - i];
        c[n - 1 - i] = swap;
    }
}

static void framed(struct picture *m, const unsigned char *alpha)
{
    for (size_t y = 1; y + 1 < m->height; y++)
        for (size_t x = 1; x + 1 < m->width; x++)
            m->p[y * m->width + x] = *alpha++ ? INSIDE : EMPTY;
    fill(m, 0, OUTSIDE, false);
}

void contours_find(struct arena *a, const unsigned char *alpha, size_t width, size_t height, struct contour **out, size_t *n)
{
    struct picture m = {.a = a, .width = width + 2, .height = height + 2};
    size_t room = 0;

    *out = NULL;
    *n = 0;
    m.p = arena_alloc(a, m.width * m.height);
    framed(&m, alpha);
    for (size_t at = 1; at < m.width * m.height; at++) {
        if (!is_inside(&m, at) || m.p[at - 1] != OUTSIDE)
            continue;
        *out = exp_room(a, *out, *n, &room, sizeof **out);
        (*out)[(*n)++] = follow(&m, at);
        fill(&m, at, EMPTY, true);
    }
    reverse(*out, *n);
}
