/* A strip behind its fader, without rendering it: equal to what the executor makes. */
/* links: render */
/* tests: render/faded */
#include "render/faded.h"

#include "tests/support/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES = 20 * QM_QUANTUM };

static QmAudioReader reader_of(Rig *rig, const float *pairs, const QmFader *fader)
{
    static QmAsset asset;
    QmAudioReader reader;
    asset = (QmAsset){.frames = FRAMES, .resident = pairs};
    assert_int_equal(qm_faded_reader(&asset, FRAMES, 44100, fader, &rig->arena, NULL,
                                     &reader),
                     QM_OK);
    assert_int_equal(reader.info.rate, 44100);
    assert_int_equal(reader.info.channels, 2);
    assert_int_equal(reader.info.frames, FRAMES);
    return reader;
}

/* The post tap of a strip at a gain of 0 dB: its own, of an executor. */
static void a_strip_through_its_fader(void **state)
{
    (void)state;
    static const QmFader faders[] = {
        {.pan = -0.3, .width = 1.0, .pan_law = QM_PAN_3_DB},
        {.pan = 0.7, .width = 1.6, .pan_law = QM_PAN_4_5_DB, .pan_mode = QM_PAN_STEREO},
        {.pan = 1.0, .width = 0.0, .pan_law = QM_PAN_0_DB},
        {.pan = 0.0, .width = 1.0, .pan_law = QM_PAN_6_DB},
    };
    for (uint32_t f = 0; f < QM_COUNT(faders); f++) {
        Rig rig;
        float pre[2 * FRAMES], wanted[2 * FRAMES], got[2 * FRAMES];
        rig_start(&rig, 1, 0);
        rig.strips[0].fader = faders[f];
        for (int64_t i = 0; i < 2 * FRAMES; i++)
            pre[i] = rig_noise(0, i / 2, i % 2);
        const QmPickup post = {.strip = 0, .point = QM_POINT_POST};
        rig_build(&rig, QM_ISA_BEST, &post, 1);
        for (int64_t frame = 0; frame < FRAMES; frame += QM_QUANTUM) {
            qm_exec_run(rig.exec, rig.plan.op_of[0], frame, 1);
            qm_exec_pick_up(rig.exec, &post, frame, QM_QUANTUM, wanted + 2 * frame, 2);
        }
        const QmAudioReader reader = reader_of(&rig, pre, &faders[f]);
        uint32_t n;
        for (uint32_t at = 0; at < FRAMES; at += n) /* in pieces of any length */
            assert_int_equal(reader.read(reader.self, at, 333, got + 2 * at, &n, NULL),
                             QM_OK);
        assert_memory_equal(got, wanted, sizeof got);
        assert_int_equal(reader.not_finite(reader.self), 0);
        reader.close(reader.self);
        rig_end(&rig);
    }
}

static void without_a_fader_it_is_as_it_is(void **state)
{
    (void)state;
    Rig rig;
    float pre[2 * FRAMES], got[2 * FRAMES];
    rig_start(&rig, 1, 0);
    for (int64_t i = 0; i < 2 * FRAMES; i++)
        pre[i] = rig_noise(0, i / 2, i % 2);
    const QmAudioReader reader = reader_of(&rig, pre, NULL);
    uint32_t n;
    assert_int_equal(reader.read(reader.self, FRAMES - 5, 333, got, &n, NULL), QM_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(got, pre + 2 * (FRAMES - 5), 10 * sizeof *got);
    assert_int_equal(reader.read(reader.self, FRAMES, 333, got, &n, NULL), QM_OK);
    assert_int_equal(n, 0);
    rig.arena.fail_at = rig.arena.calls + 1;
    QmAudioReader none;
    assert_int_equal(qm_faded_reader(NULL, 0, 0, NULL, &rig.arena, NULL, &none),
                     QM_ERR_MEMORY);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strip_through_its_fader),
        cmocka_unit_test(without_a_fader_it_is_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
