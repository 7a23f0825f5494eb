/* The editor's keyboard shortcuts, and the rules of the users' own. Pure: no database. */
#ifndef LABELD_CORE_HOTKEYS_H
#define LABELD_CORE_HOTKEYS_H

#include <stdbool.h>

#include <jansson.h>

#include "base/arena.h"

/* The editor's actions that have a key, in sections; those of a section stand together. */
struct hotkey_section {
    const char *id, *title;      /* the id is the part of its actions' names before the colon */
    const char *tags;            /* "Audio|Video": where the label configuration has one of them; "": everywhere */
};
struct hotkey {
    const char *name, *key, *mac, *text;   /* mac: NULL when the same */
};
const struct hotkey_section *hotkey_sections(size_t *n);
const struct hotkey *hotkey_actions(size_t *n);
/* Is the action of this section? */
bool hotkey_in_section(const struct hotkey *k, const struct hotkey_section *section);

/* Could one page have both? */
bool hotkey_sections_meet(const struct hotkey_section *a, const struct hotkey_section *b);
/* The one way to write a combination: lower case, modifiers in a fixed order. */
const char *hotkey_canonical(struct arena *a, const char *key);

/* What is wrong with this map of "section:action" → {"key", "active"}, or NULL when it may be stored. */
const char *hotkeys_problem(struct arena *a, const json_t *map);

#endif
