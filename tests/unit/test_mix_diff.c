/* Logs as tables: what a diff finds in them, in which order, and what it passes over. */
#include "mix/mix_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* stage, target, value */
typedef struct Line {
    QmStage stage;
    const char *target, *value;
} Line;

static QmDecisionLog log_of(QmArena *arena, const Line *lines, size_t n)
{
    static const char *const STRIPS[] = {"kick", "bass", "vox"};
    QmDecisionLog log = {.session = "song.yaml",
                         .template = "edm",
                         .seed = 42,
                         .lufs = -14,
                         .ceiling = -1,
                         .target = "spotify"};
    for (size_t i = 0; i < 3; i++) {
        const QmLogInput input = {STRIPS[i], STRIPS[i], "0123456789abcdef"};
        assert_true(qm_list_append(&log.inputs, &input, 1, sizeof input, arena));
    }
    for (size_t i = 0; i < n; i++) {
        const QmDecision decision = {.stage = lines[i].stage,
                                     .target = lines[i].target,
                                     .value = lines[i].value,
                                     .rule = "test",
                                     .because = ""};
        assert_true(qm_list_append(&log.decisions, &decision, 1, sizeof decision, arena));
    }
    return log;
}
#define LOG(arena, lines) log_of(arena, lines, sizeof(lines) / sizeof *(lines))

static const QmMixChange *change(const QmMixDiff *diff, size_t i)
{
    assert_true(i < diff->changes.count);
    return (const QmMixChange *)diff->changes.items + i;
}

static void expect(const QmMixDiff *diff, size_t i, QmChange kind, const char *strip,
                   const char *from, const char *to)
{
    const QmMixChange *const c = change(diff, i);
    assert_int_equal(c->kind, kind);
    assert_string_equal(c->strip, strip);
    assert_int_equal(c->from == NULL, from == NULL);
    assert_int_equal(c->to == NULL, to == NULL);
    if (from)
        assert_string_equal(c->from->value, from);
    if (to)
        assert_string_equal(c->to->value, to);
}

static void a_log_and_itself(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    static const Line lines[] = {{QM_STAGE_GAIN, "kick.fader.gain", "-3 dB"},
                                 {QM_STAGE_CHECK, "vox", "-"}};
    /* Another order, another way to write the number, other notes. */
    static const Line again[] = {{QM_STAGE_CHECK, "bass", "-"},
                                 {QM_STAGE_GAIN, "kick.fader.gain", "-3.00 dB"}};
    const QmDecisionLog a = LOG(&arena, lines), b = LOG(&arena, again);
    QmMixDiff diff;
    assert_true(qm_mix_diff(&a, &a, &arena, &diff));
    assert_true(qm_mix_same(&diff));
    assert_true(qm_mix_diff(&a, &b, &arena, &diff));
    assert_true(qm_mix_same(&diff));
    qm_arena_release(&arena);
}

static void added_removed_changed_by_strip(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    static const Line old[] = {{QM_STAGE_GAIN, "vox.fader.gain", "-1 dB"},
                               {QM_STAGE_GAIN, "kick.fader.gain", "-3 dB"},
                               {QM_STAGE_EQ, "vox.eq.1.freq", "80 Hz"},
                               {QM_STAGE_MASTER, "master.level.gain", "2 dB"},
                               {QM_STAGE_EFFECTS, "hall.to", "master"}};
    static const Line new[] = {{QM_STAGE_GAIN, "vox.fader.gain", "-1.5 dB"},
                               {QM_STAGE_GAIN, "kick.fader.gain", "-3 dB"},
                               {QM_STAGE_EQ, "vox.eq.1.freq", "80 kHz"},
                               {QM_STAGE_SPATIAL, "vox.fader.pan", "0.2"},
                               {QM_STAGE_MASTER, "master.level.gain", "2.5 dB"},
                               {QM_STAGE_DYNAMICS, "kick.gate.ratio", "4"},
                               {QM_STAGE_GAIN, "tempo", "126 BPM"}};
    const QmDecisionLog a = LOG(&arena, old), b = LOG(&arena, new);
    QmMixDiff diff;
    assert_true(qm_mix_diff(&a, &b, &arena, &diff));
    assert_int_equal(diff.heads.count, 0);
    assert_int_equal(diff.changes.count, 7);
    expect(&diff, 0, QM_ADDED, "kick", NULL, "4");
    expect(&diff, 1, QM_CHANGED, "vox", "-1 dB", "-1.5 dB"); /* stages in their order */
    expect(&diff, 2, QM_ADDED, "vox", NULL, "0.2");
    expect(&diff, 3, QM_CHANGED, "vox", "80 Hz", "80 kHz"); /* the unit counts */
    expect(&diff, 4, QM_REMOVED, "hall", "master", NULL);
    expect(&diff, 5, QM_ADDED, "", NULL, "126 BPM");
    expect(&diff, 6, QM_CHANGED, "master", "2 dB", "2.5 dB"); /* always last */
    QmMixDiff back;
    assert_true(qm_mix_diff(&b, &a, &arena, &back));
    assert_int_equal(back.changes.count, 7);
    expect(&back, 0, QM_REMOVED, "kick", "4", NULL);
    qm_arena_release(&arena);
}

static void the_last_line_counts(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    static const Line twice[] = {{QM_STAGE_GAIN, "kick.fader.gain", "-3 dB"},
                                 {QM_STAGE_GAIN, "kick.fader.gain", "-5 dB"}};
    static const Line once[] = {{QM_STAGE_GAIN, "kick.fader.gain", "-5 dB"}};
    const QmDecisionLog a = LOG(&arena, twice), b = LOG(&arena, once);
    QmMixDiff diff;
    assert_true(qm_mix_diff(&a, &b, &arena, &diff));
    assert_true(qm_mix_same(&diff));
    qm_arena_release(&arena);
}

static void heads(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    const QmDecisionLog a = log_of(&arena, NULL, 0);
    QmDecisionLog b = log_of(&arena, NULL, 0);
    QmLogInput *const inputs = b.inputs.items;
    const QmLogInput more = {"pad", "pad.wav", "1111111111111111"};
    b.session = NULL;
    b.template = "rock";
    b.seed = UINT64_MAX;
    b.lufs = -9.5;
    inputs[0].file = "elsewhere/kick.wav"; /* the same sound */
    memcpy(inputs[1].hash, "2222222222222222", 17);
    assert_true(qm_list_append(&b.inputs, &more, 1, sizeof more, &arena));
    QmMixDiff diff;
    assert_true(qm_mix_diff(&a, &b, &arena, &diff));
    static const QmHeadChange expected[] = {
        {"session", "song.yaml", NULL},
        {"template", "edm", "rock"},
        {"seed", "42", "18446744073709551615"},
        {"target", "spotify -14 LUFS -1 dBTP", "spotify -9.5 LUFS -1 dBTP"},
        {"input bass", "0123456789abcdef bass", "2222222222222222 bass"},
        {"input pad", NULL, "1111111111111111 pad.wav"},
    };
    assert_int_equal(diff.heads.count, 6);
    for (size_t i = 0; i < 6; i++) {
        const QmHeadChange *const head = (const QmHeadChange *)diff.heads.items + i;
        assert_string_equal(head->what, expected[i].what);
        assert_true(qm_same(head->from, expected[i].from));
        assert_true(qm_same(head->to, expected[i].to));
    }
    assert_int_equal(diff.changes.count, 0);
    assert_false(qm_mix_same(&diff));
    qm_arena_release(&arena);
}

static void memory_ends(void **state)
{
    (void)state;
    QmArena arena;
    qm_arena_init(&arena);
    static const Line old[] = {{QM_STAGE_GAIN, "kick.fader.gain", "-3 dB"}};
    static const Line new[] = {{QM_STAGE_GAIN, "bass.fader.gain", "-5 dB"}};
    const QmDecisionLog a = LOG(&arena, old), b = LOG(&arena, new);
    bool done = false;
    for (uint64_t fail = 1; !done; fail++) {
        QmArena small;
        QmMixDiff diff;
        qm_arena_init(&small);
        small.fail_at = fail;
        done = qm_mix_diff(&a, &b, &small, &diff);
        assert_true(fail < 1000);
        if (done) {
            assert_true(fail > 10); /* it had to ask for that often */
            assert_int_equal(diff.changes.count, 2);
        }
        qm_arena_release(&small);
    }
    qm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_and_itself),
        cmocka_unit_test(added_removed_changed_by_strip),
        cmocka_unit_test(the_last_line_counts),
        cmocka_unit_test(heads),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
