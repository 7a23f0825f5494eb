/* Format ASR_MANIFEST: one line of JSON for each transcribed WAV file, and the files. */
#include <string.h>
#include <unistd.h>

#include "export/jsontext.h"
#include "export/pictures.h"
#include "export/shape.h"
#include "json/jw.h"

struct manifest {
    struct exp_pictures p; /* first: callbacks get its address */
    struct exp_spool *lines;
};

/* ---- WAV ---- */

enum { CHUNKS_MOST = 10000 }; /* of a file that is nothing but heads of chunks there would be no end */

static uint32_t le(const unsigned char *p, size_t n)
{
    uint32_t v = 0;

    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static bool chunk_read(int fd, int64_t at, unsigned char *p, size_t n)
{
    return pread(fd, p, n, at) == (ssize_t)n;
}

enum { PCM = 1, EXTENSIBLE = 0xfffe, FORMAT_BYTES = 16, HEAD_BYTES = 8 };

struct wav {
    uint32_t tag, rate, frame; /* frame: bytes of one; 0 = not known */
};

static void format_read(int fd, int64_t at, struct wav *w)
{
    unsigned char f[FORMAT_BYTES];

    if (chunk_read(fd, at, f, sizeof f))
        *w = (struct wav){.tag = le(f, 2), .rate = le(f + 4, 4), .frame = le(f + 2, 2) * ((le(f + 14, 2) + 7) / 8)};
}

/* Frames over rate, as the head says, whether all bytes came or not; chunks other than these two are passed over. The reference server leaves
 * sound other than PCM out; corrected has it. */
static bool wav_seconds(int fd, bool corrected, double *out)
{
    unsigned char head[12], chunk[HEAD_BYTES];
    struct wav w = {0};
    int64_t end;

    if (!chunk_read(fd, 0, head, sizeof head) || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WAVE", 4) != 0)
        return false;
    end = corrected ? INT64_MAX : (int64_t)le(head + 4, 4) + HEAD_BYTES;
    for (int64_t at = sizeof head, n = 0; n < CHUNKS_MOST && at + HEAD_BYTES <= end && chunk_read(fd, at, chunk, sizeof chunk); n++) {
        uint32_t len = le(chunk + 4, 4);

        if (memcmp(chunk, "fmt ", 4) == 0)
            format_read(fd, at + HEAD_BYTES, &w);
        if (memcmp(chunk, "data", 4) == 0) {
            *out = w.rate && w.frame ? (double)(len / w.frame) / w.rate : 0;
            return w.rate && w.frame && (corrected || w.tag == PCM || w.tag == EXTENSIBLE);
        }
        at += HEAD_BYTES + (int64_t)len + len % 2;
    }
    return false;
}

/* ---- lines ---- */

/* Of the first control whose first value has one. */
static err *transcript(struct arena *a, const struct exp_item *it, const char **out)
{
    const char *const *texts;
    struct exp_shape s;
    size_t n;

    *out = NULL;
    for (size_t i = 0; i < it->n_groups && !*out; i++) {
        TRY(exp_shape_read(a, &it->groups[i].regions[0], &s));
        if (s.text.p && jspan_type(s.text) == JSON_T_STRING)
            *out = exp_text(a, s.text);
        TRY(exp_texts(a, s.text, &texts, &n));
        if (n > 0)
            *out = texts[0];
    }
    return OK;
}

static err *item_out(struct exp_pictures *p, const struct exp_item *it, const struct exp_file *f)
{
    struct manifest *m = (struct manifest *)p;
    struct arena *a = p->s->a;
    struct strbuf b, line;
    const char *text;
    double seconds;
    struct jw w;

    TRY(transcript(a, it, &text));
    if (!text || f->fd < 0 || !wav_seconds(f->fd, p->o->corrected, &seconds))
        return OK;
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_init(&line, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "audio_filepath", arena_printf(a, "audio/%s", f->name));
    jw_kf64(&w, "duration", seconds);
    jw_kstr(&w, "text", text);
    jw_kstr(&w, "annotator", exp_annotator(a, it));
    jw_end(&w);
    jsontext_line(&line, (struct span){b.buf, b.len});
    strbuf_putc(&line, '\n');
    return exp_spool_add(m->lines, line.buf, line.len);
}

err *exp_asr_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct manifest m;

    TRY(exp_pictures_open(s, o, out, o->resources, &m.p));
    m.p.folder = "audio";
    TRY(exp_spool_open(m.p.a, &m.lines));
    TRY(exp_pictures_each(&m.p, item_out));
    TRY(exp_zip_begin(m.p.zip, "manifest.json", exp_spool_size(m.lines)));
    TRY(exp_zip_spool(m.p.zip, m.lines, 0, exp_spool_size(m.lines)));
    return exp_zip_end(m.p.zip);
}
