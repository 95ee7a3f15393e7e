/* Each side is read by itself, a piece at a time, and its first channel is laid into the
 * pair. A side that cannot be read at any frame is read on from where it stands, and not
 * again behind its end. */
#include "render/joined.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { SIDES = 2, PIECE = 4096 /* frames */ };

typedef struct Side {
    QmAudioReader reader;
    bool ended;
    float *piece; /* [PIECE][channels] */
} Side;

typedef struct Joined {
    QmArena arena; /* holds all of it */
    Side sides[SIDES];
} Joined;

/* Frames [frame, frame + n) of a side into every second of out[2 n]; *got of them. */
static QmStatus read_side(Side *side, int64_t frame, uint32_t n, float *out,
                          uint32_t *got, QmDiag *diag)
{
    const QmAudioReader *const reader = &side->reader;
    const uint32_t channels = reader->info.channels;
    const int64_t end = reader->info.frames;
    *got = 0;
    while (*got < n && !side->ended && (end < 0 || frame + *got < end)) {
        const uint32_t want = n - *got < PIECE ? n - *got : PIECE;
        uint32_t came;
        const QmStatus status =
            reader->read(reader->self, frame + *got, want, side->piece, &came, diag);
        if (status != QM_OK)
            return status;
        for (uint32_t i = 0; i < came; i++)
            out[SIDES * (*got + i)] = side->piece[i * channels];
        *got += came;
        if (came < want) {
            side->ended = !reader->info.seekable;
            break;
        }
    }
    return QM_OK;
}

static QmStatus read_joined(void *self, int64_t frame, uint32_t n, float *out,
                            uint32_t *got, QmDiag *diag)
{
    Joined *const joined = self;
    memset(out, 0, (size_t)n * SIDES * sizeof *out);
    *got = 0;
    for (uint32_t s = 0; s < SIDES; s++) {
        uint32_t came;
        const QmStatus status =
            read_side(&joined->sides[s], frame, n, out + s, &came, diag);
        if (status != QM_OK)
            return status;
        *got = came > *got ? came : *got;
    }
    return QM_OK;
}

static void close_joined(void *self)
{
    Joined *const joined = self;
    QmArena arena = joined->arena;
    for (uint32_t s = 0; s < SIDES; s++)
        if (joined->sides[s].reader.close)
            joined->sides[s].reader.close(joined->sides[s].reader.self);
    qm_arena_release(&arena);
}

static uint64_t not_finite(const void *self)
{
    const Joined *const joined = self;
    uint64_t count = 0;
    for (uint32_t s = 0; s < SIDES; s++)
        count += joined->sides[s].reader.not_finite(joined->sides[s].reader.self);
    return count;
}

static QmAudioInfo info_of(const QmAudioInfo *left, const QmAudioInfo *right)
{
    QmAudioInfo info = *left;
    info.channels = SIDES;
    info.seekable = left->seekable && right->seekable;
    info.announced =
        left->announced > right->announced ? left->announced : right->announced;
    info.frames = left->frames > right->frames ? left->frames : right->frames;
    if (left->frames < 0 || right->frames < 0)
        info.frames = -1;
    return info;
}

static QmStatus open_sides(Joined *joined, QmAudioOpen open, void *context,
                           const QmSound *sound, QmPlace place, QmDiag *diag)
{
    const char *const files[SIDES] = {sound->file, sound->right};
    for (uint32_t s = 0; s < SIDES; s++) {
        Side *const side = &joined->sides[s];
        const QmStatus status = open(context, files[s], place, diag, &side->reader);
        if (status != QM_OK) {
            side->reader.close = NULL;
            return status;
        }
        side->piece = QM_NEW_ARRAY(&joined->arena, float,
                                   (size_t)PIECE * side->reader.info.channels);
        if (!side->piece)
            return qm_fail_memory(diag);
    }
    const QmAudioInfo *const left = &joined->sides[0].reader.info;
    const QmAudioInfo *const right = &joined->sides[1].reader.info;
    if (left->rate != right->rate)
        return qm_fail(diag, QM_ERR_INPUT, place, NULL,
                       "sound '%s': '%s' has %u Hz, its right side '%s' %u Hz",
                       sound->name, sound->file, left->rate, sound->right, right->rate);
    return QM_OK;
}

QmStatus qm_open_sound(QmAudioOpen open, void *context, const QmSound *sound,
                       QmPlace place, QmDiag *diag, QmAudioReader *reader)
{
    if (!sound->right)
        return open(context, sound->file, place, diag, reader);
    QmArena arena;
    qm_arena_init(&arena);
    Joined *const joined = QM_NEW(&arena, Joined);
    if (!joined) {
        qm_arena_release(&arena);
        return qm_fail_memory(diag);
    }
    joined->arena = arena;
    const QmStatus status = open_sides(joined, open, context, sound, place, diag);
    if (status != QM_OK) {
        close_joined(joined);
        return status;
    }
    *reader = (QmAudioReader){
        .info = info_of(&joined->sides[0].reader.info, &joined->sides[1].reader.info),
        .read = read_joined,
        .close = close_joined,
        .not_finite = not_finite,
        .self = joined,
    };
    return QM_OK;
}
