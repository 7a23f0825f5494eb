/* What readers of other tools' files rest on: places sorted outside memory, COCO's masks, names of classes, files by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "with_arena.h"
#include "base/cfg.h"
#include "import/bundle.h"
#include "import/cocorle.h"
#include "import/document.h"
#include "import/sorted.h"
#include "import/splits.h"
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

static size_t runs_made; /* of the last mask */

static const char *mask_of(const char *counts, size_t width, size_t height)
{
    json_t *tree = json_loads(counts, JSON_DECODE_ANY, NULL);
    unsigned char *alpha = arena_alloc(a, width * height + 1);
    char *out = arena_alloc(a, width * height + 1);
    struct foreign_region r = {0};
    struct maskruns runs;
    bool good;

    maskruns_begin(&runs, a, width, height);
    good = cocorle_read(a, tree, width, height, &runs);
    assert_int_equal(cocorle_read(a, tree, width, height, NULL), good);
    maskruns_end(&runs, a, &r);
    runs_made = runs.runs;
    json_decref(tree);
    if (good)
        assert_true(rle_alpha((const unsigned char *)r.rle.p, r.rle.len, alpha, width * height));
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
    assert_int_equal(runs_made, 2);
    assert_string_equal(mask_of("[0, 6]", 3, 2), "######");
    assert_int_equal(runs_made, 1);
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

/* Widths around those of a byte and a word, columns in any order of full, empty and mixed ones: pixel for pixel what the runs say. */
static void masks_keep_every_pixel(void **state)
{
    enum { WIDTH = 131, HEIGHT = 9 };
    unsigned seed = 7;

    (void)state;
    for (size_t width = 1; width <= WIDTH; width++)
        for (unsigned often = 1; often < 64; often *= 4) {
            size_t height = width % HEIGHT + 1, n = width * height, run = 0;
            char *want = arena_alloc(a, n + 1), *counts = arena_printf(a, "["), now = '.';
            for (size_t at = 0; at < n; at++) {
                seed = seed * 1664525 + 1013904223;
                if ((seed >> 16) % often == 0) {
                    counts = arena_printf(a, "%s%zu,", counts, run);
                    now = now == '.' ? '#' : '.';
                    run = 0;
                }
                want[at % height * width + at / height] = now;
                run++;
            }
            assert_string_equal(mask_of(arena_printf(a, "%s%zu]", counts, run), width, height), want);
        }
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
    assert_string_equal(names_of("\xEF\xBB\xBFnames: {'0': 'Cat', \"1\": \"b\\u0069g D\\x6Fg\"}", YOLONAMES_YAML), both);
    assert_string_equal(names_of("names:\n  - 'it''s'\n  - \"\\\"b\\\"\"", YOLONAMES_YAML), "{\"0\":\"it's\",\"1\":\"\\\"b\\\"\"}");
    assert_string_equal(names_of("names: [ # all\n a, # one, two\n b ]", YOLONAMES_YAML), "{\"0\":\"a\",\"1\":\"b\"}");
    assert_string_equal(names_of("{\"categories\": [{\"id\": 1, \"name\": \"big Dog\"}, {\"id\": 0, \"name\": \"Cat\"}, {}]}", YOLONAMES_NOTES), both);
    assert_string_equal(names_of("{", YOLONAMES_NOTES), "no");
    assert_string_equal(names_of("\xff", YOLONAMES_LIST), "no");
    assert_string_equal(names_of("nothing: here", YOLONAMES_YAML), "{}");
}

static const char *points_of(const char *text, enum yolonames_kind kind)
{
    struct yolopoints p = {.names = json_object()};
    bool good = yolonames_points(a, (struct span){text, strlen(text)}, kind, &p);
    char *dumped = json_dumps(p.names, JSON_SORT_KEYS | JSON_COMPACT);
    const char *kept = arena_printf(a, "%lld x %lld %s", (long long)p.n, (long long)p.each, dumped);

    free(dumped);
    json_decref(p.names);
    return good ? kept : "no";
}

static void points_have_names(void **state)
{
    (void)state;
    cfg.json_max_depth = 60;
    assert_string_equal(points_of("names: [a]\nkpt_shape: [2, 3] # x, y, seen\n", YOLONAMES_YAML), "2 x 3 {}");
    assert_string_equal(points_of("kpt_shape:\n  - 3\n  - 2\nkpt_names:\n  0:\n    - nose\n    - 'left eye'\n\n  1: [tail]\nnc: 2\n", YOLONAMES_YAML),
                        "3 x 2 {\"0\":[\"nose\",\"left eye\"],\"1\":[\"tail\"]}");
    assert_string_equal(points_of("names: [a]", YOLONAMES_YAML), "0 x 0 {}");
    assert_string_equal(points_of("kpt_shape: [0, 3]", YOLONAMES_YAML), "no");
    assert_string_equal(points_of("kpt_shape: [2, 4]", YOLONAMES_YAML), "no");
    assert_string_equal(points_of("kpt_shape: 17", YOLONAMES_YAML), "no");
    assert_string_equal(points_of("kpt_shape: [99999999, 2]", YOLONAMES_YAML), "no");
    assert_string_equal(points_of("{\"categories\": [{\"id\": 4, \"name\": \"x\", \"keypoints\": [\"nose\", \"eye\"]}, {\"id\": 5}]}", YOLONAMES_NOTES),
                        "2 x 3 {\"4\":[\"nose\",\"eye\"]}");
    assert_string_equal(points_of("{\"categories\": [{\"id\": 4, \"name\": \"x\"}]}", YOLONAMES_NOTES), "0 x 3 {}");
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

/* One base name in thousands of folders: the nearest one is found all the same, however the folders are laid out. */
static void pictures_are_found_in_crowds(void **state)
{
    enum { N = 3000 };
    struct bundle *b = bundle_new(a);

    (void)state;
    for (int i = 0; i < N; i++) {
        bundle_add(b, arena_printf(a, "set%d/images/im.png", i), (struct span){"", 0});
        bundle_add(b, arena_printf(a, "set%d/labels/im.txt", i), (struct span){"", 0});
        bundle_add(b, arena_printf(a, "pictures/of-%d/im.png", i), (struct span){"", 0});
    }
    bundle_add(b, "im.gif", (struct span){"", 0});
    bundle_index(b);
    for (int i = 0; i < N; i += 7) {
        const char *of = arena_printf(a, "pictures/of-%d/im.png", i);
        assert_string_equal(picture(b, "im.jpg", arena_printf(a, "set%d/labels/im.txt", i), true), arena_printf(a, "set%d/images/im.png", i));
        assert_string_equal(picture(b, "im.jpg", arena_printf(a, "notes/of-%d/im.txt", i), true), of);
        assert_string_equal(picture(b, of, "x.json", false), of);
        assert_string_equal(picture(b, arena_printf(a, "of-%d/im.png", i), "x.json", false), of);
    }
    assert_string_equal(picture(b, "im.gif", "x.json", false), "im.gif");
    assert_string_equal(picture(b, "im.bmp", "x.json", false), "none");
}

/* ---- archives ---- */

/* A zip of so many empty folders and files of five bytes. */
static const char *zip_of(int folders, int files)
{
    char *path = arena_printf(a, "/tmp/test-foreign-%d.zip", (int)getpid());
    struct archive *zip = archive_write_new();
    struct archive_entry *entry = archive_entry_new();

    archive_write_set_format_zip(zip);
    assert_int_equal(archive_write_open_filename(zip, path), ARCHIVE_OK);
    for (int i = 0; i < folders + files; i++) {
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, arena_printf(a, i < folders ? "f%d/" : "%d.txt", i));
        archive_entry_set_filetype(entry, i < folders ? AE_IFDIR : AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, i < folders ? 0 : 5);
        assert_int_equal(archive_write_header(zip, entry), ARCHIVE_OK);
        if (i >= folders)
            assert_int_equal(archive_write_data(zip, "bytes", 5), 5);
    }
    archive_entry_free(entry);
    assert_int_equal(archive_write_free(zip), ARCHIVE_OK);
    return path;
}

static const char *unpacked(struct bundle *b, const char *path)
{
    err *e = bundle_add_file(b, "x.zip", path);

    return !e ? "good" : e->validation_json ? e->validation_json : e->detail;
}

static void archives_count_all_entries(void **state)
{
    static const char many[] = "{\"non_field_errors\":[\"x.zip: the archives of one import may have 100 entries together\"]}";
    struct bundle *b = bundle_new(a);
    const char *path;

    (void)state;
    cfg.data_dir = "/tmp";
    cfg.import_archive_files = 100;
    cfg.import_unpacked_bytes = 200;
    path = zip_of(50, 20);
    assert_string_equal(unpacked(b, path), "good");
    assert_int_equal(b->n, 20);
    assert_memory_equal(b->files[19].bytes.p, "bytes", 5);
    assert_string_equal(unpacked(b, path), many);                              /* the second one */
    assert_string_equal(unpacked(bundle_new(a), zip_of(100, 1)), many);
    assert_string_equal(unpacked(bundle_new(a), zip_of(100, 5000)), many);     /* in its directory already */
    b = bundle_new(a);
    assert_string_equal(unpacked(b, zip_of(0, 30)), "good");
    assert_string_equal(unpacked(b, path), "{\"non_field_errors\":[\"x.zip: unpacked it has more than 200 bytes\"]}");
    unlink(path);
}

static err *enough(void *to)
{
    int *left = to;

    return --*left < 0 ? err_new(a, ERR_CONFLICT, "enough") : OK;
}

/* However far it is, it ends with that error. */
static void whoever_is_asked_may_end_it(void **state)
{
    const char *path;
    int left, times = 0;

    (void)state;
    cfg.data_dir = "/tmp";
    cfg.import_archive_files = cfg.import_unpacked_bytes = 1000;
    path = zip_of(3, 10);
    for (int n = 0;; n++, times++) {
        struct bundle *b = bundle_new(a);
        left = n;
        b->alive = enough;
        b->to = &left;
        const char *told = unpacked(b, path);
        if (strcmp(told, "good") == 0)
            break;
        assert_string_equal(told, "enough");
    }
    assert_true(times > 13);
    unlink(path);
}

static err *count(void *to)
{
    (*(int *)to)++;
    return OK;
}

/* Whoever checks a long list is asked meanwhile, and may be stopped. */
static void long_lists_are_asked_about(void **state)
{
    static const char one[] = "{\"a\": 12},";
    enum { N = 400000, LEN = sizeof one - 1 };
    char *text = arena_alloc(a, N * LEN + 2);
    struct span all = {text, N * LEN + 1};
    int left = 2, asked = 0;
    err *e;

    (void)state;
    cfg.json_max_depth = 60;
    text[0] = '[';
    for (size_t i = 0; i < N; i++)
        memcpy(text + 1 + i * LEN, one, LEN);
    text[N * LEN] = ']';
    assert_null(document_check(a, all, NULL, NULL));
    assert_null(document_check(a, all, count, &asked));
    assert_in_range(asked, 3, 4); /* each megabyte */
    e = document_check(a, all, enough, &left);
    assert_non_null(e);
    assert_string_equal(e->detail, "enough");
}

static void parts_of_data_sets_have_names(void **state)
{
    struct span word;

    (void)state;
    assert_int_equal(split_of("x/train/images/a.png", false, &word), SPLIT_TRAIN);
    assert_memory_equal(word.p, "train/", 6);
    assert_int_equal(split_of("annotations/instances_val2017.json", true, &word), SPLIT_VALIDATION);
    assert_int_equal(word.len, 7);
    assert_int_equal(split_of("obj_Test_data/a.txt", false, NULL), SPLIT_TEST);
    assert_int_equal(split_of("train/valid/a.png", false, NULL), SPLIT_VALIDATION);
    assert_int_equal(split_of("train.png", false, NULL), SPLIT_NONE);
    assert_int_equal(split_of("trains/test20178/a.png", false, NULL), SPLIT_NONE);
    assert_int_equal(split_of("", true, NULL), SPLIT_NONE);
    assert_int_equal(split_of("/", true, NULL), SPLIT_NONE);
    assert_true(split_differs("valid/images/a.png", "train/labels/a.txt"));
    assert_false(split_differs("train/images/a.png", "train/labels/a.txt"));
    assert_false(split_differs("test/train/a.png", "test/annotations/x.json"));
    assert_true(split_differs("images/Train/a.png", "annotations/instances_Test.json"));
    assert_false(split_differs("a.png", "instances_Test.json"));
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
    assert_non_null(unpack_name_problem("C:x"));
    assert_non_null(unpack_name_problem("\xff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(places_come_back_sorted), TEST(nothing_is_sorted_too),    TEST(masks_go_down_the_columns),
        TEST(masks_keep_every_pixel),
        TEST(points_have_names),
        TEST(classes_have_names),      TEST(pictures_are_found_by_name), TEST(names_stay_in_their_archive),
        TEST(pictures_are_found_in_crowds), TEST(archives_count_all_entries), TEST(whoever_is_asked_may_end_it),
        TEST(long_lists_are_asked_about), TEST(parts_of_data_sets_have_names),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
