/* links: render */
/* Rendering: any chunk, any number of threads, pushed or pulled: the same samples;
 * failures and interruptions end it. */
/* tests: render/offline render/pool render/engine */
#include "render/engine.h"
#include "render/offline.h"
#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES = 20011 }; /* odd: ends within a quantum */

typedef struct Memory {
    float pairs[2 * FRAMES];
    int64_t frames;
    int64_t fail_at; /* -1: never */
    bool finished;
} Memory;

static QmStatus memory_write(void *self, int64_t frame, const float *audio, uint32_t n,
                             QmDiag *diag)
{
    Memory *memory = self;
    assert_int_equal(frame, memory->frames);
    assert_true(frame + n <= FRAMES);
    if (memory->fail_at >= 0 && frame >= memory->fail_at)
        return qm_fail_plain(diag, QM_ERR_IO, "the disk is full");
    memcpy(memory->pairs + 2 * frame, audio, n * 2 * sizeof(float));
    memory->frames += n;
    return QM_OK;
}

static QmStatus memory_finish(void *self, QmDiag *diag)
{
    (void)diag;
    ((Memory *)self)->finished = true;
    return QM_OK;
}

/* Twelve strips of three shapes, two buses, keys, sends, latency, automation. */
static void furnish(Rig *rig)
{
    rig_start(rig, 12, 2);
    for (uint32_t s = 0; s < 12; s++) {
        if (s % 3)
            rig_set(rig_insert(rig, s, "eq", 3), 1, "gain", s);
        if (s % 3 == 2)
            rig_insert(rig, s, "compressor", 0)->key = 0;
        rig_send(rig, s, (uint16_t)(12 + s % 2), -12);
        rig->strips[s].fader.gain_db = -20;
        rig->strips[s].to = s < 6 ? 12 : 14;
    }
    rig_insert(rig, 12, "limiter", 0);
    rig_insert(rig, 13, "reverb", 0);
    rig_insert(rig, 14, "limiter", 0);
    for (int64_t i = 0; i < 40; i++)
        rig_event(rig, 400 * i + i,
                  (QmTarget){.strip = (uint16_t)(i % 15), .param = QM_FADER_PAN}, -0.5,
                  0.5, i % 2 ? 300 : 0);
    rig_build(rig, QM_ISA_BEST, NULL, 0);
}

static QmOfflineConfig config_for(Memory *memory, QmSink *sink)
{
    *memory = (Memory){.fail_at = -1};
    *sink = (QmSink){.write = memory_write,
                     .finish = memory_finish,
                     .self = memory,
                     .channels = 2};
    return (QmOfflineConfig){.threads = 1, .to = FRAMES, .outputs = sink, .n_outputs = 1};
}

static void the_way_it_is_computed_changes_nothing(void **state)
{
    (void)state;
    static Memory reference, memory;
    const struct {
        uint32_t threads, quanta, pull;
    } ways[] = {{1, 1, 0}, {1, 3, 0}, {1, 64, 0}, {2, 1, 0},  {2, 16, 0},
                {8, 5, 0}, {1, 0, 1}, {1, 0, 63}, {1, 0, 64}, {1, 0, 441}};
    Rig rig;
    QmSink sink;
    furnish(&rig);
    QmOfflineConfig config = config_for(&reference, &sink);
    assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_OK);
    assert_int_equal(reference.frames, FRAMES);
    assert_true(reference.finished);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        config = config_for(&memory, &sink);
        config.threads = ways[i].threads;
        config.chunk_quanta = ways[i].quanta;
        config.pull_frames = ways[i].pull;
        assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_OK);
        assert_memory_equal(memory.pairs, reference.pairs, sizeof reference.pairs);
    }
    rig_end(&rig);
}

static void a_range_is_a_span_of_the_whole(void **state)
{
    (void)state;
    static Memory whole, part;
    Rig rig;
    QmSink sink;
    furnish(&rig);
    QmOfflineConfig config = config_for(&whole, &sink);
    assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_OK);
    config = config_for(&part, &sink);
    config.from = part.frames = 7777;
    config.to = 12345;
    assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_OK);
    assert_int_equal(part.frames, 12345);
    assert_memory_equal(part.pairs + 2 * 7777, whole.pairs + 2 * 7777,
                        (12345 - 7777) * 2 * sizeof(float));
    rig_end(&rig);
}

static void a_sink_that_fails_ends_the_render(void **state)
{
    (void)state;
    static Memory memory;
    Rig rig;
    QmSink sink;
    QmDiag diag = {.status = QM_OK};
    furnish(&rig);
    for (uint32_t threads = 1; threads <= 4; threads *= 2) {
        QmOfflineConfig config = config_for(&memory, &sink);
        memory.fail_at = 6000;
        config.threads = threads;
        assert_int_equal(qm_offline_render(&rig.plan, &config, &diag), QM_ERR_IO);
        assert_false(memory.finished);
    }
    assert_string_equal(diag.text, "the disk is full");
    rig_end(&rig);
}

static void an_interruption_ends_the_render(void **state)
{
    (void)state;
    static Memory memory;
    static volatile sig_atomic_t cancel = 1;
    Rig rig;
    QmSink sink;
    furnish(&rig);
    QmOfflineConfig config = config_for(&memory, &sink);
    config.cancel = &cancel;
    assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_ERR_IO);
    assert_false(memory.finished);
    rig_end(&rig);
}

static void a_device_hears_what_the_file_holds(void **state)
{
    (void)state;
    static Memory memory;
    static float pulled[2 * FRAMES];
    Rig rig;
    QmSink sink;
    QmEngine *engine;
    furnish(&rig);
    QmOfflineConfig config = config_for(&memory, &sink);
    assert_int_equal(qm_offline_render(&rig.plan, &config, NULL), QM_OK);
    assert_int_equal(qm_engine_new(&rig.plan, &rig.arena, NULL, &engine), QM_OK);
    for (int round = 0; round < 2; round++) { /* and after a locate again */
        assert_int_equal(qm_engine_frame(engine), 0);
        qm_engine_pull(engine, 128, pulled);
        qm_engine_pull(engine, FRAMES - 128, pulled + 256);
        assert_memory_equal(pulled, memory.pairs, sizeof pulled);
        assert_int_equal(qm_engine_frame(engine), FRAMES);
        assert_int_equal(qm_engine_locate(engine, 63), 0);
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_it_is_computed_changes_nothing),
        cmocka_unit_test(a_range_is_a_span_of_the_whole),
        cmocka_unit_test(a_sink_that_fails_ends_the_render),
        cmocka_unit_test(an_interruption_ends_the_render),
        cmocka_unit_test(a_device_hears_what_the_file_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
