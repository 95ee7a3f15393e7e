/* A session's copy for edits: as deep as edits go. Whatever an edit may write is the
 * copy's own; names, sounds, patterns, the meter and the arrangement are shared. */
#include "model/edit.h"

#include <string.h>

/* The array at `*field` becomes the copy's own. False: out of memory. */
static bool own(QmArena *arena, void *field, size_t count, size_t size)
{
    void *old, *copy;
    memcpy(&old, field, sizeof old);
    if (!old) {
        return true;
    }
    copy = qm_arena_grow(arena, old, count, count, size);
    memcpy(field, &copy, sizeof copy);
    return copy != NULL;
}

#define OWN(arena, array, count) own((arena), &(array), (count), sizeof *(array))

static bool own_strip(QmArena *arena, QmStrip *strip)
{
    QmInput *input = &strip->input;
    bool done =
        OWN(arena, strip->inserts, strip->n_inserts) &&
        OWN(arena, strip->sends, strip->n_sends) &&
        OWN(arena, input->clips, input->n_clips) &&
        (!input->generator || OWN(arena, input->params, input->generator->n_params));
    for (uint32_t i = 0; done && i < strip->n_inserts; i++) {
        QmInsert *insert = &strip->inserts[i];
        done =
            OWN(arena, insert->params, qm_proc_n_params(insert->proc, insert->n_groups));
    }
    return done;
}

static bool own_lane(QmArena *arena, QmLane *lane)
{
    lane->room = 0;
    return OWN(arena, lane->points, lane->n_points);
}

static bool own_modulator(QmArena *arena, QmModulator *modulator)
{
    return OWN(arena, modulator->params,
               modulator->source->n_params + modulator->n_groups) &&
           OWN(arena, modulator->routes, modulator->n_routes);
}

QmSession *qm_session_copy(const QmSession *session, QmArena *arena)
{
    QmSession *copy = QM_NEW(arena, QmSession);
    if (!copy) {
        return NULL;
    }
    *copy = *session;
    copy->arena = arena;
    bool done = OWN(arena, copy->tempo, copy->n_tempo) &&
                OWN(arena, copy->strips, copy->n_strips) &&
                OWN(arena, copy->modulators, copy->n_modulators) &&
                OWN(arena, copy->lanes, copy->n_lanes);
    for (uint32_t i = 0; done && i < copy->n_strips; i++) {
        done = own_strip(arena, &copy->strips[i]);
    }
    for (uint32_t i = 0; done && i < copy->n_modulators; i++) {
        done = own_modulator(arena, &copy->modulators[i]);
    }
    for (uint32_t i = 0; done && i < copy->n_lanes; i++) {
        done = own_lane(arena, &copy->lanes[i]);
    }
    return done ? copy : NULL;
}
