/* Lists grow by a quarter, and let go of what they grew out of. */
#include "analysis/measure.h"

#include "base/number.h"

#include <string.h>

bool qm_list_append(QmList *list, const void *items, size_t count, size_t size,
                    QmArena *arena)
{
    if (list->count + count > list->room) {
        size_t room = list->room ? list->room + list->room / 4 + 1 : 64;
        if (room < list->count + count)
            room = list->count + count;
        void *const grown = qm_arena_grow(arena, list->items, list->count, room, size);
        if (!grown)
            return false;
        qm_arena_drop(arena, list->items);
        list->items = grown;
        list->room = room;
    }
    if (count) /* there may be no items to point to */
        memcpy((char *)list->items + list->count * size, items, count * size);
    list->count += count;
    return true;
}

void *qm_list_add(QmList *list, size_t size, QmArena *arena)
{
    static const char zero[256];
    if (size > sizeof zero || !qm_list_append(list, zero, 1, size, arena))
        return NULL;
    return (char *)list->items + (list->count - 1) * size;
}

double qm_measure_round(const QmMeasure *measure, double value)
{
    char text[QM_NUMBER_TEXT];
    double rounded = 0;
    qm_fixed_text(value, measure->decimals, text);
    return qm_number_parse(text, &rounded) ? rounded : value;
}
