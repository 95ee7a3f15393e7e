/* An engine with a play and a stop button: what stands between a sound card's callback
 * and the thread that people talk to.
 *
 * Commands act on the engine's grid: while it plays, before the next quantum; while it
 * stands, at the next callback. So what is heard after a stop, a locate or a new start is
 * always whole quanta, and the same quanta an offline render would compute. A stop is a
 * cut; play goes on with the very next frame. At the end of the song it falls silent;
 * play then begins anew. */
#ifndef QM_RENDER_PLAYER_H
#define QM_RENDER_PLAYER_H

#include "render/control.h"
#include "render/engine.h"

enum { QM_PLAYER_COMMANDS = 256 }; /* that may wait at a time */

typedef struct QmPlayer QmPlayer;

typedef enum QmPlayerMode {
    QM_PLAYER_STOPPED,
    QM_PLAYER_PLAYING,
    QM_PLAYER_ENDED
} QmPlayerMode;

typedef struct QmPlayerState {
    QmPlayerMode mode;
    int64_t frame; /* song frame that comes next */
    bool waiting;  /* commands were sent that no callback has seen yet */
} QmPlayerState;

/* Stands at frame 0, stopped. Borrows the plan, whose assets are resident. Errors:
 * QM_ERR_MEMORY. */
QmStatus qm_player_new(const QmPlan *plan, QmArena *arena, QmDiag *diag,
                       QmPlayer **player);

/* The control thread: hands a PLAY, STOP or LOCATE over; false: too many are waiting. */
bool qm_player_send(QmPlayer *player, QmCommand command);
QmPlayerState qm_player_state(const QmPlayer *player);
/* The largest sample of an output channel since this was last asked. */
float qm_player_peak(QmPlayer *player, uint32_t channel);

/* The audio thread: the next `n` frames, one buffer a channel, 2 * plan->n_outputs of
 * them; NULL where nobody listens. `self` is a QmPlayer. Real time: never allocates,
 * locks, logs or waits. */
void qm_player_process(void *self, uint32_t n, float *const *channels);

#endif
