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
#define SECTION(id, title) {id, title},
static const struct hotkey_section sections[] = {
#include "core/hotkeys.def"
};
#undef KEY
#undef SECTION
#define KEY(name, key, mac, text) {name, key, mac, text},
#define SECTION(id, title)
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
