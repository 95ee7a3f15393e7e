/* Every file is opened once, for its rate and its channels; what the session's rate is
 * and which files are two sides of one stem is known when all were. */
#include "cmd/stem_session.h"

#include "base/text.h"
#include "cmd/stem_names.h"
#include "formats/audio_read.h"

#include <string.h>

enum { LOWEST_RATE = 8000, HIGHEST_RATE = 192000 /* of sessions */ };

typedef struct Stem {
    const char *file, *right; /* right: NULL, or its other side */
    size_t length;            /* of what names it */
    StemSide side;
    uint32_t rate, channels;
    bool taken; /* is the other side of one before it */
} Stem;

static QmStatus look(const char *file, QmDiag *diag, Stem *stem)
{
    QmAudioReader reader;
    *stem = (Stem){.file = file};
    const QmStatus status = qm_audio_open(NULL, file, (QmPlace){0}, diag, &reader);
    if (status != QM_OK)
        return status;
    stem->rate = reader.info.rate;
    stem->channels = reader.info.channels;
    stem->side = stem_side(file, &stem->length);
    reader.close(reader.self);
    return QM_OK;
}

/* --- pairs -------------------------------------------------------------------------- */

static bool are_sides(const Stem *a, const Stem *b)
{
    return a->side != STEM_WHOLE && b->side != STEM_WHOLE && a->side != b->side &&
           a->channels == 1 && b->channels == 1 && a->length == b->length &&
           strncmp(a->file, b->file, a->length) == 0 &&
           qm_same(a->file + qm_path_stem(a->file), b->file + qm_path_stem(b->file));
}

static QmStatus join(Stem *first, Stem *second, QmDiag *diag)
{
    Stem *const left = first->side == STEM_LEFT ? first : second;
    const char *const right = (left == first ? second : first)->file;
    if (first->rate != second->rate)
        return qm_fail_plain(diag, QM_ERR_INPUT,
                             "'%s' has %u Hz and '%s' %u Hz: the sides of a stem need "
                             "the same rate",
                             first->file, first->rate, second->file, second->rate);
    first->file = left->file;
    first->right = right;
    second->taken = true;
    return QM_OK;
}

/* The stem before the first that is taken moves up: *n falls. A side without the other is
 * a stem with all of its name. */
static QmStatus join_sides(Stem *stems, uint32_t *n, QmDiag *diag)
{
    QmStatus status = QM_OK;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *n && status == QM_OK; i++) {
        for (uint32_t k = i + 1; k < *n && status == QM_OK; k++)
            if (!stems[i].taken && !stems[i].right && !stems[k].taken &&
                are_sides(&stems[i], &stems[k]))
                status = join(&stems[i], &stems[k], diag);
        if (!stems[i].right)
            stems[i].length = qm_path_stem(stems[i].file);
        if (!stems[i].taken)
            stems[kept++] = stems[i];
    }
    *n = kept;
    return status;
}

/* --- the session -------------------------------------------------------------------- */

static uint32_t rate_of(const Stem *stems, uint32_t n)
{
    uint32_t most = 0, rate = HIGHEST_RATE;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t count = 0;
        for (uint32_t k = 0; k < n; k++)
            count += stems[k].rate == stems[i].rate;
        if (count > most || (count == most && stems[i].rate > rate)) {
            most = count;
            rate = stems[i].rate;
        }
    }
    return rate < LOWEST_RATE ? LOWEST_RATE : rate > HIGHEST_RATE ? HIGHEST_RATE : rate;
}

/* The folder of the first file; "" where none is said. */
static const char *title_of(const char *file, QmArena *arena)
{
    const size_t length = (size_t)(qm_path_last(file) - file);
    const char *const folder = qm_arena_strndup(arena, file, length ? length - 1 : 0);
    return folder ? qm_path_last(folder) : NULL;
}

static bool fill_strip(const Stem *stem, const char *name, uint16_t index,
                       uint16_t master, QmSession *session)
{
    QmArena *const arena = session->arena;
    QmStrip *const strip = &session->strips[index];
    QmClip *const clip = QM_NEW(arena, QmClip);
    double *const params = QM_NEW_ARRAY(arena, double, qm_gen_clip.n_params);
    if (!clip || !params)
        return false;
    session->sounds[index] =
        (QmSound){.name = name, .file = stem->file, .right = stem->right};
    *clip = (QmClip){
        .sound = index,
        .at = {.kind = QM_POS_BARS, .bar = 1, .beat = 1, .sixteenth = 1},
        .from.kind = QM_LEN_SAMPLES,
        .length.kind = QM_LEN_SAMPLES,
        .fade_in.kind = QM_LEN_SAMPLES,
        .fade_out.kind = QM_LEN_SAMPLES,
    };
    qm_gen_defaults(&qm_gen_clip, params);
    qm_strip_init(strip, name, QM_STRIP_SOURCE);
    strip->to = master;
    strip->input = (QmInput){.generator = &qm_gen_clip,
                             .params = params,
                             .sound = QM_NONE,
                             .clips = clip,
                             .n_clips = 1};
    return true;
}

static QmStatus make(const Stem *stems, uint32_t n, QmArena *arena, QmDiag *diag,
                     QmSession **made)
{
    const char **const paths = QM_NEW_ARRAY(arena, const char *, n);
    const char **const names = QM_NEW_ARRAY(arena, const char *, n);
    size_t *const lengths = QM_NEW_ARRAY(arena, size_t, n);
    QmSession *const session = qm_session_new(arena);
    QmStrip *const strips = QM_NEW_ARRAY(arena, QmStrip, n + 1);
    if (!paths || !names || !lengths || !session || !strips)
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < n; i++) {
        paths[i] = stems[i].file;
        lengths[i] = stems[i].length;
    }
    const QmStatus status = stem_names(paths, lengths, n, arena, diag, names);
    if (status != QM_OK)
        return status;
    strips[n] = session->strips[0];
    session->strips = strips;
    session->n_strips = n + 1;
    session->sounds = QM_NEW_ARRAY(arena, QmSound, n);
    session->n_sounds = n;
    session->rate = rate_of(stems, n);
    session->title = title_of(paths[0], arena);
    bool filled = session->sounds && session->title;
    for (uint32_t i = 0; i < n && filled; i++)
        filled = fill_strip(&stems[i], names[i], (uint16_t)i, (uint16_t)n, session);
    *made = session;
    return filled ? QM_OK : qm_fail_memory(diag);
}

QmStatus stem_session(const CliList *files, QmArena *arena, QmDiag *diag,
                      QmSession **session)
{
    if (files->count == 0 || files->count >= QM_MAX_STRIPS)
        return qm_fail_plain(diag, QM_ERR_INPUT, "expected 1 to %d stems, found %zu",
                             QM_MAX_STRIPS - 1, files->count);
    uint32_t n = (uint32_t)files->count;
    Stem *const stems = QM_NEW_ARRAY(arena, Stem, n);
    if (!stems)
        return qm_fail_memory(diag);
    QmStatus status = QM_OK;
    for (uint32_t i = 0; i < n && status == QM_OK; i++)
        status = look(files->items[i], diag, &stems[i]);
    if (status == QM_OK)
        status = join_sides(stems, &n, diag);
    return status == QM_OK ? make(stems, n, arena, diag, session) : status;
}
