/* Rules of effects: shared rooms and echoes, and what is put into chains. */
/* tests: mix/rule_reverb mix/rule_delay mix/rule_modulate mix/rule_saturate
 * tests: mix/space mix/beat */
#include "mix/beat.h"
#include "proc/cycle.h"
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

static void style(MixRig *rig, const char *rule, QmRole role, const char *name)
{
    const uint32_t index = qm_rule_index(qm_rule_find(rule));
    rig->settings[index * (QM_ROLE_COUNT + 1) + role].style = name;
}

static void song(MixRig *rig, double bpm, double onset_rate)
{
    rig->song.bpm = qm_measured(bpm);
    rig->song.bpm_confidence = 0.9;
    rig->song.bpm_steady = true;
    rig->song.sum.onset_rate = qm_measured(onset_rate);
}

/* ---- reverb ---- */

static void open_rooms(MixRig *rig)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "vox", QM_ROLE_VOCAL, &(MixSound){0});
    mix_rig_add(rig, "choir", QM_ROLE_BACKING, &(MixSound){0});
    mix_rig_add(rig, "keys", QM_ROLE_KEYS, &(MixSound){0});
    mix_rig_add(rig, "gone", QM_ROLE_LEAD, &(MixSound){.lufs = -80});
    mix_rig_on(rig, "effects.reverb", ALL);
    style(rig, "effects.reverb", QM_ROLE_VOCAL, "plate");
    style(rig, "effects.reverb", QM_ROLE_BACKING, "plate");
    style(rig, "effects.reverb", QM_ROLE_KEYS, "hall");
    style(rig, "effects.reverb", QM_ROLE_LEAD, "spring");
    mix_rig_choose(rig, "effects.reverb", QM_ROLE_VOCAL, "type", "plate");
    mix_rig_set(rig, "effects.reverb", QM_ROLE_VOCAL, "low-cut", 250);
    mix_rig_set(rig, "effects.reverb", QM_ROLE_VOCAL, "mud", -3);
    mix_rig_set(rig, "effects.reverb", QM_ROLE_BACKING, "level", -9);
}

static void a_style_is_one_bus(void **state)
{
    (void)state;
    MixRig rig;
    open_rooms(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "plate.to"), "master");
    assert_string_equal(mix_rig_text(&rig, "plate.reverb.type"), "plate");
    assert_true(near(mix_rig_number(&rig, "plate.reverb.mix"), 1, 1e-9));
    assert_string_equal(mix_rig_text(&rig, "plate.eq.1.type"), "high-pass");
    assert_true(near(mix_rig_number(&rig, "plate.eq.1.freq"), 250, 1e-9));
    assert_true(near(mix_rig_number(&rig, "plate.eq.2.gain"), -3, 1e-9));
    assert_true(near(mix_rig_number(&rig, "vox.send.plate"), -14, 1e-9));
    assert_true(near(mix_rig_number(&rig, "choir.send.plate"), -9, 1e-9));
    assert_true(near(mix_rig_number(&rig, "keys.send.hall"), -14, 1e-9));
    assert_null(mix_rig_text(&rig, "spring.to")); /* who would send there is silent */
    const QmSession *const session = mix_rig_session(&rig);
    assert_int_equal(session->n_strips, 4 + 2 + 1);
    mix_rig_close(&rig);
}

static void a_strip_keeps_its_name(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "plate", QM_ROLE_VOCAL, &(MixSound){0});
    mix_rig_on(&rig, "effects.reverb", ALL);
    style(&rig, "effects.reverb", QM_ROLE_VOCAL, "plate");
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "plate.send.plate-bus"), -14, 1e-9));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);
}

static double decay_of(double bpm, double onset_rate, double adapt)
{
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "vox", QM_ROLE_VOCAL, &(MixSound){0});
    mix_rig_on(&rig, "effects.reverb", ALL);
    mix_rig_set(&rig, "effects.reverb", ALL, "decay", 2);
    mix_rig_set(&rig, "effects.reverb", ALL, "adapt", adapt);
    mix_rig_begin(&rig);
    song(&rig, bpm, onset_rate);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const double decay = mix_rig_number(&rig, "reverb.reverb.decay");
    mix_rig_close(&rig);
    return decay;
}

static void rooms_follow_tempo_and_density(void **state)
{
    (void)state;
    assert_true(near(decay_of(120, 4, 1), 2, 1e-9));
    assert_true(near(decay_of(240, 8, 0), 2, 1e-9));
    assert_true(near(decay_of(240, 8, 1), 1.2, 1e-9)); /* 2 * 2^-(1/2 + 1/4) = 1.19 */
    assert_true(near(decay_of(60, 2, 1), 3, 1e-9));    /* 3.4, but no more than half */
    assert_true(near(decay_of(240, 100, 1), 1, 1e-9));
}

static void what_is_roomy_sends_less(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "room", QM_ROLE_CYMBALS, &(MixSound){.kind = QM_CHANNELS_STEREO});
    mix_rig_add(&rig, "vox", QM_ROLE_VOCAL, &(MixSound){0});
    mix_rig_on(&rig, "effects.reverb", ALL);
    mix_rig_set(&rig, "effects.reverb", ALL, "roomy", 6);
    rig.raw[0].correlation = qm_measured(0.35);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "room.send.reverb"), -17, 1e-9));
    assert_true(near(mix_rig_number(&rig, "vox.send.reverb"), -14, 1e-9));
    mix_rig_close(&rig);
}

/* ---- delay ---- */

static void open_echoes(MixRig *rig)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "lead", QM_ROLE_LEAD, &(MixSound){0});
    rig->raw[0].onset_rate = qm_measured(8);
    mix_rig_on(rig, "effects.delay", ALL);
    mix_rig_choose(rig, "effects.delay", ALL, "sync", "1/8d");
}

static void echoes_are_notes_where_the_tempo_is_known(void **state)
{
    (void)state;
    MixRig rig;
    open_echoes(&rig);
    mix_rig_begin(&rig);
    song(&rig, 120, 4);
    mix_rig_set(&rig, "effects.delay", ALL, "busy", 4);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "delay.delay.sync"), "1/8d");
    assert_true(near(mix_rig_number(&rig, "delay.delay.mix"), 100, 1e-9));
    assert_true(near(mix_rig_number(&rig, "lead.send.delay"), -17, 1e-9));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);

    /* the session says another tempo: three quarters of 60000 / 100 ms */
    open_echoes(&rig);
    mix_rig_begin(&rig);
    song(&rig, 100, 4);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "delay.delay.time"), 450, 1e-9));
    assert_null(mix_rig_text(&rig, "delay.delay.sync"));
    mix_rig_close(&rig);

    open_echoes(&rig); /* nothing is known */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "delay.delay.time"), 350, 1e-9));
    mix_rig_close(&rig);
}

/* Which of three notes a seed chooses. */
static double chosen(uint64_t seed)
{
    static const double notes[] = {4, 7, QM_SYNC_QUARTER}; /* 1/16, 1/8, 1/4 */
    const QmRule *const rule = qm_rule_find("effects.delay");
    MixRig rig;
    open_echoes(&rig);
    QmSettings *const settings =
        &rig.settings[qm_rule_index(rule) * (QM_ROLE_COUNT + 1) + QM_ROLE_LEAD];
    double values[32];
    memcpy(values, settings->values, rule->n_params * sizeof *values);
    memcpy(values + rule->n_params, notes, sizeof notes);
    settings->values = values;
    settings->n_groups = 3;
    mix_rig_begin(&rig);
    song(&rig, 120, 4);
    rig.mix.seed = seed;
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const double sync = mix_rig_number(&rig, "delay.delay.sync");
    mix_rig_close(&rig);
    return sync;
}

static void the_seed_chooses(void **state)
{
    (void)state;
    uint32_t met[QM_SYNC_COUNT] = {0};
    for (uint64_t seed = 0; seed < 60; seed++) {
        const double sync = chosen(seed);
        assert_true(sync == chosen(seed));
        met[(uint32_t)sync]++;
    }
    /* 20 of each are expected; fewer than 8 come by chance once in 2000 */
    assert_true(met[4] >= 8 && met[7] >= 8 && met[QM_SYNC_QUARTER] >= 8);
    assert_int_equal(met[4] + met[7] + met[QM_SYNC_QUARTER], 60);
}

/* ---- beat ---- */

static void two_witnesses_of_the_tempo(void **state)
{
    (void)state;
    static const struct {
        double said, heard, confidence;
        bool written, known, synced;
    } cases[] = {
        {126, 126, 0.9, false, true, true},    {126, 126.02, 0.9, false, true, true},
        {126, 126.3, 0.9, false, true, false}, {126, 126.3, 0.9, true, true, true},
        {126, 63, 0.9, true, true, true},      {70, 140, 0.9, true, true, true},
        {120, 100, 0.9, true, true, false},    {120, 100, 0.3, true, false, false},
        {120, 100, 0.3, false, false, false},
    };
    for (size_t i = 0; i < QM_COUNT(cases); i++) {
        QmBeat beat;
        MixRig rig;
        mix_rig_open(&rig);
        mix_rig_add(&rig, "a", QM_ROLE_LEAD, &(MixSound){0});
        rig.session->tempo[0].bpm = cases[i].said;
        rig.session->file = cases[i].written ? "song.yaml" : "";
        mix_rig_begin(&rig);
        song(&rig, cases[i].heard, 4);
        rig.song.bpm_confidence = cases[i].confidence;
        const bool known = qm_mix_beat(&rig.mix, QM_BEAT_CONFIDENCE, &beat);
        assert_true(known == cases[i].known);
        if (known) {
            assert_true(beat.synced == cases[i].synced);
            assert_true(beat.bpm == (beat.synced ? cases[i].said : cases[i].heard));
        }
        mix_rig_close(&rig);
    }
}

/* ---- modulate, saturate ---- */

static void hits_are_not_modulated(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        MixRig rig;
        mix_rig_open(&rig);
        mix_rig_add(&rig, "pad", QM_ROLE_PAD, &(MixSound){0});
        rig.raw[0].transient_ratio = qm_measured(k ? 0.6 : 0.1);
        mix_rig_on(&rig, "effects.modulate", ALL);
        mix_rig_choose(&rig, "effects.modulate", ALL, "type", "phaser");
        mix_rig_set(&rig, "effects.modulate", ALL, "transient-ratio", 0.5);
        mix_rig_set(&rig, "effects.modulate", ALL, "stages", 4);
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        if (k == 0) {
            assert_true(near(mix_rig_number(&rig, "pad.phaser.stages"), 4, 1e-9));
            assert_true(near(mix_rig_number(&rig, "pad.phaser.mix"), 30, 1e-9));
            assert_null(mix_rig_text(&rig, "pad.phaser.voices"));
        } else {
            assert_int_equal(mix_rig_count(&rig, "effects.modulate"), 0);
        }
        mix_rig_close(&rig);
    }
}

static double drive_of(double plr, int64_t clipped)
{
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "bass", QM_ROLE_BASS, &(MixSound){0});
    rig.raw[0].plr = qm_measured(plr);
    rig.raw[0].clipped_runs = clipped;
    mix_rig_on(&rig, "effects.saturate", ALL);
    mix_rig_choose(&rig, "effects.saturate", ALL, "type", "tube");
    mix_rig_set(&rig, "effects.saturate", ALL, "drive", 40);
    mix_rig_set(&rig, "effects.saturate", ALL, "even-plr", 6);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const double drive = mix_rig_number(&rig, "bass.tube.drive");
    mix_rig_close(&rig);
    return drive;
}

static void what_is_dense_is_not_driven(void **state)
{
    (void)state;
    assert_true(near(drive_of(15, 0), 40, 1e-9));
    assert_true(near(drive_of(9, 0), 20, 1e-9));
    assert_true(isnan(drive_of(5, 0)));
    assert_true(near(drive_of(15, 3), 20, 1e-9));
}

static void converters_are_told_by_their_drive(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "drums", QM_ROLE_DRUMS, &(MixSound){0});
    mix_rig_on(&rig, "effects.saturate", ALL);
    mix_rig_choose(&rig, "effects.saturate", ALL, "type", "digital");
    mix_rig_set(&rig, "effects.saturate", ALL, "drive", 50);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "drums.digital.bits"), 9, 1e-9));
    assert_true(near(mix_rig_number(&rig, "drums.digital.rate"), 34100, 1e-9));
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_style_is_one_bus),
        cmocka_unit_test(a_strip_keeps_its_name),
        cmocka_unit_test(rooms_follow_tempo_and_density),
        cmocka_unit_test(what_is_roomy_sends_less),
        cmocka_unit_test(echoes_are_notes_where_the_tempo_is_known),
        cmocka_unit_test(the_seed_chooses),
        cmocka_unit_test(two_witnesses_of_the_tempo),
        cmocka_unit_test(hits_are_not_modulated),
        cmocka_unit_test(what_is_dense_is_not_driven),
        cmocka_unit_test(converters_are_told_by_their_drive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
