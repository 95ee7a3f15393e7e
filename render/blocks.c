/* A block is read with what lies behind it; the end of what was read is carried over to
 * the next. */
#include "render/blocks.h"

#include <string.h>

enum { PIECE = 4096 /* frames read at a time: they stay in the cache */ };

bool qm_block_room_init(QmBlockRoom *room, const QmScanSpec *spec, QmArena *arena)
{
    const size_t width = spec->block + 2 * (size_t)spec->around;
    room->planar = QM_NEW_ARRAY(arena, float *, spec->channels);
    room->channel = QM_NEW_ARRAY(arena, const float *, spec->channels);
    for (uint32_t c = 0; room->planar && room->channel && c < spec->channels; c++) {
        room->planar[c] = QM_NEW_ARRAY(arena, float, width);
        if (!room->planar[c])
            return false;
        room->channel[c] = room->planar[c] + spec->around;
    }
    if (!room->planar || !room->channel)
        return false;
    room->channels = spec->channels; /* only now does anything fit */
    room->block = spec->block;
    room->around = spec->around;
    return true;
}

bool qm_block_room_fits(const QmBlockRoom *room, const QmScanSpec *spec)
{
    return room->channels >= spec->channels && room->block == spec->block &&
           room->around == spec->around;
}

QmStatus qm_blocks_open(QmBlocks *blocks, const QmScanSpec *spec,
                        const QmAudioReader *reader, QmDiag *diag)
{
    memset(blocks, 0, sizeof *blocks);
    qm_arena_init(&blocks->arena);
    blocks->channels = spec->channels;
    blocks->block = spec->block;
    blocks->around = spec->around;
    blocks->carry = QM_NEW_ARRAY(&blocks->arena, float *, spec->channels);
    blocks->interleaved =
        QM_NEW_ARRAY(&blocks->arena, float, (size_t)PIECE * spec->channels);
    bool ok = blocks->carry && blocks->interleaved;
    for (uint32_t c = 0; ok && c < spec->channels; c++)
        ok = (blocks->carry[c] =
                  QM_NEW_ARRAY(&blocks->arena, float, 2 * (size_t)spec->around)) != NULL;
    if (!ok) {
        qm_arena_release(&blocks->arena);
        return qm_fail_memory(diag);
    }
    blocks->reader = *reader;
    return QM_OK;
}

void qm_blocks_close(QmBlocks *blocks)
{
    blocks->reader.close(blocks->reader.self);
    qm_arena_release(&blocks->arena);
    blocks->reader.self = NULL;
}

/* Four samples, and what their bits are as integers: those of magnitudes are in order. */
typedef float Four __attribute__((vector_size(16)));
typedef int32_t FourI __attribute__((vector_size(16)));

static Four load(const float *p)
{
    Four x;
    memcpy(&x, p, sizeof x);
    return x;
}

static void store(float *p, Four x) { memcpy(p, &x, sizeof x); }

/* All ones where a sample is louder than QM_BLOCK_LOUDEST. */
static FourI beyond(Four x)
{
    const union {
        float value;
        int32_t bits;
    } loudest = {QM_BLOCK_LOUDEST};
    return ((FourI)x & INT32_MAX) > loudest.bits;
}

/* What features can square and sum without overflow. */
static float bounded(float x)
{
    const float low = x > -QM_BLOCK_LOUDEST ? x : -QM_BLOCK_LOUDEST;
    return low < QM_BLOCK_LOUDEST ? low : QM_BLOCK_LOUDEST;
}

/* in[n][2] to left and right; whether any is beyond. */
static bool spread_pairs(const float *in, uint32_t n, float *left, float *right)
{
    FourI any = {0};
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const Four a = load(in + 2 * i), b = load(in + 2 * i + 4);
        any |= beyond(a) | beyond(b);
        store(left + i, __builtin_shufflevector(a, b, 0, 2, 4, 6));
        store(right + i, __builtin_shufflevector(a, b, 1, 3, 5, 7));
    }
    bool loud = any[0] | any[1] | any[2] | any[3];
    for (; i < n; i++) {
        left[i] = in[2 * i];
        right[i] = in[2 * i + 1];
        loud |= bounded(left[i]) != left[i] || bounded(right[i]) != right[i];
    }
    return loud;
}

/* in[n][channels] to planar[c] + at; how many of them had to be bounded. */
static uint64_t spread(const float *in, uint32_t channels, uint32_t n,
                       float *const *planar, size_t at)
{
    if (channels == 2 && !spread_pairs(in, n, planar[0] + at, planar[1] + at))
        return 0;
    uint64_t count = 0;
    for (uint32_t c = 0; c < channels; c++)
        for (uint32_t i = 0; i < n; i++) {
            const float x = in[(size_t)i * channels + c], y = bounded(x);
            count += x != y;
            planar[c][at + i] = y;
        }
    return count;
}

/* The next n frames to planar[c] + at; silence behind the end. */
static QmStatus fill(QmBlocks *b, float *const *planar, size_t at, uint32_t n,
                     QmDiag *diag)
{
    for (uint32_t done = 0; done < n;) {
        const uint32_t want = n - done < PIECE ? n - done : PIECE;
        uint32_t got = 0;
        if (!b->ended) {
            const QmStatus status = b->reader.read(b->reader.self, b->total, want,
                                                   b->interleaved, &got, diag);
            if (status != QM_OK)
                return status;
            b->beyond += spread(b->interleaved, b->channels, got, planar, at + done);
            b->total += got;
            b->ended = got < want;
        }
        for (uint32_t c = 0; c < b->channels; c++)
            memset(planar[c] + at + done + got, 0, (want - got) * sizeof(float));
        done += want;
    }
    return QM_OK;
}

QmStatus qm_blocks_next(QmBlocks *b, QmBlockRoom *room, QmBlock *block, bool *got,
                        QmDiag *diag)
{
    const size_t around = b->around;
    *got = false;
    QmStatus status = QM_OK;
    if (b->next == 0) /* before the file is silence, and then its first frames */
        status = fill(b, b->carry, around, b->around, diag);
    if (status != QM_OK || (b->ended && b->next >= b->total))
        return status;
    for (uint32_t c = 0; c < b->channels; c++)
        memcpy(room->planar[c], b->carry[c], 2 * around * sizeof(float));
    status = fill(b, room->planar, 2 * around, b->block, diag);
    if (status != QM_OK)
        return status;
    for (uint32_t c = 0; c < b->channels; c++)
        memcpy(b->carry[c], room->planar[c] + b->block, 2 * around * sizeof(float));
    const int64_t left = b->total - b->next;
    *block = (QmBlock){.at = b->next,
                       .n = left < (int64_t)b->block ? (uint32_t)left : b->block,
                       .last = b->ended && left <= (int64_t)b->block,
                       .channel = room->channel};
    b->next += b->block;
    *got = true;
    return QM_OK;
}
