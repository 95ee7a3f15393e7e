/* Open addressing over the name's hash, at most half full; grown by doubling. Only
 * look-ups go through the hash: whoever iterates walks `name`. */
#include "formats/names.h"

#include "base/hash.h"
#include "base/text.h"

/* The slot that holds `name`, or the free one where it belongs. */
static uint32_t *slot_of(const QmNames *names, const char *name)
{
    uint32_t at = (uint32_t)qm_hash64_string(name) & (names->n_slots - 1);
    while (names->slots[at] != 0 && !qm_same(names->name[names->slots[at] - 1], name)) {
        at = (at + 1) & (names->n_slots - 1);
    }
    return &names->slots[at];
}

static void enter(QmNames *names, uint32_t index)
{
    uint32_t *slot = slot_of(names, names->name[index]);
    *slot = *slot == 0 ? index + 1 : *slot;
}

static QmStatus make_room(QmNames *names, QmArena *arena)
{
    const uint32_t room = names->room == 0 ? 16 : 2 * names->room;
    const char **name = qm_arena_grow(arena, names->name, names->n, room, sizeof *name);
    uint32_t *slots = QM_NEW_ARRAY(arena, uint32_t, 2 * (size_t)room);
    if (!name || !slots) {
        return QM_ERR_MEMORY;
    }
    names->name = name;
    names->room = room;
    names->slots = slots;
    names->n_slots = 2 * room;
    for (uint32_t i = 0; i < names->n; i++) {
        enter(names, i);
    }
    return QM_OK;
}

QmStatus qm_names_add(QmNames *names, QmArena *arena, const char *name)
{
    if (names->n == names->room) {
        const QmStatus status = make_room(names, arena);
        if (status != QM_OK) {
            return status;
        }
    }
    names->name[names->n] = name;
    enter(names, names->n++);
    return QM_OK;
}

uint32_t qm_names_find(const QmNames *names, const char *name)
{
    if (names->n == 0) {
        return QM_NAMES_NONE;
    }
    const uint32_t found = *slot_of(names, name);
    return found == 0 ? QM_NAMES_NONE : found - 1;
}
