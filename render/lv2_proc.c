/* Instances as processors and generators of the graph. Coeffs are the params as floats;
 * all are stepped, and read when a block begins. All of an insert's state is the
 * instance's. */
#include "render/lv2_host.h"

/* LV2 does not tell how long a plug-in rings. What is silent before is cut off where the
 * length of a render is not asked for. */
enum { TAIL_S = 10 };

static const QmReading readings[] = {
    {.name = "not-finite", .help = "samples that were no numbers and became 0"}};

/* --- inserts ---------------------------------------------------------------------- */

static void update(const QmProcSpec *spec, const double *params, float *coeffs)
{
    for (uint32_t i = 0; i < qm_lv2_instance_plugin(spec->instance)->n_rows; i++) {
        coeffs[i] = (float)params[i];
    }
}

static uint32_t latency(const QmProcSpec *spec)
{
    return qm_lv2_instance_latency(spec->instance);
}

static uint64_t insert_tail(const QmProcSpec *spec, const double *params)
{
    (void)params;
    return (uint64_t)(TAIL_S * spec->rate_hz);
}

static void insert_reset(const QmProcSpec *spec, void *state)
{
    (void)state;
    qm_lv2_instance_reset(spec->instance, spec->params);
}

static void process_strip(const QmStripCall *call)
{
    QmLv2Instance *in = call->spec->instance;
    float *const io[2] = {call->left, call->right};
    const float *const key[2] = {call->key_left, call->key_right};
    if (qm_lv2_instance_between(in)) {
        const uint32_t n = qm_lv2_instance_plugin(in)->n_rows;
        for (uint32_t i = 0; i < n; i++) {
            qm_lv2_instance_control(in, i, call->coeffs[i]);
        }
    }
    qm_lv2_instance_run(in, io, call->key_left ? key : NULL, call->n);
}

static void read_insert(const QmProcSpec *spec, const void *state, uint32_t strip,
                        double *values)
{
    (void)state, (void)strip;
    values[0] = (double)qm_lv2_instance_not_finite(spec->instance);
}

/* --- instruments ------------------------------------------------------------------ */

enum { MIDDLE_C = 60, MAX_KEY = 127, MAX_VELOCITY = 127 };

typedef struct State {
    QmLv2Instance *instance; /* for what has no spec */
    bool running;
} State;

static void instrument_reset(const QmProcSpec *spec, void *state)
{
    *(State *)state = (State){.instance = spec->instance};
    qm_lv2_instance_reset(spec->instance, spec->params);
}

static int within(double value, int min, int max)
{
    const int whole = (int)(value < 0 ? value - 0.5 : value + 0.5);
    return whole < min ? min : whole > max ? max : whole;
}

static void trigger(const QmProcSpec *spec, const double *params, void *state,
                    const QmTrigger *play)
{
    (void)params, (void)state;
    qm_lv2_instance_note(spec->instance, play->note,
                         within(MIDDLE_C + play->pitch, 0, MAX_KEY),
                         within(MAX_VELOCITY * play->gain, 1, MAX_VELOCITY));
}

static void release(void *state, uint32_t note)
{
    qm_lv2_instance_release(((State *)state)->instance, note);
}

static void generate(const QmGenCall *call)
{
    State *state = call->state;
    QmLv2Instance *in = state->instance;
    const uint32_t n_rows = qm_lv2_instance_plugin(in)->n_rows;
    float left[QM_QUANTUM] = {0}, right[QM_QUANTUM] = {0};
    float *const io[2] = {left, right};
    const bool first = !state->running;
    if (first) {
        qm_lv2_instance_enter(in, (uint32_t)(call->frame % QM_LV2_BLOCK));
        state->running = true;
    }
    for (uint32_t i = 0; (first || qm_lv2_instance_between(in)) && i < n_rows; i++) {
        qm_lv2_instance_control(in, i, (float)call->params[i]);
    }
    qm_lv2_instance_run(in, io, NULL, call->n);
    for (uint32_t i = 0; i < call->n; i++) {
        call->out[2 * i] = left[i];
        call->out[2 * i + 1] = right[i];
    }
}

/* Held until it is released; what rings on is the tail. */
static int64_t length(const QmProcSpec *spec, const double *params, const QmTrigger *play,
                      int64_t asset_frames, int64_t held)
{
    (void)spec, (void)params, (void)play, (void)asset_frames;
    return held < 0 ? QM_GEN_FOREVER : held;
}

static uint64_t instrument_tail(const QmProcSpec *spec)
{
    return (uint64_t)(TAIL_S * spec->rate_hz);
}

/* ---------------------------------------------------------------------------------- */

void qm_lv2_describe(QmLv2Plugin *plugin)
{
    plugin->proc = (QmProcDesc){.name = "lv2",
                                .summary = plugin->plugin.name,
                                .params = plugin->rows,
                                .n_params = plugin->n_rows,
                                .flags = plugin->n_key ? QM_PROC_KEYED : 0,
                                .readings = readings,
                                .n_readings = QM_COUNT(readings),
                                .n_coeffs = plugin->n_rows,
                                .update = update,
                                .latency = latency,
                                .tail = insert_tail,
                                .reset = insert_reset,
                                .process_strip = process_strip,
                                .read = read_insert};
    plugin->generator = (QmGenDesc){.name = "lv2",
                                    .summary = plugin->plugin.name,
                                    .params = plugin->rows,
                                    .n_params = plugin->n_rows,
                                    .state_size = sizeof(State),
                                    .reset = instrument_reset,
                                    .trigger = trigger,
                                    .release = release,
                                    .generate = generate,
                                    .length = length,
                                    .latency = latency,
                                    .tail = instrument_tail};
    plugin->plugin.proc = plugin->instrument ? NULL : &plugin->proc;
    plugin->plugin.generator = plugin->instrument ? &plugin->generator : NULL;
}
