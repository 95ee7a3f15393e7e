/* A file as the blocks that an analysis looks at (analysis/feature.h): read forwards
 * once, channel by channel, with the frames around each block. */
#ifndef QM_RENDER_BLOCKS_H
#define QM_RENDER_BLOCKS_H

#include "analysis/feature.h"
#include "model/audio_reader.h"

/* +120 dBFS: what is louder is no audio, and is taken as that. */
#define QM_BLOCK_LOUDEST 0x1p20f

/* Where a block lies: planar[channels][around + block + around]. */
typedef struct QmBlockRoom {
    uint32_t channels, block, around;
    float **planar;
    const float **channel; /* planar + around */
} QmBlockRoom;

bool qm_block_room_init(QmBlockRoom *room, const QmScanSpec *spec, QmArena *arena);
/* Whether it can hold blocks of `spec`. */
bool qm_block_room_fits(const QmBlockRoom *room, const QmScanSpec *spec);

typedef struct QmBlocks {
    QmAudioReader reader;
    QmArena arena;
    uint32_t channels, block, around;
    float **carry;      /* [channels][2 * around]: what the next block begins with */
    float *interleaved; /* a piece, as the reader gives it */
    int64_t next;       /* where the next block begins */
    int64_t total;      /* frames read so far */
    bool ended;         /* total is all there is */
    uint64_t beyond;    /* samples that were louder than QM_BLOCK_LOUDEST */
} QmBlocks;

/* Takes the reader over, to be closed with qm_blocks_close; on failure it stays the
 * caller's. */
QmStatus qm_blocks_open(QmBlocks *blocks, const QmScanSpec *spec,
                        const QmAudioReader *reader, QmDiag *diag);
/* The next block into `room`, which must fit. *got is false behind the last. */
QmStatus qm_blocks_next(QmBlocks *blocks, QmBlockRoom *room, QmBlock *block, bool *got,
                        QmDiag *diag);
void qm_blocks_close(QmBlocks *blocks);

#endif
