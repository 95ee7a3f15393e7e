/* Two mixes of a song in one file, to listen to: they take turns every eight bars, on the
 * beat, while the song goes on, and are equally loud. */
#ifndef QM_CMD_MIXES_COMPARE_H
#define QM_CMD_MIXES_COMPARE_H

#include "cmd/mix_take.h"
#include "mix/mix_diff.h"

enum { MIXES_BARS = 8 };

/* One turn: [from, to) in frames, which side plays, first and last bar. */
typedef struct MixesTurn {
    int64_t from, to;
    int32_t bar, last_bar;
    bool second;
} MixesTurn;

typedef struct MixesCompare {
    const char *names[2];
    const MixTake *takes[2];
    double gain_db[2]; /* the louder one's is below 0 */
    QmList turns;      /* of MixesTurn */
    int64_t frames;
} MixesCompare;

/* Gains and turns. Where the tempo is comes from the first; a warning says it when the
 * other has another. Errors: QM_ERR_INPUT for different rates or outputs. */
QmStatus mixes_compare_plan(MixesCompare *compare, QmArena *arena, QmDiag *diag);
/* Writes the file, as 24 bits. */
QmStatus mixes_compare_write(const MixesCompare *compare, const char *output,
                             QmArena *arena, QmDiag *diag);
/* Which mix plays when, how loud each is, and what differs. */
void mixes_compare_print(const MixesCompare *compare, const QmMixDiff *diff);
QmStatus mixes_compare_json(const MixesCompare *compare, const char *output,
                            const QmMixDiff *difference, QmDiag *diag);

#endif
