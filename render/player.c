/* The player. The audio thread owns the engine and `mode`; all that passes between the
 * threads is the ring of commands one way and a few atomics the other way. `handled`
 * counts the commands that the published state contains, so that the control thread can
 * tell an answer from an old one. A peak is raised by one thread and reset by the other;
 * a reset that gets lost in between shows an old peak once more, nothing worse. Peaks
 * travel as the bits of a float that is not negative, in an integer whose order is the
 * same. */
#include "render/player.h"

#include "base/fpmode.h"
#include "render/ring.h"

#include <stdatomic.h>
#include <string.h>

_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
               "atomics that lock have no place in an audio callback");

struct QmPlayer {
    QmEngine *engine;
    QmRing *commands;
    int64_t end; /* song frame behind the last */
    uint32_t n_channels;
    uint32_t sent;   /* control thread */
    uint32_t obeyed; /* audio thread, as the next two */
    QmPlayerMode mode;
    float *block; /* [QM_QUANTUM][n_channels] */
    _Atomic uint32_t handled;
    _Atomic uint32_t mode_seen;
    _Atomic int64_t frame_seen;
    _Atomic uint32_t *peaks; /* [n_channels] */
};

QmStatus qm_player_new(const QmPlan *plan, QmArena *arena, QmDiag *diag,
                       QmPlayer **player)
{
    QmPlayer *made = QM_NEW(arena, QmPlayer);
    if (!made)
        return qm_fail_memory(diag);
    made->end = plan->frames;
    made->n_channels = 2 * plan->n_outputs;
    made->block = qm_arena_alloc(arena, QM_QUANTUM, made->n_channels * sizeof(float));
    made->peaks = QM_NEW_ARRAY(arena, _Atomic uint32_t, made->n_channels);
    if (!made->block || !made->peaks)
        return qm_fail_memory(diag);
    QmStatus status =
        qm_ring_new(QM_PLAYER_COMMANDS, sizeof(QmCommand), arena, diag, &made->commands);
    if (status == QM_OK)
        status = qm_engine_new(plan, arena, diag, &made->engine);
    if (status == QM_OK)
        *player = made;
    return status;
}

/* --- the control thread ------------------------------------------------------------- */

bool qm_player_send(QmPlayer *player, QmCommand command)
{
    if (!qm_ring_push(player->commands, &command))
        return false;
    player->sent++;
    return true;
}

QmPlayerState qm_player_state(const QmPlayer *player)
{
    const uint32_t handled = atomic_load_explicit(&player->handled, memory_order_acquire);
    return (QmPlayerState){
        .mode = atomic_load_explicit(&player->mode_seen, memory_order_relaxed),
        .frame = atomic_load_explicit(&player->frame_seen, memory_order_relaxed),
        .waiting = handled != player->sent,
    };
}

float qm_player_peak(QmPlayer *player, uint32_t channel)
{
    const uint32_t bits =
        atomic_exchange_explicit(&player->peaks[channel], 0, memory_order_relaxed);
    float peak;
    memcpy(&peak, &bits, sizeof peak);
    return peak;
}

/* --- the audio thread --------------------------------------------------------------- */

static void obey(QmPlayer *player)
{
    QmCommand command;
    while (qm_ring_pop(player->commands, &command)) {
        player->obeyed++;
        if (command.verb == QM_VERB_STOP && player->mode == QM_PLAYER_PLAYING)
            player->mode = QM_PLAYER_STOPPED;
        if (command.verb == QM_VERB_LOCATE)
            qm_engine_locate(player->engine,
                             command.frame < player->end ? command.frame : player->end);
        if (command.verb == QM_VERB_LOCATE && player->mode == QM_PLAYER_ENDED)
            player->mode = QM_PLAYER_STOPPED;
        if (command.verb == QM_VERB_PLAY) {
            if (player->mode == QM_PLAYER_ENDED)
                qm_engine_locate(player->engine, 0);
            player->mode = QM_PLAYER_PLAYING;
        }
    }
}

/* One channel out of the block; its largest sample is noted. */
static void hand_over(QmPlayer *player, uint32_t channel, uint32_t n, float *out)
{
    const float *from = player->block + channel;
    float peak = 0.0f;
    for (uint32_t i = 0; i < n; i++) {
        const float sample = from[(size_t)i * player->n_channels];
        const float size = sample < 0.0f ? -sample : sample;
        peak = size > peak ? size : peak;
        out[i] = sample;
    }
    uint32_t bits;
    memcpy(&bits, &peak, sizeof bits);
    if (bits > atomic_load_explicit(&player->peaks[channel], memory_order_relaxed))
        atomic_store_explicit(&player->peaks[channel], bits, memory_order_relaxed);
}

/* Up to the next grid line, the end of the song, or `n`; returns how many frames that
 * were. */
static uint32_t play(QmPlayer *player, uint32_t at, uint32_t n, float *const *channels)
{
    const int64_t frame = qm_engine_frame(player->engine);
    const uint32_t to_grid = QM_QUANTUM - (uint32_t)(frame % QM_QUANTUM);
    n = n < to_grid ? n : to_grid;
    n = player->end - frame < n ? (uint32_t)(player->end - frame) : n;
    qm_engine_pull(player->engine, n, player->block);
    for (uint32_t c = 0; c < player->n_channels; c++)
        if (channels[c])
            hand_over(player, c, n, channels[c] + at);
    return n;
}

static void be_silent(const QmPlayer *player, uint32_t at, uint32_t n,
                      float *const *channels)
{
    for (uint32_t c = 0; c < player->n_channels; c++)
        if (channels[c])
            memset(channels[c] + at, 0, n * sizeof(float));
}

static void publish(QmPlayer *player)
{
    const int64_t frame = qm_engine_frame(player->engine);
    atomic_store_explicit(&player->mode_seen, player->mode, memory_order_relaxed);
    atomic_store_explicit(&player->frame_seen, frame, memory_order_relaxed);
    atomic_store_explicit(&player->handled, player->obeyed, memory_order_release);
}

void qm_player_process(void *self, uint32_t n, float *const *channels)
{
    QmPlayer *player = self;
    const uint64_t saved = qm_fpmode_enter();
    for (uint32_t done = 0; done < n;) {
        if (player->mode != QM_PLAYER_PLAYING ||
            qm_engine_frame(player->engine) % QM_QUANTUM == 0)
            obey(player);
        if (player->mode == QM_PLAYER_PLAYING &&
            qm_engine_frame(player->engine) >= player->end)
            player->mode = QM_PLAYER_ENDED;
        if (player->mode == QM_PLAYER_PLAYING) {
            done += play(player, done, n - done, channels);
        } else {
            be_silent(player, done, n - done, channels);
            done = n;
        }
    }
    publish(player);
    qm_fpmode_restore(saved);
}
