/* Rules of automation: points of lanes, swings in tempo, the macro. */
/* tests: mix/rule_sweep mix/rule_shape mix/rule_pump mix/rule_energy */
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ALL QM_ROLE_COUNT

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

static const QmSongSection sections[] = {
    {0, 10, 'A', {-20, NULL}},
    {10, 30, 'B', {-17, NULL}},
    {30, 50, 'C', {-11, NULL}},
    {50, 60, 'A', {-20, NULL}},
};

/* A strip that plays for 60 s, in a song of four sections at 120. */
static void open_song(MixRig *rig, const char *rule)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "lead", QM_ROLE_LEAD, &(MixSound){.seconds = 60});
    rig->song.sections = sections;
    rig->song.n_sections = QM_COUNT(sections);
    mix_rig_on(rig, rule, ALL);
}

static void decide(MixRig *rig)
{
    mix_rig_begin(rig);
    rig->song.bpm = qm_measured(120);
    rig->song.bpm_confidence = 0.9;
    rig->song.bpm_steady = true;
    rig->song.first_beat = qm_measured(0.125);
    mix_rig_pass(rig, QM_PASS_STEMS);
    assert_non_null(mix_rig_session(rig));
}

/* Points of the lane: how many, and the largest step in dB (in the value) that is taken
 * in less than 20 ms. */
static uint32_t points(const QmSession *session, double *steepest)
{
    uint32_t n = 0;
    *steepest = 0;
    for (uint32_t l = 0; l < session->n_lanes; l++)
        for (uint32_t i = 0; i < session->lanes[l].n_points; i++, n++) {
            const QmPoint *const p = &session->lanes[l].points[i];
            if (i > 0 && p[0].at.value - p[-1].at.value < 0.02 &&
                fabs(p[0].value - p[-1].value) > *steepest)
                *steepest = fabs(p[0].value - p[-1].value);
        }
    return n;
}

static void sweeps_end_where_the_loudest_begins(void **state)
{
    (void)state;
    MixRig rig;
    open_song(&rig, "automation.sweep");
    mix_rig_choose(&rig, "automation.sweep", ALL, "where", "before-loudest");
    mix_rig_set(&rig, "automation.sweep", ALL, "length", 8);
    decide(&rig);
    assert_string_equal(mix_rig_text(&rig, "lead.filter.freq@22s"), "300 Hz");
    assert_string_equal(mix_rig_text(&rig, "lead.filter.freq@30s"), "18000 Hz exp");
    assert_true(near(mix_rig_number(&rig, "lead.filter.mix"), 0, 1e-9));
    assert_true(near(mix_rig_number(&rig, "lead.filter.mix@21.95s"), 0, 1e-9));
    assert_true(near(mix_rig_number(&rig, "lead.filter.mix@30s"), 100, 1e-9));
    assert_true(near(mix_rig_number(&rig, "lead.filter.mix@30.05s"), 0, 1e-9));
    mix_rig_close(&rig);

    open_song(&rig, "automation.sweep");
    rig.song.n_sections = 1;
    decide(&rig);
    assert_int_equal(mix_rig_count(&rig, "automation.sweep"), 0);
    mix_rig_close(&rig);
}

static void fades_are_sines(void **state)
{
    (void)state;
    MixRig rig;
    double steepest;
    open_song(&rig, "automation.shape");
    mix_rig_choose(&rig, "automation.shape", ALL, "curve", "fade-out");
    mix_rig_set(&rig, "automation.shape", ALL, "length", 8);
    decide(&rig);
    /* sin(pi / 4) half way, and the floor of 0.001 */
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@52s"), 0, 0.01));
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@56s"), -3, 0.05));
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@60s"), -60, 0.05));
    assert_int_equal(points(mix_rig_session(&rig), &steepest), 9);
    mix_rig_close(&rig);
}

static void who_fades_alone_is_left_alone(void **state)
{
    (void)state;
    static const double fading[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, -10, -20, -28};
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "lead", QM_ROLE_LEAD,
                &(MixSound){.seconds = 60, .shape = fading, .n_shape = 12});
    mix_rig_on(&rig, "automation.shape", ALL);
    mix_rig_choose(&rig, "automation.shape", ALL, "curve", "fade-out");
    decide(&rig);
    assert_int_equal(mix_rig_count(&rig, "automation.shape"), 0);
    mix_rig_close(&rig);
}

static void swells_have_soft_edges(void **state)
{
    (void)state;
    MixRig rig;
    double steepest;
    open_song(&rig, "automation.shape");
    mix_rig_choose(&rig, "automation.shape", ALL, "curve", "swell");
    mix_rig_choose(&rig, "automation.shape", ALL, "section", "loudest");
    mix_rig_set(&rig, "automation.shape", ALL, "length", 0);
    mix_rig_set(&rig, "automation.shape", ALL, "floor", -10.5);
    decide(&rig);
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@30s"), -10.5, 0.06));
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@40s"), 0, 0.01));
    assert_true(near(mix_rig_number(&rig, "lead.level.gain@50.05s"), 0, 0.01));
    points(mix_rig_session(&rig), &steepest);
    assert_true(steepest == 0);
    mix_rig_close(&rig);
}

static void pumping_needs_the_tempo(void **state)
{
    (void)state;
    MixRig rig;
    open_song(&rig, "automation.pump");
    decide(&rig);
    assert_string_equal(mix_rig_text(&rig, "lead.tremolo.sync"), "1/4");
    assert_string_equal(mix_rig_text(&rig, "lead.tremolo.shape"), "saw-up");
    /* the first beat, a quarter of one late, is where the swing begins anew */
    assert_true(near(mix_rig_number(&rig, "lead.tremolo.phase"), 270, 1e-9));
    assert_true(near(mix_rig_number(&rig, "lead.tremolo.depth"), 30, 1e-9));
    mix_rig_close(&rig);

    open_song(&rig, "automation.pump");
    rig.session->tempo[0].bpm = 110;
    decide(&rig);
    assert_int_equal(mix_rig_count(&rig, "automation.pump"), 0);
    mix_rig_close(&rig);
}

static void energy_follows_the_sections(void **state)
{
    (void)state;
    MixRig rig;
    open_song(&rig, "automation.energy");
    mix_rig_on(&rig, "effects.reverb", ALL);
    mix_rig_set(&rig, "automation.energy", ALL, "reverb", -4);
    mix_rig_set(&rig, "automation.energy", ALL, "width", 0.2);
    decide(&rig);
    assert_true(near(mix_rig_number(&rig, "energy.macro.value@0s"), 0, 1e-9));
    assert_true(near(mix_rig_number(&rig, "energy.macro.value@10.5s"), 0.33, 1e-9));
    assert_true(near(mix_rig_number(&rig, "energy.macro.value@30.5s"), 1, 1e-9));
    assert_true(near(mix_rig_number(&rig, "energy.macro.value@49.5s"), 1, 1e-9));
    assert_string_equal(mix_rig_text(&rig, "energy.1.param"), "lead.send.reverb");
    assert_true(near(mix_rig_number(&rig, "energy.1.from"), -12, 1e-9));
    assert_true(near(mix_rig_number(&rig, "energy.1.to"), -16, 1e-9));
    assert_string_equal(mix_rig_text(&rig, "energy.2.param"), "lead.fader.width");
    assert_true(near(mix_rig_number(&rig, "energy.2.from"), 0.9, 1e-9));
    mix_rig_close(&rig);

    open_song(&rig, "automation.energy");
    mix_rig_set(&rig, "automation.energy", ALL, "width", 0.2);
    mix_rig_set(&rig, "automation.energy", ALL, "least", 10);
    decide(&rig);
    assert_int_equal(mix_rig_count(&rig, "automation.energy"), 0);
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweeps_end_where_the_loudest_begins),
        cmocka_unit_test(fades_are_sines),
        cmocka_unit_test(who_fades_alone_is_left_alone),
        cmocka_unit_test(swells_have_soft_edges),
        cmocka_unit_test(pumping_needs_the_tempo),
        cmocka_unit_test(energy_follows_the_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
