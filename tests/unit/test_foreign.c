/* What readers of other tools' files rest on: places sorted outside memory, COCO's masks, names of classes, files by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/cfg.h"
#include "import/bundle.h"
#include "import/cocorle.h"
#include "import/sorted.h"
#include "import/unpack.h"
#include "import/yolonames.h"

/* More than one run, and not a whole number of them. */
static void places_come_back_sorted(void **state)
{
    enum { N = 200003 };
    struct sorted_place p, last = {0};
    struct sorted *s;
    uint64_t sum = 0;
    bool more;

    (void)state;
    cfg.data_dir = "/tmp";
    assert_null(sorted_new(a, &s));
    for (uint64_t i = 0; i < N; i++)
        assert_null(sorted_add(s, &(struct sorted_place){.key = i * 7919 % 1000, .at = i, .index = (uint32_t)i}));
    assert_null(sorted_end(s));
    for (size_t n = 0;; n++, last = p) {
        assert_null(sorted_next(s, &more, &p));
        if (!more) {
            assert_int_equal(n, N);
            break;
        }
        assert_true(n == 0 || p.key > last.key || (p.key == last.key && p.at > last.at));
        sum += p.index;
    }
    assert_int_equal(sum, (uint64_t)N * (N - 1) / 2);
}

static void nothing_is_sorted_too(void **state)
{
    struct sorted_place p;
    struct sorted *s;
    bool more;

    (void)state;
    cfg.data_dir = "/tmp";
    assert_null(sorted_new(a, &s));
    assert_null(sorted_end(s));
    assert_null(sorted_next(s, &more, &p));
    assert_false(more);
}

static const char *mask_of(const char *counts, size_t width, size_t height)
{
    json_t *tree = json_loads(counts, JSON_DECODE_ANY, NULL);
    unsigned char *alpha = arena_alloc(a, width * height + 1);
    char *out = arena_alloc(a, width * height + 1);
    bool good = cocorle_alpha(tree, width, height, alpha);

    json_decref(tree);
    for (size_t i = 0; i < width * height; i++)
        out[i] = alpha[i] ? '#' : '.';
    return good ? out : "no";
}

/* The texts are pycocotools' for the same masks. */
static void masks_go_down_the_columns(void **state)
{
    (void)state;
    assert_string_equal(mask_of("[1, 2, 3]", 3, 2), ".#."
                                                    "#..");
    assert_string_equal(mask_of("\"123\"", 3, 2), ".#."
                                                  "#..");
    assert_string_equal(mask_of("[0, 6]", 3, 2), "######");
    assert_string_equal(mask_of("[6]", 3, 2), "......");
    assert_string_equal(mask_of("[1, 2, 4]", 3, 2), "no");
    assert_string_equal(mask_of("[1, 2]", 3, 2), "no");
    assert_string_equal(mask_of("[-1, 7]", 3, 2), "no");
    assert_string_equal(mask_of("[1.5]", 3, 2), "no");
    assert_string_equal(mask_of("\"oooooooooooooooo\"", 3, 2), "no");
    assert_string_equal(mask_of("\"P\"", 3, 2), "no");
    assert_string_equal(mask_of("5", 3, 2), "no");
    assert_string_equal(mask_of("[0]", 0, 2), "no");
}

static const char *names_of(const char *text, enum yolonames_kind kind)
{
    json_t *out = json_object();
    bool good = yolonames_read(a, (struct span){text, strlen(text)}, kind, out);
    char *dumped = json_dumps(out, JSON_SORT_KEYS | JSON_COMPACT);
    const char *kept = arena_strdup(a, dumped);

    free(dumped);
    json_decref(out);
    return good ? kept : "no";
}

static void classes_have_names(void **state)
{
    static const char both[] = "{\"0\":\"Cat\",\"1\":\"big Dog\"}";

    (void)state;
    cfg.json_max_depth = 60;
    assert_string_equal(names_of("Cat\r\nbig Dog\r\n", YOLONAMES_LIST), both);
    assert_string_equal(names_of("path: x\nnames: [Cat, 'big Dog']\nnc: 2", YOLONAMES_YAML), both);
    assert_string_equal(names_of("names:\n  - Cat\n\n  - big Dog # two\nnc: 2", YOLONAMES_YAML), both);
    assert_string_equal(names_of("names:\n  1: \"big Dog\"\n  0: Cat\n", YOLONAMES_YAML), both);
    assert_string_equal(names_of("names: ['a, b',\n  c]", YOLONAMES_YAML), "{\"0\":\"a, b\",\"1\":\"c\"}");
    assert_string_equal(names_of("{\"categories\": [{\"id\": 1, \"name\": \"big Dog\"}, {\"id\": 0, \"name\": \"Cat\"}, {}]}", YOLONAMES_NOTES), both);
    assert_string_equal(names_of("{", YOLONAMES_NOTES), "no");
    assert_string_equal(names_of("\xff", YOLONAMES_LIST), "no");
    assert_string_equal(names_of("nothing: here", YOLONAMES_YAML), "{}");
}

static const char *picture(const struct bundle *b, const char *name, const char *beside, bool stem)
{
    const struct bundle_file *f = bundle_picture(b, name, beside, stem);

    return f ? f->name : "none";
}

static void pictures_are_found_by_name(void **state)
{
    static const char *const names[] = {"images/train/a.png", "images/val/a.png", "labels/train/a.txt", "images/b.JPG", "a.tar.png", "images/train/a.json"};
    struct bundle *b = bundle_new(a);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        bundle_add(b, names[i], (struct span){"", 0});
    bundle_index(b);
    assert_string_equal(picture(b, "a.jpg", "labels/train/a.txt", true), "images/train/a.png");
    assert_string_equal(picture(b, "a.jpg", "labels/val/a.txt", true), "images/val/a.png");
    assert_string_equal(picture(b, "val/a.png", "x.json", false), "images/val/a.png");
    assert_string_equal(picture(b, "a.jpg", "x.json", false), "none");
    assert_string_equal(picture(b, "b.jpg", "x.json", true), "images/b.JPG");
    assert_string_equal(picture(b, "a.tar.png", "x.json", false), "a.tar.png");
    assert_string_equal(picture(b, "c.png", "x.json", true), "none");
}

static void names_stay_in_their_archive(void **state)
{
    (void)state;
    assert_null(unpack_name_problem("a/b.txt"));
    assert_null(unpack_name_problem("a/..b/c"));
    assert_non_null(unpack_name_problem(""));
    assert_non_null(unpack_name_problem("../a"));
    assert_non_null(unpack_name_problem("a/.."));
    assert_non_null(unpack_name_problem("a/../b"));
    assert_non_null(unpack_name_problem("/a"));
    assert_non_null(unpack_name_problem("a\\b"));
    assert_non_null(unpack_name_problem("C:x"));
    assert_non_null(unpack_name_problem("\xff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(places_come_back_sorted), TEST(nothing_is_sorted_too),    TEST(masks_go_down_the_columns),
        TEST(classes_have_names),      TEST(pictures_are_found_by_name), TEST(names_stay_in_their_archive),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
