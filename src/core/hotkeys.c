/* The editor's actions and their keys. Checks of custom_hotkeys: shape, sizes, and combinations that the operating system keeps for
 * itself. */
#include "core/hotkeys.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { MOST = 200, ACTION_MOST = 100, KEY_MOST = 50 };

/* Browsers never see these, or lose the page over them. */
static const char *const reserved[] = {
    "alt+f4", "alt+tab", "ctrl+alt+delete", "ctrl+alt+del", "cmd+space", "cmd+tab", "cmd+q", "cmd+w", "ctrl+w", "ctrl+t", "ctrl+n",
};

#define KEY(name, key, mac, text)
#define SECTION(id, title, tags) {id, title, tags},
static const struct hotkey_section sections[] = {
#include "core/hotkeys.def"
};
#undef KEY
#undef SECTION
#define KEY(name, key, mac, text) {name, key, mac, text},
#define SECTION(id, title, tags)
static const struct hotkey actions[] = {
#include "core/hotkeys.def"
};
#undef KEY
#undef SECTION

const struct hotkey_section *hotkey_sections(size_t *n)
{
    *n = sizeof sections / sizeof sections[0];
    return sections;
}

const struct hotkey *hotkey_actions(size_t *n)
{
    *n = sizeof actions / sizeof actions[0];
    return actions;
}

bool hotkey_in_section(const struct hotkey *k, const struct hotkey_section *section)
{
    size_t n = strlen(section->id);

    return strncmp(k->name, section->id, n) == 0 && k->name[n] == ':';
}

/* Is the word one of "Audio|Video"? */
static bool listed(const char *list, const char *word, size_t n)
{
    for (const char *at = list; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, word, n) == 0 && (at[n] == '|' || at[n] == '\0'))
            return true;
    }
    return false;
}

bool hotkey_sections_meet(const struct hotkey_section *a, const struct hotkey_section *b)
{
    if (!*a->tags || !*b->tags)
        return true;
    for (const char *tag = a->tags; *tag;) {
        size_t n = strcspn(tag, "|");

        if (listed(b->tags, tag, n))
            return true;
        tag += n + (tag[n] == '|');
    }
    return false;
}

/* Bit of a modifier; 0 for what is none. */
static unsigned modifier(const char *word, size_t n)
{
    static const struct {
        const char *word;
        unsigned bit;
    } all[] = {{"ctrl", 1}, {"control", 1}, {"alt", 2}, {"option", 2}, {"shift", 4}, {"command", 8}, {"cmd", 8}, {"meta", 8}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strlen(all[i].word) == n && memcmp(all[i].word, word, n) == 0)
            return all[i].bit;
    return 0;
}

const char *hotkey_canonical(struct arena *a, const char *key)
{
    char *low = arena_strdup(a, key);
    const char *at = low;
    unsigned held = 0;

    for (char *c = low; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (const char *plus; (plus = strchr(at, '+')); at = plus + 1) {
        unsigned bit = modifier(at, (size_t)(plus - at));

        if (!bit)
            return low;
        held |= bit;
    }
    return arena_printf(a, "%s%s%s%s%s", held & 1 ? "ctrl+" : "", held & 2 ? "alt+" : "", held & 4 ? "shift+" : "",
                        held & 8 ? "command+" : "", at);
}

static bool action_valid(const char *action)
{
    const char *colon = strchr(action, ':');

    return colon && colon != action && colon[1] && !strchr(colon + 1, ':') && strlen(action) <= ACTION_MOST;
}

static bool printable(const char *s)
{
    for (; *s; s++)
        if (*s < 0x20 || *s > 0x7e)
            return false;
    return true;
}

static bool is_reserved(const char *key)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(reserved[i], key) == 0)
            return true;
    return false;
}

static const char *key_problem(struct arena *a, const char *action, const json_t *entry)
{
    const char *key = json_string_value(json_object_get(entry, "key"));
    const json_t *active = json_object_get(entry, "active");

    if (!json_is_object(entry))
        return arena_printf(a, "Configuration for \"%s\" must be an object", action);
    if (!key || !*key)
        return arena_printf(a, "\"%s\" needs a key", action);
    if (strlen(key) > KEY_MOST || !printable(key))
        return arena_printf(a, "The key of \"%s\" must be at most %d printable ASCII characters", action, KEY_MOST);
    if (is_reserved(key))
        return arena_printf(a, "The key \"%s\" of \"%s\" is reserved by the system", key, action);
    if (active && !json_is_boolean(active))
        return arena_printf(a, "\"active\" of \"%s\" must be a boolean", action);
    return NULL;
}

const char *hotkeys_problem(struct arena *a, const json_t *map)
{
    const char *action;
    json_t *entry;

    if (!json_is_object(map))
        return "custom_hotkeys must be an object";
    if (json_object_size(map) > MOST)
        return arena_printf(a, "At most %d hotkeys are allowed", MOST);
    json_object_foreach((json_t *)map, action, entry) {
        const char *problem;

        if (!action_valid(action))
            return arena_printf(a, "\"%.100s\" must read section:action, at most %d characters", action, ACTION_MOST);
        problem = key_problem(a, action, entry);
        if (problem)
            return problem;
    }
    return NULL;
}
