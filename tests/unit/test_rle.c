/* Run-length coded masks: a stream as the editor wrote it, round trips, and streams that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rle.h"

/* 2 by 2 pixels: all of them 255, in one block of 16 values. */
static const unsigned char white[] = {0, 0, 0, 16, 0x38, 0x6d, 0xfe, 0xaf, 0xff};

static void writes_what_the_editor_writes(void **state)
{
    struct arena *a = arena_new("test");
    struct strbuf b;
    unsigned char alpha[240] = {0};

    (void)state;
    /* 20 by 12: the first 43 pixels are empty. */
    memset(alpha + 43, 255, sizeof alpha - 43);
    strbuf_init(&b, a, 4096);
    rle_encode(&b, alpha, sizeof alpha);
    assert_memory_equal(b.buf, ((const unsigned char[]){0, 0, 3, 192, 57, 27, 254, 171, 0}), 9);
    arena_free(a);
}

static void reads(void **state)
{
    unsigned char bits[64], alpha[4] = {7, 7, 7, 7};
    struct arena *a = arena_new("test");
    struct strbuf b;
    uint32_t n;

    (void)state;
    strbuf_init(&b, a, 4096);
    rle_encode(&b, (const unsigned char *)"\377\377\0\377", 4);
    memcpy(bits, b.buf, b.len);
    assert_true(rle_values(bits, b.len, &n));
    assert_int_equal(n, 16);
    assert_true(rle_alpha(bits, b.len, alpha, 4));
    assert_memory_equal(alpha, "\377\377\0\377", 4);
    arena_free(a);
}

static void refuses(void **state)
{
    unsigned char alpha[4];

    (void)state;
    assert_false(rle_alpha(white, 0, alpha, 4));
    assert_false(rle_alpha(white, 5, alpha, 4));  /* ends in the sizes */
    assert_false(rle_alpha(white, 6, alpha, 4));  /* ends before the values */
    assert_false(rle_alpha(white, sizeof white, alpha, 3)); /* another picture's */
    assert_false(rle_values(white, 3, &(uint32_t){0}));
}

static void goes_round(void **state)
{
    enum { PIXELS = 70000 };
    static unsigned char in[PIXELS], out[PIXELS];
    struct arena *a = arena_new("test");

    (void)state;
    for (unsigned step = 1; step < 70000; step = step * 3 + 1) {
        struct strbuf b;
        for (size_t i = 0; i < PIXELS; i++)
            in[i] = i / step % 2 ? 255 : (unsigned char)(i / step % 5);
        strbuf_init(&b, a, 1 << 24);
        rle_encode(&b, in, PIXELS);
        assert_true(rle_alpha((const unsigned char *)b.buf, b.len, out, PIXELS));
        assert_memory_equal(in, out, PIXELS);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_the_editor_writes),
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(goes_round),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
