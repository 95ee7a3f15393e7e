/* tests: mix/mix mix/decide mix/override mix/reason mix/quantum mix/list
 * tests: mix/rule_tempo */
/* Decisions, overrides, the log in its order, and the session made of it. */
#include "base/number.h"
#include "mix/quantum.h"
#include "tests/support/mix_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

static const QmRule *rule(const char *id)
{
    const QmRule *const found = qm_rule_find(id);
    assert_non_null(found);
    return found;
}

static void open_two(MixRig *rig)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "kick", QM_ROLE_KICK,
                &(MixSound){.lufs = -12, .low = 40, .high = 120});
    mix_rig_add(rig, "lead", QM_ROLE_LEAD, &(MixSound){.lufs = -20});
}

static void decide(MixRig *rig, const char *id, double value, const char *address)
{
    QmReason reason = qm_reason(&rig->mix);
    qm_reason_number(&reason, "lufs", -14.84, 1);
    qm_decide(&rig->mix, rule(id), &reason, value, "%s", address);
}

/* ---- the list ---- */

static void test_rules_are_well_made(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        const QmRule *const r = qm_rule_at(i);
        const char *const dot = strchr(r->id, '.');
        assert_non_null(dot);
        assert_string_equal(dot + 1, r->key);
        assert_memory_equal(r->id, qm_stage_names[r->stage], (size_t)(dot - r->id));
        assert_true(!r->strip != !r->mix);
        assert_true(r->passes != 0);
        /* What only notes is a check. */
        assert_true(r->doc[0] && r->reads[0] &&
                    (r->writes[0] || r->stage == QM_STAGE_CHECK));
        assert_ptr_equal(qm_rule_find(r->id), r);
        assert_int_equal(qm_rule_index(r), i);
        for (uint32_t p = 0; p < r->n_params; p++) {
            assert_non_null(r->params[p].help);
            assert_true(
                near(qm_param_clamp(&r->params[p], r->params[p].def), r->params[p].def));
        }
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(qm_rule_at(j)->id, r->id);
    }
    assert_null(qm_rule_find("gain.nothing"));
}

/* ---- quanta ---- */

static void test_values_are_rounded_as_people_write_them(void **unused)
{
    (void)unused;
    static const struct {
        QmUnit unit;
        double value, step;
        const char *text;
    } cases[] = {
        {QM_UNIT_DB, -3.24999, 0, "-3.2 dB"},  {QM_UNIT_DB, -3.25, 0, "-3.3 dB"},
        {QM_UNIT_DB, 0.04, 0, "0 dB"},         {QM_UNIT_DB, -0.04, 0, "0 dB"},
        {QM_UNIT_DB, 1.2345, 0.02, "1.24 dB"}, {QM_UNIT_DB, -7.3, 0.5, "-7.5 dB"},
        {QM_UNIT_HZ, 1234.5, 0, "1230 Hz"},    {QM_UNIT_HZ, 59.96, 0, "60 Hz"},
        {QM_UNIT_HZ, 61.46, 0, "61.5 Hz"},     {QM_UNIT_MS, 12.34, 0, "12 ms"},
        {QM_UNIT_MS, 0.123, 0, "0.12 ms"},     {QM_UNIT_RATIO, 3.96, 0, "4:1"},
        {QM_UNIT_NONE, 0.335, 0, "0.34"},      {QM_UNIT_PERCENT, 49.6, 0, "50 %"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const QmParam row = {.name = "x", .unit = cases[i].unit, .min = -1e5, .max = 1e5};
        QmArena arena;
        QmText text;
        qm_arena_init(&arena);
        qm_text_init(&text, &arena);
        qm_value_print(&row, qm_quantum(&row, cases[i].value, cases[i].step), &text);
        assert_string_equal(text.data, cases[i].text);
        qm_arena_release(&arena);
    }
}

static void test_values_stay_in_range(void **unused)
{
    (void)unused;
    const QmParam row = {.name = "x", .unit = QM_UNIT_HZ, .min = 10, .max = 19999};
    assert_true(near(qm_quantum(&row, 1e9, 0), 19999));
    assert_true(near(qm_quantum(&row, -1, 0), 10));
    const QmParam whole = {.name = "n", .kind = QM_PARAM_INTEGER, .max = 9};
    assert_true(near(qm_quantum(&whole, 3.4, 0), 3));
}

/* ---- deciding ---- */

static void test_a_decision_edits_the_session(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    decide(&rig, "gain.level", -3.21, "kick.fader.gain");
    assert_string_equal(mix_rig_text(&rig, "kick.fader.gain"), "-3.2 dB");
    assert_string_equal(mix_rig_because(&rig, "kick.fader.gain"), "lufs=-14.8");
    assert_true(near(qm_decided(&rig.mix, 9, "kick.fader.gain"), -3.2));
    assert_true(near(qm_decided(&rig.mix, 9, "lead.fader.gain"), 0));
    assert_true(near(qm_decided(&rig.mix, 9, "lead.eq.1.gain"), 9));
    assert_int_equal(qm_next_band(&rig.mix, "kick", "eq"), 1);
    decide(&rig, "eq.tone", -2, "kick.eq.1.gain");
    assert_int_equal(qm_next_band(&rig.mix, "kick", "eq"), 2);
    const QmSession *const session = mix_rig_session(&rig);
    assert_true(near(session->strips[0].fader.gain_db, -3.2));
    assert_true(near(rig.session->strips[0].fader.gain_db, 0));
    assert_int_equal(session->strips[0].n_inserts, 1);
    mix_rig_close(&rig);
}

static void test_the_last_decision_on_a_target_stands(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    decide(&rig, "gain.level", -3, "kick.fader.gain");
    decide(&rig, "gain.level", -4, "kick.fader.gain");
    assert_string_equal(mix_rig_text(&rig, "kick.fader.gain"), "-4 dB");
    assert_int_equal(rig.mix.log.decisions.count, 1);
    mix_rig_close(&rig);
}

static void test_taking_back_leaves_no_trace(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    decide(&rig, "gain.level", -3, "kick.fader.gain");
    decide(&rig, "eq.tone", -2, "kick.eq.1.gain");
    qm_take_back(&rig.mix, rule("eq.tone"), "kick.eq");
    assert_int_equal(rig.mix.log.decisions.count, 1);
    assert_int_equal(rig.mix.session->strips[0].n_inserts, 0);
    assert_true(near(qm_decided(&rig.mix, 9, "kick.fader.gain"), -3));
    mix_rig_close(&rig);
}

static void test_what_a_session_has_by_itself_stands(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    const QmEdit own = {"kick.eq.1.gain", "6 dB", {0}};
    assert_int_equal(qm_edit(rig.session, &own, &rig.diag), QM_OK);
    mix_rig_begin(&rig);
    decide(&rig, "eq.tone", -2, "kick.eq.1.gain");
    assert_int_equal(rig.mix.log.decisions.count, 0);
    assert_true(near(qm_decided(&rig.mix, 9, "kick.eq.1.gain"), 6));
    mix_rig_close(&rig);
}

static void test_an_address_that_is_none_fails_the_mix(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    decide(&rig, "gain.level", -3, "kick.fader.gian");
    assert_int_equal(rig.mix.status, QM_ERR_INPUT);
    assert_non_null(strstr(rig.diag.text, "did you mean 'gain'"));
    decide(&rig, "gain.level", -3, "kick.fader.gain");
    assert_int_equal(rig.mix.log.decisions.count, 0);
    mix_rig_close(&rig);
}

/* ---- overrides ---- */

static void test_users_values_take_the_place_of_decisions(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_override(&rig, "kick.fader.gain", "-7 dB");
    mix_rig_begin(&rig);
    assert_true(qm_overruled(&rig.mix, "%s.fader.gain", "kick"));
    decide(&rig, "gain.level", -3, "kick.fader.gain");
    const QmDecision *const d = qm_log_find(&rig.mix.log, "kick.fader.gain");
    assert_string_equal(d->value, "-7 dB");
    assert_int_equal(d->origin, QM_ORIGIN_USER);
    assert_string_equal(d->rule, "override");
    assert_int_equal(qm_mix_end(&rig.mix), QM_OK);
    mix_rig_close(&rig);
}

/* Each of them keeps `lead.eq.1.gain` from being decided. */
static void test_off_removes_decisions(void **unused)
{
    (void)unused;
    static const char *const targets[] = {"lead.eq.1.gain", "lead.eq.1", "lead.eq",
                                          "lead",           "eq.tone",   "eq"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        static MixRig rig;
        open_two(&rig);
        mix_rig_override(&rig, targets[i], "off");
        mix_rig_begin(&rig);
        decide(&rig, "eq.tone", -2, "lead.eq.1.gain");
        decide(&rig, "gain.level", -2, "kick.fader.gain");
        assert_int_equal(mix_rig_count(&rig, "eq.tone"), 0);
        assert_int_equal(mix_rig_count(&rig, "gain.level"), 1);
        assert_int_equal(qm_mix_end(&rig.mix), QM_OK);
        mix_rig_close(&rig);
    }
}

static void test_overrides_of_what_nobody_decided_are_edits(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_override(&rig, "lead.fader.pan", "0.25");
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const QmDecision *const d = qm_log_find(&rig.mix.log, "lead.fader.pan");
    assert_int_equal(d->origin, QM_ORIGIN_USER);
    assert_int_equal(d->stage, QM_STAGE_SPATIAL);
    assert_true(near(mix_rig_session(&rig)->strips[1].fader.pan, 0.25));
    mix_rig_close(&rig);
}

static void test_overrides_that_name_nothing_are_told(void **unused)
{
    (void)unused;
    static const struct {
        const char *target, *value, *told;
    } cases[] = {
        {"laed.fader.gain", "-3", "did you mean 'lead'"},
        {"lead.fader.gian", "-3", "did you mean 'gain'"},
        {"lead.eq.1.gain", "-3", "names nothing that was decided"},
        {"kick.fader.gainn", "off", "did you mean"},
        {"mastering", "off", "mastering"},
        {"lead.fader.gain", "loud", "found 'loud'"},
        {"lead.fader.gain", "99 dB", "99"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static MixRig rig;
        open_two(&rig);
        mix_rig_override(&rig, cases[i].target, cases[i].value);
        mix_rig_ready(&rig);
        QmStatus status = qm_mix_begin(&rig.mix);
        if (status == QM_OK)
            status = qm_mix_pass(&rig.mix, QM_PASS_STEMS, 0);
        decide(&rig, "gain.level", -2, "kick.fader.gain");
        if (status == QM_OK)
            status = qm_mix_end(&rig.mix);
        assert_int_equal(status, QM_ERR_INPUT);
        if (!strstr(rig.diag.text, cases[i].told))
            fail_msg("%s: %s", cases[i].target, rig.diag.text);
        mix_rig_close(&rig);
    }
}

/* ---- the log ---- */

static void test_the_log_is_sorted_by_stage_rule_and_strip(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    decide(&rig, "eq.tone", -2, "lead.eq.1.gain");
    decide(&rig, "gain.level", -2, "lead.fader.gain");
    decide(&rig, "gain.level", -2, "kick.fader.gain");
    decide(&rig, "gain.trim", -2, "lead.trim.gain");
    assert_int_equal(qm_mix_settle(&rig.mix), QM_OK);
    static const char *const order[] = {"lead.trim.gain", "kick.fader.gain",
                                        "lead.fader.gain", "lead.eq.1.gain"};
    const QmDecision *const d = rig.mix.log.decisions.items;
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(d[i].target, order[i]);
    mix_rig_close(&rig);
}

static void test_notes_change_nothing(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    QmReason reason = qm_reason(&rig.mix);
    qm_reason_measured(&reason, "dc", qm_unmeasured("silence"), 2);
    qm_note(&rig.mix, rule("gain.trim"), &reason, "kick");
    qm_note(&rig.mix, rule("gain.trim"), &reason, "kick");
    assert_int_equal(rig.mix.log.decisions.count, 1);
    assert_string_equal(mix_rig_note(&rig, "gain.trim", "kick"), "dc=unmeasured");
    assert_null(qm_log_find(&rig.mix.log, "kick"));
    assert_int_equal(mix_rig_session(&rig)->strips[0].n_inserts, 0);
    mix_rig_close(&rig);
}

/* ---- draws, places, tempo ---- */

static void test_draws_depend_on_seed_rule_strip_and_index(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_begin(&rig);
    QmMix *const mix = &rig.mix;
    const double one = qm_mix_draw(mix, rule("gain.trim"), "kick", 0);
    assert_true(one >= 0 && one < 1);
    assert_true(qm_mix_draw(mix, rule("gain.trim"), "kick", 0) == one);
    assert_true(qm_mix_draw(mix, rule("gain.trim"), "kick", 1) != one);
    assert_true(qm_mix_draw(mix, rule("gain.trim"), "lead", 0) != one);
    assert_true(qm_mix_draw(mix, rule("gain.level"), "kick", 0) != one);
    mix->seed++;
    assert_true(qm_mix_draw(mix, rule("gain.trim"), "kick", 0) != one);
    mix_rig_close(&rig);
}

static void test_places_are_words_of_an_address(void **unused)
{
    (void)unused;
    QmArena arena;
    QmText text;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_mix_position(12.3456, &text);
    assert_string_equal(text.data, "12.346s");
    qm_arena_release(&arena);
}

static void test_stems_get_the_tempo_that_is_heard(void **unused)
{
    (void)unused;
    static MixRig rig;
    open_two(&rig);
    mix_rig_on(&rig, "role.tempo", QM_ROLE_COUNT);
    mix_rig_begin(&rig);
    rig.mix.log.session = NULL;
    rig.song.bpm = qm_measured(126.004);
    rig.song.bpm_confidence = 0.9;
    rig.song.bpm_steady = true;
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "tempo"), "126 bpm");
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_well_made),
        cmocka_unit_test(test_values_are_rounded_as_people_write_them),
        cmocka_unit_test(test_values_stay_in_range),
        cmocka_unit_test(test_a_decision_edits_the_session),
        cmocka_unit_test(test_the_last_decision_on_a_target_stands),
        cmocka_unit_test(test_taking_back_leaves_no_trace),
        cmocka_unit_test(test_what_a_session_has_by_itself_stands),
        cmocka_unit_test(test_an_address_that_is_none_fails_the_mix),
        cmocka_unit_test(test_users_values_take_the_place_of_decisions),
        cmocka_unit_test(test_off_removes_decisions),
        cmocka_unit_test(test_overrides_of_what_nobody_decided_are_edits),
        cmocka_unit_test(test_overrides_that_name_nothing_are_told),
        cmocka_unit_test(test_the_log_is_sorted_by_stage_rule_and_strip),
        cmocka_unit_test(test_notes_change_nothing),
        cmocka_unit_test(test_draws_depend_on_seed_rule_strip_and_index),
        cmocka_unit_test(test_places_are_words_of_an_address),
        cmocka_unit_test(test_stems_get_the_tempo_that_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
