/* The user guide: one template per page below docs/, and the page that shows what pages are made of. */
#include <unistd.h>

#include "api/handlers.h"
#include "base/cfg.h"
#include "page/labelling.h"
#include "page/page.h"

/* A name of ours: what else could stand in a path is no page. */
static bool name_valid(const char *s)
{
    return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

err *page_docs(struct rq *rq)
{
    const char *name = rq->match.n ? rq_arg(rq, "page") : "index";
    json_t *ctx;

    if (!name_valid(name) || strcmp(name, "ui") == 0)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    ctx = page_context(rq, "User guide");
    json_object_set_new(ctx, "doc", json_pack("{s:b}", name, 1));
    return page_render(rq, arena_printf(rq->a, "docs/%s", name), ctx);
}

/* The viewer comes with the editor; where it is not installed, the page leads to the document alone. */
err *page_docs_api(struct rq *rq)
{
    json_t *ctx = page_context(rq, "User guide");

    page_crumb(ctx, "/docs/", "Every call");
    json_object_set_new(ctx, "doc", json_pack("{s:b}", "api", 1));
    if (access(arena_printf(rq->a, "%s/viewer/swagger-ui-bundle.js", cfg.editor_dir), R_OK) == 0)
        page_set_text(ctx, "viewer", arena_printf(rq->a, "%sviewer/", labelling_assets(rq->a)));
    return page_render(rq, "docs/api", ctx);
}

/* What the parts on /docs/ui/ show: the keys that templates/README names for them. */
static const char samples[] =
    "{\"doc\": {\"ui\": true},"
    " \"colours\": [\"page\", \"surface\", \"sunken\", \"line\", \"line-strong\", \"muted\", \"ink\", \"accent\", \"accent-soft\", \"green\","
    "  \"green-soft\", \"amber\", \"amber-soft\", \"red\", \"red-soft\"],"
    " \"icons\": [\"mark\", \"plus\", \"search\", \"help\", \"user\", \"people\", \"logout\", \"theme\", \"keyboard\", \"down\", \"up\", \"left\","
    "  \"right\", \"sort\", \"check\", \"done\", \"todo\", \"half\", \"skip\", \"close\", \"warn\", \"info\", \"bin\", \"copy\", \"eye\", \"pin\","
    "  \"upload\", \"download\", \"gear\", \"table\", \"label\", \"play\", \"folder\", \"inbox\", \"key\", \"mail\", \"undo\", \"book\", \"clock\","
    "  \"dots\", \"columns\", \"cards\", \"sound\", \"filter\"],"
    " \"error\": \"Something went wrong with the whole form; what was typed is still there.\","
    " \"config_error\": {\"text\": \"mismatched tag\", \"more\": [], \"line_text\": \"3\", \"has_excerpt\": true, \"excerpt\": ["
    "  {\"number\": 2, \"text\": \"  <Text name=\\\"text\\\" value=\\\"$text\\\">\", \"bad\": false},"
    "  {\"number\": 3, \"text\": \"</View>\", \"bad\": true}]},"
    " \"groups\": [{\"title\": \"Made from a table\", \"fields\": ["
    "  {\"name\": \"sample_number\", \"label\": \"A number\", \"help\": \"From 1 to 10.\", \"error\": \"Enter a number from 1 to 10.\", \"type\": \"number\","
    "   \"value\": \"11\", \"size\": \"short\", \"required\": true, \"described\": true, \"min\": \"1\", \"max\": \"10\"},"
    "  {\"name\": \"sample_choice\", \"label\": \"A choice\", \"help\": null, \"error\": null, \"is_select\": true, \"options\": ["
    "   {\"value\": \"a\", \"text\": \"The first\", \"selected\": true}, {\"value\": \"b\", \"text\": \"The second\"}]},"
    "  {\"name\": \"sample_box\", \"label\": \"A box\", \"help\": null, \"error\": null, \"is_check\": true, \"checked\": true}]}],"
    " \"saved\": {\"text\": \"2026-03-05 12:40\", \"iso\": \"2026-03-05T12:40:00Z\", \"by\": \"ann@example.com\"},"
    " \"rows\": [{\"id\": 17, \"text\": \"The kettle boils fast and the handle stays cool.\", \"n\": 2, \"on\": true, \"color\": \"#cc3355\"},"
    "  {\"id\": 18, \"text\": \"It is a plain blue notebook with two hundred pages.\", \"n\": 10, \"on\": false, \"color\": \"#33aa66\"}],"
    " \"pager\": {\"text\": \"101–200 of 10,000\", \"prev_href\": \"?page=1#tables\", \"next_href\": \"?page=3#tables\"}}";

err *page_docs_ui(struct rq *rq)
{
    json_t *ctx = page_context(rq, "User guide"), *shown = json_loads(samples, 0, NULL);

    page_crumb(ctx, "/docs/", "Building blocks");
    json_object_update(ctx, shown);
    json_decref(shown);
    return page_render(rq, "docs/ui", ctx);
}
