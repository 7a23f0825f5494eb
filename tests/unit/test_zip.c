/* The zip as it leaves, read by libarchive: every kind of entry, names, and more entries than two bytes count. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "export/zip.h"
#include "http/spool.h"

static void gather(void *to, const char *p, size_t len)
{
    strbuf_add(to, p, len);
}

static err *none(void *to)
{
    (void)to;
    return OK;
}

struct made {
    struct arena *a;
    struct strbuf bytes;
    struct exp_out out;
    struct exp_zip *zip;
};

static void begin(struct made *m)
{
    cfg.data_dir = "/tmp";
    m->a = arena_new("test");
    strbuf_init(&m->bytes, arena_below(m->a, "zip"), SIZE_MAX);
    m->out = (struct exp_out){.put = gather, .flush = none, .to = &m->bytes};
    assert_null(exp_zip_open(m->a, &m->out, &m->zip));
}

static struct archive *reader(const struct made *m)
{
    struct archive *r = archive_read_new();

    archive_read_support_format_zip_seekable(r);
    assert_int_equal(archive_read_open_memory(r, m->bytes.buf, m->bytes.len), ARCHIVE_OK);
    return r;
}

/* The next entry is this one. */
static void reads(struct archive *r, const char *name, const char *content, size_t len)
{
    struct archive_entry *e;
    char *bytes = test_malloc(len + 1);

    assert_int_equal(archive_read_next_header(r, &e), ARCHIVE_OK);
    assert_string_equal(archive_entry_pathname_utf8(e), name);
    assert_int_equal(archive_entry_size(e), len);
    assert_int_equal(archive_entry_filetype(e), name[strlen(name) - 1] == '/' ? AE_IFDIR : AE_IFREG);
    assert_int_equal(archive_read_data(r, bytes, len + 1), len);
    assert_memory_equal(bytes, content, len);
    test_free(bytes);
}

static void at_end(struct archive *r)
{
    struct archive_entry *e;

    assert_int_equal(archive_read_next_header(r, &e), ARCHIVE_EOF);
    archive_read_free(r);
}

static void every_kind(void **state)
{
    enum { LONG = 300000 };
    struct archive *r;
    struct made m;
    char *text;
    int fd;

    (void)state;
    begin(&m);
    text = arena_alloc(m.a, LONG);
    for (size_t i = 0; i < LONG; i++)
        text[i] = (char)((i * i) >> 7);
    assert_null(spool_anonymous(m.a, &fd));
    assert_int_equal(write(fd, text, LONG), LONG);
    assert_null(exp_zip_directory(m.zip, "images/"));
    assert_null(exp_zip_file(m.zip, "images/naïve.png", fd, LONG));
    assert_null(exp_zip_bytes(m.zip, "empty.txt", "", 0));
    assert_null(exp_zip_begin(m.zip, "pieces.txt", LONG));
    for (size_t at = 0; at < LONG; at += 1000)
        assert_null(exp_zip_add(m.zip, text + at, 1000));
    assert_null(exp_zip_end(m.zip));
    r = reader(&m);
    reads(r, "images/", "", 0);
    reads(r, "images/naïve.png", text, LONG);
    reads(r, "empty.txt", "", 0);
    reads(r, "pieces.txt", text, LONG);
    at_end(r);
    close(fd);
    arena_free(m.a);
}

static void more_than_two_bytes_count(void **state)
{
    enum { MANY = 70000 };
    struct arena_mark mark;
    struct archive *r;
    struct made m;

    (void)state;
    begin(&m);
    mark = arena_mark(m.a);
    for (int i = 0; i < MANY; i++) {
        assert_null(exp_zip_bytes(m.zip, arena_printf(m.a, "%d.txt", i), &i, sizeof i));
        arena_rewind(m.a, mark);
    }
    assert_null(exp_zip_end(m.zip));
    r = reader(&m);
    for (int i = 0; i < MANY; i++) {
        reads(r, arena_printf(m.a, "%d.txt", i), (const char *)&i, sizeof i);
        arena_rewind(m.a, mark);
    }
    at_end(r);
    arena_free(m.a);
}

static void sizes_are_kept(void **state)
{
    struct made m;

    (void)state;
    begin(&m);
    assert_null(exp_zip_begin(m.zip, "short.txt", 10));
    assert_null(exp_zip_add(m.zip, "five.", 5));
    assert_non_null(exp_zip_end(m.zip));
    arena_free(m.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),
        cmocka_unit_test(more_than_two_bytes_count),
        cmocka_unit_test(sizes_are_kept),
    };

    setlocale(LC_CTYPE, "C.UTF-8"); /* names are read into it */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
