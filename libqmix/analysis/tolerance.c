/* Names are looked up by walking the tables of measures: there are some hundred, and a
 * tolerance is read once. */
#include "analysis/tolerance.h"

#include "base/text.h"

#include <string.h>

enum { NAME_MAX = 128 };

/* "a.b.c" of the parts that are there. */
static void join(const char *a, const char *b, const char *c, char name[NAME_MAX])
{
    const char *const parts[] = {a, b, c};
    size_t length = 0;
    for (int i = 0; i < 3 && parts[i]; i++) {
        if (length && length < NAME_MAX - 1)
            name[length++] = '.';
        for (const char *p = parts[i]; *p && length < NAME_MAX - 1; p++)
            name[length++] = *p;
    }
    name[length] = '\0';
}

/* --- all names ---------------------------------------------------------------------- */

/* Takes a name; true: go on. */
typedef bool (*Take)(void *self, const char *name, QmNamed what);

static QmNamed named(const QmMeasure *measure)
{
    switch (measure->kind) {
    case QM_MEASURE_NUMBER:
    case QM_MEASURE_COUNT:
    case QM_MEASURE_LIST:
        return (QmNamed){QM_NAMED_NUMBER, 0, measure};
    case QM_MEASURE_TEXT:
    case QM_MEASURE_FLAG:
        return (QmNamed){QM_NAMED_WORD, 0, measure};
    case QM_MEASURE_ROWS:
        break;
    }
    return (QmNamed){QM_NAMED_MANY};
}

static bool walk_measure(const char *feature, const QmMeasure *measure, Take take,
                         void *self)
{
    char name[NAME_MAX];
    join(feature, measure->name, NULL, name);
    bool on = take(self, name, named(measure));
    for (uint16_t c = 0; on && c < measure->n_columns; c++) {
        join(feature, measure->name, measure->columns[c].name, name);
        on = take(self, name, named(&measure->columns[c]));
    }
    return on;
}

static bool walk_feature(const QmFeature *feature, Take take, void *self)
{
    bool on = take(self, feature->name, (QmNamed){QM_NAMED_MANY});
    for (uint32_t i = 0; on && i < feature->n_measures; i++)
        on = walk_measure(feature->name, &feature->measures[i], take, self);
    return on;
}

static void walk(Take take, void *self)
{
    bool on = take(self, "default", (QmNamed){QM_NAMED_MANY});
    for (uint32_t i = 0; on && i < QM_DIFFERENCE_MEASURES; i++)
        if (qm_difference_limits[i] != QM_LIMIT_NONE)
            on = take(self, qm_difference_measures[i].name,
                      (QmNamed){QM_NAMED_LIMIT, i, &qm_difference_measures[i]});
    for (uint32_t i = 0; on && i < qm_feature_count(); i++)
        on = walk_feature(qm_feature_at(i), take, self);
}

typedef struct Sought {
    const char *name;
    QmNamed found;
} Sought;

static bool is_it(void *self, const char *name, QmNamed what)
{
    Sought *const sought = self;
    if (!qm_same(name, sought->name))
        return true;
    sought->found = what;
    return false;
}

QmNamed qm_tolerance_named(const char *name)
{
    Sought sought = {.name = name};
    walk(is_it, &sought);
    return sought.found;
}

typedef struct Names {
    QmList list; /* of const char * */
    QmArena *arena;
} Names;

static bool keep(void *self, const char *name, QmNamed what)
{
    (void)what;
    Names *const names = self;
    const char *const copy = qm_arena_strdup(names->arena, name);
    return copy && qm_list_append(&names->list, &copy, 1, sizeof copy, names->arena);
}

const char *qm_tolerance_near(const char *name, QmArena *arena)
{
    Names names = {.arena = arena};
    walk(keep, &names);
    return qm_near_miss(name, names.list.items, names.list.count);
}

const char *qm_tolerance_unit(const QmMeasure *measure)
{
    if (qm_same(measure->unit, "LUFS"))
        return "LU";
    const bool level = qm_same(measure->unit, "dBFS") || qm_same(measure->unit, "dBTP");
    return level ? "dB" : measure->unit;
}

/* --- the closest -------------------------------------------------------------------- */

static const QmTolerance *last_named(const QmList *tolerances, const char *name)
{
    const QmTolerance *const items = tolerances->items;
    for (size_t i = tolerances->count; i > 0; i--)
        if (qm_same(items[i - 1].name, name))
            return &items[i - 1];
    return NULL;
}

/* "sample_at" */
static bool is_place(const char *name)
{
    const size_t length = strlen(name);
    return length > 3 && qm_same(name + length - 3, "_at");
}

const QmTolerance *qm_tolerance_of(const QmList *tolerances, const char *feature,
                                   const char *measure, const char *column)
{
    char name[NAME_MAX];
    if (!feature)
        return last_named(tolerances, measure);
    join(feature, measure, column, name);
    const QmTolerance *found = last_named(tolerances, name);
    if (found || is_place(column ? column : measure))
        return found;
    join(feature, measure, NULL, name);
    found = last_named(tolerances, name);
    found = found ? found : last_named(tolerances, feature);
    return found ? found : last_named(tolerances, "default");
}
