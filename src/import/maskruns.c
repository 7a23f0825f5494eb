/* A run is written when the next one does not follow it at once: runs that go on in the next row are one. */
#include "import/maskruns.h"

void maskruns_begin(struct maskruns *m, struct arena *a, size_t width, size_t height)
{
    *m = (struct maskruns){.width = width, .height = height, .left = width, .top = height};
    strbuf_init(&m->out, a, SIZE_MAX);
    rle_begin(&m->w, &m->out, width * height);
}

static void run_write(struct maskruns *m)
{
    rle_run(&m->w, m->from - m->at, 0);
    rle_run(&m->w, m->to - m->from, 255);
    m->at = m->to;
}

void maskruns_add(struct maskruns *m, size_t y, size_t from, size_t to)
{
    size_t start = y * m->width;

    m->left = from < m->left ? from : m->left;
    m->right = to > m->right ? to : m->right;
    m->top = y < m->top ? y : m->top;
    m->low = y + 1;
    if (start + from != m->to || !m->runs) {
        run_write(m);
        m->from = start + from;
        m->runs++;
    }
    m->to = start + to;
}

void maskruns_end(struct maskruns *m, struct arena *a, struct foreign_region *r)
{
    run_write(m);
    rle_run(&m->w, m->width * m->height - m->at, 0);
    rle_end(&m->w);
    r->rle = (struct span){arena_memdup(a, m->out.buf, m->out.len), m->out.len};
    if (m->right <= m->left)
        return;
    r->x = (double)m->left * 100 / (double)m->width;
    r->y = (double)m->top * 100 / (double)m->height;
    r->width = (double)(m->right - m->left) * 100 / (double)m->width;
    r->height = (double)(m->low - m->top) * 100 / (double)m->height;
}

size_t maskruns_bytes(const struct maskruns *m)
{
    return m->out.len;
}
