/* Sizes from headers, each made by hand after its format's description. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/imgsize.h"

static void is(const void *head, size_t len, uint32_t width, uint32_t height, uint32_t channels)
{
    struct imgsize size = {0};

    assert_true(imgsize_read(head, len, &size));
    assert_int_equal(size.width, width);
    assert_int_equal(size.height, height);
    assert_int_equal(size.channels, channels);
    assert_false(imgsize_read(head, 8, &size)); /* cut off */
}

#define IS(head, width, height, channels) is(head, sizeof head - 1, width, height, channels)

static void five_kinds(void **state)
{
    (void)state;
    IS("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x90\0\0\0\x05\x08\x06\0\0\0", 400, 5, 4);
    IS("GIF89a\x20\0\x10\0\0\0\0", 32, 16, 1);
    IS("\xff\xd8\xff\xe0\0\x04zz\xff\xff\xc2\0\x11\x08\0\x0c\0\x14\x03\0\0", 20, 12, 3);
    IS("BM........\0\0\0\0\x28\0\0\0\x07\0\0\0\xfd\xff\xff\xff\1\0\x18\0", 7, 3, 3);
    IS("RIFF....WEBPVP8 ....\x30\1\0\x9d\1\x2a\x07\0\x05\0", 7, 5, 3);
    IS("RIFF....WEBPVP8L....\x2f\x06\0\1\x10........", 7, 5, 4);
    IS("RIFF....WEBPVP8X....\x10...\x06\0\0\x04\0\0", 7, 5, 4);
}

static void others(void **state)
{
    struct imgsize size;
    static const char text[] = "<svg xmlns='http://www.w3.org/2000/svg' width='5' height='6'/>";

    (void)state;
    assert_false(imgsize_read((const unsigned char *)text, sizeof text, &size));
    assert_false(imgsize_read((const unsigned char *)"", 0, &size));
    /* no pixels */
    assert_false(imgsize_read((const unsigned char *)"GIF89a\0\0\x10\0\0\0\0", 13, &size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(five_kinds), cmocka_unit_test(others)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
