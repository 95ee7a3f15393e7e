/* Both logs become rows (strip, target, side, place), sorted: what belongs together lies
 * side by side. Of several lines with one target in one log the last one counts, as it
 * does when they are applied.
 *
 *     in a only: removed        in b only: added        in both, another value: changed
 */
#include "mix/mix_diff.h"

#include "base/number.h"
#include "base/sort.h"

#include <string.h>

const char *const qm_change_names[4] = {"added", "removed", "changed", NULL};

/* ---- strips ---- */

/* What a target begins with. */
static size_t strip_length(const char *target)
{
    const char *const dot = strchr(target, '.');
    return dot ? (size_t)(dot - target) : 0;
}

typedef struct Strips {
    QmList names; /* of const char * */
    QmArena *arena;
} Strips;

static const char *name_at(const Strips *strips, size_t i)
{
    return ((const char *const *)strips->names.items)[i];
}

/* Its index; it is added if it is new. SIZE_MAX: out of memory. */
static size_t index_of(Strips *strips, const char *name, size_t length)
{
    for (size_t i = 0; i < strips->names.count; i++)
        if (strncmp(name_at(strips, i), name, length) == 0 && !name_at(strips, i)[length])
            return i;
    const char **const added = qm_list_add(&strips->names, sizeof *added, strips->arena);
    if (!added || !(*added = qm_arena_strndup(strips->arena, name, length)))
        return SIZE_MAX;
    return strips->names.count - 1;
}

static bool add_inputs(Strips *strips, const QmDecisionLog *log)
{
    const QmLogInput *const inputs = log->inputs.items;
    for (size_t i = 0; i < log->inputs.count; i++)
        if (index_of(strips, inputs[i].strip, strlen(inputs[i].strip)) == SIZE_MAX)
            return false;
    return true;
}

/* ---- rows ---- */

typedef struct Row {
    const QmDecision *decision;
    size_t strip, at; /* which, and its place in the log */
    bool second;      /* of the logs */
} Row;

static bool add_rows(QmList *rows, Strips *strips, const QmDecisionLog *log, bool second)
{
    const QmDecision *const decisions = log->decisions.items;
    for (size_t i = 0; i < log->decisions.count; i++) {
        const char *const target = decisions[i].target;
        if (qm_decision_is_note(&decisions[i]))
            continue;
        const size_t strip = index_of(strips, target, strip_length(target));
        Row *const row = qm_list_add(rows, sizeof *row, strips->arena);
        if (strip == SIZE_MAX || !row)
            return false;
        *row = (Row){&decisions[i], strip, i, second};
    }
    return true;
}

static int by_target(const void *a, const void *b)
{
    const Row *const x = a, *const y = b;
    if (x->strip != y->strip)
        return x->strip < y->strip ? -1 : 1;
    const int order = strcmp(x->decision->target, y->decision->target);
    return order ? order : x->second - y->second; /* stable: then as they come */
}

/* ---- changes ---- */

/* "-3 dB" and "-3.0 dB" are the same. */
static bool same_value(const char *a, const char *b)
{
    double x, y;
    const char *const rest_a = qm_number_scan(a, 0, &x), *const rest_b =
                                                             qm_number_scan(b, 0, &y);
    return qm_same(a, b) || (rest_a && rest_b && x == y && qm_same(rest_a, rest_b));
}

typedef struct Change {
    QmMixChange change;
    size_t strip, at;
    QmStage stage;
} Change;

static bool add_change(QmList *changes, const Strips *strips, const Row *from,
                       const Row *to)
{
    const Row *const row = to ? to : from;
    if (from && to && same_value(from->decision->value, to->decision->value))
        return true;
    Change *const added = qm_list_add(changes, sizeof *added, strips->arena);
    if (!added)
        return false;
    *added = (Change){{!from ? QM_ADDED
                       : !to ? QM_REMOVED
                             : QM_CHANGED,
                       name_at(strips, row->strip), from ? from->decision : NULL,
                       to ? to->decision : NULL},
                      row->strip,
                      row->at,
                      row->decision->stage};
    return true;
}

static bool pair_rows(const QmList *rows, const Strips *strips, QmList *changes)
{
    const Row *const row = rows->items;
    for (size_t i = 0; i < rows->count;) {
        const Row *found[2] = {NULL, NULL};
        const Row *const first = &row[i];
        for (; i < rows->count && row[i].strip == first->strip &&
               qm_same(row[i].decision->target, first->decision->target);
             i++)
            found[row[i].second] = &row[i];
        if (!add_change(changes, strips, found[0], found[1]))
            return false;
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const Change *const x = a, *const y = b;
    const bool master_x = qm_same(x->change.strip, "master"),
               master_y = qm_same(y->change.strip, "master");
    if (master_x != master_y)
        return master_x - master_y;
    if (x->strip != y->strip)
        return x->strip < y->strip ? -1 : 1;
    if (x->stage != y->stage)
        return x->stage < y->stage ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static bool find_changes(const QmDecisionLog *a, const QmDecisionLog *b, QmArena *arena,
                         QmMixDiff *diff)
{
    Strips strips = {.arena = arena};
    QmList rows = {0}, changes = {0};
    if (!add_inputs(&strips, a) || !add_inputs(&strips, b) ||
        !add_rows(&rows, &strips, a, false) || !add_rows(&rows, &strips, b, true) ||
        qm_sort(rows.items, rows.count, sizeof(Row), by_target, arena) != QM_OK ||
        !pair_rows(&rows, &strips, &changes) ||
        qm_sort(changes.items, changes.count, sizeof(Change), by_place, arena) != QM_OK)
        return false;
    for (size_t i = 0; i < changes.count; i++)
        if (!qm_list_append(&diff->changes, &((const Change *)changes.items)[i].change, 1,
                            sizeof(QmMixChange), arena))
            return false;
    return true;
}

/* ---- heads ---- */

static bool add_head(QmMixDiff *diff, QmArena *arena, const char *what, const char *from,
                     const char *to)
{
    if (qm_same(from, to) || (!from && !to))
        return true;
    QmHeadChange *const head = qm_list_add(&diff->heads, sizeof *head, arena);
    if (head)
        *head = (QmHeadChange){what, from, to};
    return head != NULL;
}

static const char *target_text(const QmDecisionLog *log, QmArena *arena)
{
    char number[QM_NUMBER_TEXT];
    QmText text;
    qm_text_init(&text, arena);
    qm_text_printf(&text, "%s%s", log->target ? log->target : "",
                   log->target && log->target[0] ? " " : "");
    qm_number_text(log->lufs, number);
    qm_text_printf(&text, "%s LUFS ", number);
    qm_number_text(log->ceiling, number);
    qm_text_printf(&text, "%s dBTP", number);
    return text.failed ? NULL : text.data;
}

static const char *seed_text(const QmDecisionLog *log, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_printf(&text, "%llu", (unsigned long long)log->seed);
    return text.failed ? NULL : text.data;
}

/* Input `at` of those of its strip. */
static const QmLogInput *input_of(const QmDecisionLog *log, const char *strip, size_t at)
{
    const QmLogInput *const inputs = log->inputs.items;
    for (size_t i = 0; i < log->inputs.count; i++)
        if (qm_same(inputs[i].strip, strip) && at-- == 0)
            return &inputs[i];
    return NULL;
}

static const char *input_text(const QmLogInput *input, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_printf(&text, "%s %s", input->hash, input->file);
    return text.failed ? NULL : text.data;
}

static bool add_input(QmMixDiff *diff, QmArena *arena, const QmLogInput *from,
                      const QmLogInput *to)
{
    QmText what;
    if (from && to && qm_same(from->hash, to->hash))
        return true; /* the same sound, wherever it lies */
    qm_text_init(&what, arena);
    qm_text_printf(&what, "input %s", (from ? from : to)->strip);
    const char *const a = from ? input_text(from, arena) : NULL,
                      *const b = to ? input_text(to, arena) : NULL;
    return !what.failed && (!from || a) && (!to || b) &&
           add_head(diff, arena, what.data, a, b);
}

/* How many inputs of the same strip come before. */
static size_t among(const QmLogInput *inputs, size_t at)
{
    size_t n = 0;
    for (size_t i = 0; i < at; i++)
        n += qm_same(inputs[i].strip, inputs[at].strip);
    return n;
}

static bool find_inputs(const QmDecisionLog *a, const QmDecisionLog *b, QmArena *arena,
                        QmMixDiff *diff)
{
    const QmLogInput *const in_a = a->inputs.items, *const in_b = b->inputs.items;
    for (size_t i = 0; i < a->inputs.count; i++)
        if (!add_input(diff, arena, &in_a[i], input_of(b, in_a[i].strip, among(in_a, i))))
            return false;
    for (size_t i = 0; i < b->inputs.count; i++)
        if (!input_of(a, in_b[i].strip, among(in_b, i)) &&
            !add_input(diff, arena, NULL, &in_b[i]))
            return false;
    return true;
}

bool qm_mix_diff(const QmDecisionLog *a, const QmDecisionLog *b, QmArena *arena,
                 QmMixDiff *diff)
{
    *diff = (QmMixDiff){0};
    const char *const targets[] = {target_text(a, arena), target_text(b, arena)};
    const char *const seeds[] = {seed_text(a, arena), seed_text(b, arena)};
    if (!targets[0] || !targets[1] || !seeds[0] || !seeds[1])
        return false;
    return add_head(diff, arena, "session", a->session, b->session) &&
           add_head(diff, arena, "template", a->template, b->template) &&
           add_head(diff, arena, "seed", seeds[0], seeds[1]) &&
           add_head(diff, arena, "target", targets[0], targets[1]) &&
           find_inputs(a, b, arena, diff) && find_changes(a, b, arena, diff);
}
