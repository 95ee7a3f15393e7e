/* The engine's part in a processor's life, as graph/control.c and graph/exec.c play
 * it. */
#include "tests/support/proc_harness.h"

#include "base/hash.h"
#include "base/rand.h"

#include <assert.h>

static void *state_of(ProcGang *gang, const QmProcSpec *spec)
{
    void *const state =
        qm_arena_alloc(&gang->arena, 1, qm_proc_state_size(gang->desc, spec) + 64);
    assert(state);
    return state;
}

static uint32_t n_states(const ProcGang *gang)
{
    return gang->desc->process ? 1 : gang->n_strips;
}

static void send(ProcGang *gang, uint32_t strip, bool jump)
{
    float coeffs[QM_MAX_COEFFS];
    gang->desc->update(&gang->spec[strip], gang->params[strip], coeffs);
    qm_ramp_to(&gang->ramp, strip, coeffs, coeffs, jump);
}

void gang_reset(ProcGang *gang)
{
    for (uint32_t s = 0; s < n_states(gang); s++) {
        memset(gang->state[s], 0, qm_proc_state_size(gang->desc, &gang->spec[s]));
        if (gang->desc->reset)
            gang->desc->reset(&gang->spec[s], gang->state[s]);
    }
    for (uint32_t s = 0; s < gang->n_strips; s++)
        send(gang, s, false);
    qm_ramp_finish(&gang->ramp);
    gang->frame = 0;
}

void gang_open(ProcGang *gang, const QmProcDesc *desc, double rate_hz, uint32_t n_groups,
               uint32_t n_strips, const double (*params)[QM_MAX_PARAMS])
{
    memset(gang, 0, sizeof *gang);
    qm_arena_init(&gang->arena);
    gang->desc = desc;
    gang->n_strips = n_strips;
    gang->n_params = qm_proc_n_params(desc, n_groups);
    for (uint32_t s = 0; s < n_strips; s++) {
        qm_proc_defaults(desc, n_groups, gang->first[s]);
        if (params)
            memcpy(gang->first[s], params[s], gang->n_params * sizeof(double));
        memcpy(gang->params[s], gang->first[s], sizeof gang->params[s]);
        const uint64_t seed = qm_hash64(gang->first[s], sizeof gang->first[s]);
        gang->spec[s] = (QmProcSpec){rate_hz, n_groups, gang->first[s], seed};
    }
    const bool ready =
        qm_ramp_init(&gang->ramp, qm_proc_n_coeffs(desc, gang->spec[0].n_groups),
                     desc->process != NULL, &gang->arena);
    assert(ready);
    (void)ready;
    for (uint32_t s = 0; s < n_states(gang); s++)
        gang->state[s] = state_of(gang, &gang->spec[s]);
    gang_reset(gang);
}

void gang_close(ProcGang *gang) { qm_arena_release(&gang->arena); }

void gang_set(ProcGang *gang, uint32_t strip, uint32_t index, double value)
{
    const QmParam *const param = qm_proc_param(gang->desc, index);
    gang->params[strip][index] = qm_param_clamp(param, value);
    send(gang, strip, (param->flags & QM_PARAM_STEPPED) != 0);
}

/* 120 beats a minute from frame 0, which stands on the grid. */
static QmSongTime song_time(const ProcGang *gang, uint32_t later)
{
    const int64_t frame = gang->frame + later;
    const uint64_t per_frame = (uint64_t)(0x1p33 / gang->spec[0].rate_hz);
    return (QmSongTime){.frame = frame,
                        .beat = (uint64_t)frame * per_frame,
                        .beats_per_frame = per_frame,
                        .since_grid = (uint32_t)(frame % QM_QUANTUM),
                        .bpm = 120};
}

static void run_lanes(ProcGang *gang, QmVec *io, const QmVec *key, uint32_t n)
{
    for (uint32_t done = 0, span; done < n; done += span) {
        span = qm_ramp_span(&gang->ramp, n - done);
        const QmProcCall call = {.spec = gang->spec,
                                 .time = song_time(gang, done),
                                 .coeffs = qm_ramp_coeffs(&gang->ramp),
                                 .step = qm_ramp_steps(&gang->ramp),
                                 .state = gang->state[0],
                                 .io = io + done,
                                 .key = key ? key + done : NULL,
                                 .n = span,
                                 .on_grid =
                                     (gang->frame + done + span) % QM_QUANTUM == 0};
        gang->desc->process(&call);
        qm_ramp_passed(&gang->ramp, span);
    }
}

static void take(const QmVec *rows, uint32_t strip, uint32_t n, float *left, float *right)
{
    for (uint32_t i = 0; i < n; i++) {
        left[i] = rows[i][2 * strip];
        right[i] = rows[i][2 * strip + 1];
    }
}

static void run_strip(ProcGang *gang, uint32_t s, QmVec *io, const QmVec *key, uint32_t n)
{
    _Alignas(64) float left[QM_QUANTUM], right[QM_QUANTUM];
    _Alignas(64) float key_left[QM_QUANTUM], key_right[QM_QUANTUM];
    take(io, s, n, left, right);
    if (key)
        take(key, s, n, key_left, key_right);
    for (uint32_t done = 0, span; done < n; done += span) {
        span = qm_ramp_member_span(&gang->ramp, s, n - done);
        const QmStripCall call = {.spec = &gang->spec[s],
                                  .time = song_time(gang, done),
                                  .coeffs = qm_ramp_member_coeffs(&gang->ramp, s),
                                  .step = qm_ramp_member_steps(&gang->ramp, s),
                                  .state = gang->state[s],
                                  .left = left + done,
                                  .right = right + done,
                                  .key_left = key ? key_left + done : NULL,
                                  .key_right = key ? key_right + done : NULL,
                                  .n = span,
                                  .on_grid =
                                      (gang->frame + done + span) % QM_QUANTUM == 0};
        gang->desc->process_strip(&call);
        qm_ramp_member_passed(&gang->ramp, s, span);
    }
    for (uint32_t i = 0; i < n; i++) {
        io[i][2 * s] = left[i];
        io[i][2 * s + 1] = right[i];
    }
}

void gang_run(ProcGang *gang, QmVec *io, const QmVec *key, uint32_t n, uint32_t longest)
{
    for (uint32_t done = 0, span; done < n; done += span) {
        const uint32_t to_grid = QM_QUANTUM - (uint32_t)(gang->frame % QM_QUANTUM);
        const uint32_t want =
            longest ? longest : 1 + qm_rand_bits(5, (uint64_t)gang->frame) % QM_QUANTUM;
        span = n - done < to_grid ? n - done : to_grid;
        span = want < span ? want : span;
        const QmVec *const key_here = key ? key + done : NULL;
        if (gang->desc->process)
            run_lanes(gang, io + done, key_here, span);
        else
            for (uint32_t s = 0; s < gang->n_strips; s++)
                run_strip(gang, s, io + done, key_here, span);
        gang->frame += span;
    }
}

void noise_rows(QmVec *rows, uint32_t n, uint64_t seed, double level)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t lane = 0; lane < QM_LANES; lane++)
            rows[i][lane] = (float)(level * (2 * qm_rand(seed, lane, i) - 1));
}

double random_value(const QmParam *param, uint64_t seed, uint64_t index)
{
    const double u = qm_rand(seed, 77, index), low = qm_param_clamp(param, -1e30),
                 high = qm_param_clamp(param, 1e30);
    return qm_param_clamp(param, low + u * (high - low));
}

void random_params(const QmProcDesc *desc, uint32_t n_groups, uint32_t n_strips,
                   uint64_t seed, double (*params)[QM_MAX_PARAMS])
{
    for (uint32_t s = 0; s < n_strips; s++)
        for (uint32_t i = 0; i < qm_proc_n_params(desc, n_groups); i++) {
            const QmParam *const param = qm_proc_param(desc, i);
            const uint64_t who = param->flags & QM_PARAM_STRUCTURAL ? 0 : s;
            params[s][i] = random_value(param, 16 * seed + who, i);
        }
}

uint32_t groups_of(const QmProcDesc *desc, uint32_t most)
{
    return desc->max_groups < most ? desc->max_groups : most;
}
