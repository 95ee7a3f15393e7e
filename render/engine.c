/* Two counters in engine frames: how far the ops have computed (whole quanta) and how far
 * was handed out; what lies between them is still in the taps of the last quantum. */
#include "render/engine.h"

struct QmEngine {
    const QmPlan *plan;
    QmExec *exec;
    int64_t computed; /* engine frame up to which every op has run */
    int64_t pulled;   /* engine frame of the next frame to hand out */
};

QmStatus qm_engine_new(const QmPlan *plan, QmArena *arena, QmDiag *diag,
                       QmEngine **engine)
{
    QmEngine *made = QM_NEW(arena, QmEngine);
    if (!made)
        return qm_fail_memory(diag);
    made->plan = plan;
    const QmStatus status = qm_exec_new(plan, QM_QUANTUM, arena, diag, &made->exec);
    if (status != QM_OK)
        return status;
    qm_engine_locate(made, 0);
    *engine = made;
    return QM_OK;
}

static void compute_quantum(QmEngine *engine)
{
    for (uint32_t op = 0; op < engine->plan->n_ops; op++)
        qm_exec_run(engine->exec, op, engine->computed, 1);
    engine->computed += QM_QUANTUM;
}

int64_t qm_engine_locate(QmEngine *engine, int64_t song_frame)
{
    const int64_t frame = song_frame < 0 ? 0 : song_frame - song_frame % QM_QUANTUM;
    qm_exec_locate(engine->exec, frame);
    engine->computed = frame;
    engine->pulled = frame + engine->plan->latency;
    while (engine->computed < engine->pulled)
        compute_quantum(engine);
    return frame;
}

int64_t qm_engine_frame(const QmEngine *engine)
{
    return engine->pulled - engine->plan->latency;
}

static void hand_out(const QmEngine *engine, uint32_t n, float *out)
{
    const uint32_t stride = 2 * engine->plan->n_outputs;
    for (uint32_t i = 0; i < engine->plan->n_outputs; i++)
        qm_exec_pick_up(engine->exec, &engine->plan->outputs[i], engine->pulled, n,
                        out + 2 * i, stride);
}

void qm_engine_pull(QmEngine *engine, uint32_t n, float *out)
{
    while (n) {
        if (engine->pulled == engine->computed)
            compute_quantum(engine);
        const int64_t ready = engine->computed - engine->pulled;
        const uint32_t take = ready < n ? (uint32_t)ready : n;
        hand_out(engine, take, out);
        out += (size_t)take * 2 * engine->plan->n_outputs;
        engine->pulled += take;
        n -= take;
    }
}
