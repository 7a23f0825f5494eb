/* What the filter's form offers: operators by the kind of column, and which of them a line has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "with_arena.h"
#include "http/query.h"
#include "page/dm_words.h"

static struct dm_words words(const char *config)
{
    struct lc *lc;

    assert_null(lc_parse(a, config, NULL, &lc));
    return (struct dm_words){.lc = lc};
}

static struct dm_words with_labels(void)
{
    return words("<View><Text name='t' value='$text'/><Labels name='l' toName='t'><Label value='Car'/></Labels></View>");
}

static struct dm_line line(const char *address)
{
    struct rq_pair *pairs;
    struct dm_lines lines;
    size_t n;

    assert_null(query_parse(a, "query", address, strlen(address), &pairs, &n));
    dm_lines_read(a, pairs, n, &lines);
    assert_int_equal(lines.n, 1);
    return lines.line[0];
}

/* What the line's operator is in words; NULL when no form offers it. */
static void is_said(const struct dm_words *w, const char *address, const char *expected)
{
    struct dm_line l = line(address);
    const struct dm_word *word = dm_words_op(w, &l);

    if (!expected)
        assert_null(word);
    else
        assert_string_equal(word ? word->text : "nothing", expected);
}

static void test_an_operator_is_said_by_the_kind_of_its_column(void **state)
{
    struct dm_words w = with_labels();

    (void)state;
    is_said(&w, "f1=id&o1=greater&v1=1", "is more than");
    is_said(&w, "f1=created_at&o1=greater&v1=2026-01-31T12:00:00Z", "is after");
    is_said(&w, "f1=data.x&o1=contains&v1=a", "contains");
    is_said(&w, "f1=data.x&o1=equal&t1=Boolean&v1=true", "is");
    is_said(&w, "f1=annotators&o1=contains&v1=1", "includes");
    is_said(&w, "f1=annotations_results&o1=contains&v1=%22Car%22", "has the label");
    is_said(&w, "f1=annotations_results&o1=contains&v1=Car", "has the text");
    is_said(&w, "f1=annotations_results&o1=not_label&v1=", "does not have the label");
    is_said(&w, "f1=id&o1=empty&v1=true", "is empty");
    is_said(&w, "f1=id&o1=empty&v1=false", "is not empty");
}

static void test_what_no_form_offers(void **state)
{
    struct dm_words w = with_labels(), none = words("<View><Text name='t' value='$text'/></View>");

    (void)state;
    is_said(&w, "f1=data.x&o1=greater&v1=a", NULL);
    is_said(&w, "f1=data.x&o1=near&v1=a", NULL);
    is_said(&w, "f1=data.x&o1=equal&j1=5", NULL);
    is_said(&w, "f1=created_at&o1=equal&v1=2026-01-31T12:00:00Z", NULL);
    is_said(&none, "f1=annotations_results&o1=contains&v1=%22Car%22", "has the text");
}

/* Whatever the form offers can be sent, is read back as the same operator, and is one that the column takes. */
static void test_every_offer_is_read_back(void **state)
{
    static const char *const columns[] = {"id", "predictions_score", "created_at", "is_labeled", "file_upload", "data", "data.x", "annotators",
                                          "annotations_results", "annotations_ids", "predictions_model_versions"};
    struct dm_words w = with_labels();

    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct dm_line l = line(arena_printf(a, "f1=%s", columns[i]));
        json_t *groups = dm_words_ops(a, &w, &l), *group, *op;
        size_t g, k, n = 0;

        json_array_foreach(groups, g, group) {
            json_array_foreach(json_object_get(group, "ops"), k, op) {
                struct dm_line again = line(arena_printf(a, "f1=%s&o1=%s", columns[i], json_string_value(json_object_get(op, "value"))));
                const struct dm_word *word = dm_words_op(&w, &again);
                assert_non_null(word);
                assert_string_equal(word->text, json_string_value(json_object_get(op, "text")));
                assert_string_not_equal(dm_words_first(&w, &again), "");
                n++;
            }
        }
        assert_true(n > 0);
        json_decref(groups);
    }
}

static void test_a_label_is_shown_without_quotes(void **state)
{
    struct dm_line l = line("f1=annotations_results&o1=label&v1=Car"), data = line("f1=data.x&o1=equal&v1=%22Car%22");

    (void)state;
    assert_string_equal(l.v[0], "\"Car\"");
    assert_string_equal(dm_words_value(a, &l, l.v[0]), "Car");
    assert_string_equal(dm_words_value(a, &data, data.v[0]), "\"Car\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_operator_is_said_by_the_kind_of_its_column), TEST(test_what_no_form_offers), TEST(test_every_offer_is_read_back),
        TEST(test_a_label_is_shown_without_quotes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
