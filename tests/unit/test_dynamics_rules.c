/* Rules of dynamics: what they decide from made-up facts, and that a compressor that runs
 * does what they expect of it. */
/* tests: mix/rule_gate mix/rule_compress mix/rule_multiband mix/rule_duck
 * tests: mix/rule_transient mix/rule_de_ess mix/rule_share mix/rule_glue mix/insert */
#include "mix/insert.h"
#include "tests/support/levels.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ALL QM_ROLE_COUNT

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

static bool has(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

/* ---- compress ---- */

/* A bass at -12 LUFS that the trim brings to -18. */
static QmMixStrip *open_bass(MixRig *rig)
{
    mix_rig_open(rig);
    QmMixStrip *const bass =
        mix_rig_add(rig, "bass", QM_ROLE_BASS, &(MixSound){.lufs = -12});
    rig->raw[0].range = qm_measured(8);
    rig->raw[0].plr = qm_measured(12);
    rig->raw[0].transient_ratio = qm_measured(0.2);
    mix_rig_on(rig, "gain.trim", ALL);
    mix_rig_on(rig, "dynamics.compress", ALL);
    mix_rig_set(rig, "dynamics.compress", ALL, "threshold", -20);
    mix_rig_set(rig, "dynamics.compress", ALL, "ratio", 3);
    mix_rig_set(rig, "dynamics.compress", ALL, "attack", 50);
    mix_rig_set(rig, "dynamics.compress", ALL, "max-reduction", 6);
    return bass;
}

static void thresholds_move_with_the_loudness(void **state)
{
    (void)state;
    MixRig rig;
    open_bass(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.threshold"), -20, 1e-9));
    assert_true(near(mix_rig_number(&rig, "bass.compressor.ratio"), 3, 1e-9));
    assert_true(near(mix_rig_number(&rig, "bass.compressor.attack"), 50, 1e-9));
    /* it listens first */
    assert_true(near(mix_rig_number(&rig, "bass.compressor.mix"), 0, 1e-9));
    assert_true(has(mix_rig_because(&rig, "bass.compressor.threshold"),
                    "lufs=-18.0 range=8.0 plr=12.0"));
    mix_rig_close(&rig);

    open_bass(&rig);
    mix_rig_off(&rig, "gain.trim", ALL);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.threshold"), -14, 1e-9));
    mix_rig_close(&rig);
}

static void hits_halve_the_attack(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        MixRig rig;
        open_bass(&rig);
        rig.raw[0].transient_ratio = qm_measured(k ? 0.71 : 0.7);
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        assert_true(
            near(mix_rig_number(&rig, "bass.compressor.attack"), k ? 25 : 50, 1e-9));
        mix_rig_close(&rig);
    }
}

static void releases_are_no_shorter_than_two_waves(void **state)
{
    (void)state;
    MixRig rig;
    open_bass(&rig);
    mix_rig_set(&rig, "dynamics.compress", ALL, "release", 5);
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        rig.raw[0].thirds[i] = i < 3 ? -60 : -20; /* from 40 Hz on */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.release"), 50, 1));
    mix_rig_close(&rig);
}

static void what_is_even_is_left_alone(void **state)
{
    (void)state;
    MixRig rig;
    open_bass(&rig);
    mix_rig_set(&rig, "dynamics.compress", ALL, "even-range", 7.5);
    mix_rig_set(&rig, "dynamics.compress", ALL, "even-plr", 11.5);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_int_equal(mix_rig_count(&rig, "dynamics.compress"), 0);
    mix_rig_close(&rig);
}

static void a_compressor_takes_what_is_permitted(void **state)
{
    (void)state;
    MixRig rig;
    QmMixStrip *const bass = open_bass(&rig);
    mix_rig_set(&rig, "dynamics.compress", ALL, "even-range", 4); /* 4 dB at most */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, bass, "compressor", "reduction", 8);
    mix_rig_reading(&rig, bass, "compressor", "mean-reduction", 2);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    /* 4 dB too much, at 2/3 of a dB for each */
    assert_true(near(mix_rig_number(&rig, "bass.compressor.threshold"), -14, 1e-9));
    assert_true(near(mix_rig_number(&rig, "bass.compressor.mix"), 100, 1e-9));
    assert_true(has(mix_rig_because(&rig, "bass.compressor.mix"),
                    "reduction=8.0 mean=2.0 permitted=4.0"));
    mix_rig_close(&rig);
}

static void one_that_does_nothing_goes(void **state)
{
    (void)state;
    MixRig rig;
    QmMixStrip *const bass = open_bass(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, bass, "compressor", "reduction", 0.4);
    mix_rig_reading(&rig, bass, "compressor", "mean-reduction", 0.1);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_int_equal(mix_rig_count(&rig, "dynamics.compress"), 0);
    mix_rig_close(&rig);
}

static void makeup_is_the_loudness_that_was_lost(void **state)
{
    (void)state;
    MixRig rig;
    QmMixStrip *const bass = open_bass(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, bass, "compressor", "reduction", 5);
    mix_rig_reading(&rig, bass, "compressor", "mean-reduction", 2);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_true(isnan(mix_rig_number(&rig, "bass.compressor.makeup")));
    mix_rig_louder(&rig.arena, &rig.chain[0], -2.4);
    mix_rig_again(&rig, QM_PASS_AGAIN, 0);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.makeup"), 2.4, 1e-9));
    assert_true(has(mix_rig_because(&rig, "bass.compressor.makeup"),
                    "reduction=5.0 mean=2.0 lufs=-20.4 reference=-18.0"));
    /* matched: it stays */
    mix_rig_louder(&rig.arena, &rig.chain[0], 2.35);
    mix_rig_again(&rig, QM_PASS_AGAIN, 1);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.makeup"), 2.4, 1e-9));
    /* an equaliser took 4 dB: that is not the compressor's to give back */
    mix_rig_louder(&rig.arena, &rig.chain[0], -4);
    mix_rig_again(&rig, QM_PASS_AGAIN, 2);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.makeup"), 5, 1e-9));
    mix_rig_close(&rig);
}

static void what_unmasking_cut_is_not_made_up(void **state)
{
    (void)state;
    MixRig rig;
    QmMixStrip *const bass = open_bass(&rig);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, bass, "compressor", "reduction", 5);
    mix_rig_reading(&rig, bass, "compressor", "mean-reduction", 2);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    /* a shelf below all of it: 2 dB of everything */
    const QmRule *const unmask = qm_rule_find("masking.unmask");
    const QmReason reason = qm_reason(&rig.mix);
    qm_decide_word(&rig.mix, unmask, &reason, "high-shelf", "bass.eq.1.type");
    qm_decide(&rig.mix, unmask, &reason, 20, "bass.eq.1.freq");
    qm_decide(&rig.mix, unmask, &reason, -2, "bass.eq.1.gain");
    mix_rig_louder(&rig.arena, &rig.chain[0], -3.5);
    mix_rig_again(&rig, QM_PASS_AGAIN, 0);
    assert_true(near(mix_rig_number(&rig, "bass.compressor.makeup"), 1.5, 0.051));
    mix_rig_close(&rig);
}

enum { N = 1 << 16 };
static QmVec rows[N];

/* The largest reduction of bursts of a tone, -6 and -20 dB. */
static double reduction_of(double threshold, double ratio)
{
    ProcGang gang;
    double values[QM_MAX_READINGS];
    open_with(&gang, "compressor", 48000, NULL, 0);
    set(&gang, "threshold", threshold);
    set(&gang, "ratio", ratio);
    set(&gang, "attack", 5);
    tone_rows(rows, N, 48000, 440, -6);
    for (uint32_t i = 0; i < N; i++)
        if (i / 8192 % 2)
            rows[i] *= 0.2f;
    gang_run(&gang, rows, NULL, N, QM_QUANTUM);
    gang.desc->read(gang.spec, gang.state[0], 0, values);
    gang_close(&gang);
    return values[0];
}

static void one_raise_is_enough(void **state)
{
    (void)state;
    static const double ratios[] = {1.5, 2, 4, 8, 20};
    for (uint32_t k = 0; k < QM_COUNT(ratios); k++) {
        const double before = reduction_of(-40, ratios[k]);
        const double most = before - 2;
        const double after =
            reduction_of(-40 + qm_insert_raise(before, most, ratios[k]), ratios[k]);
        assert_true(near(after, most, 0.05));
    }
    assert_true(qm_insert_raise(3, 6, 4) == 0);
}

/* ---- multiband ---- */

static void bands_are_bounded_one_by_one(void **state)
{
    (void)state;
    static const char *const at[] = {"1.threshold", "2.threshold", "3.threshold"};
    MixRig rig;
    mix_rig_open(&rig);
    QmMixStrip *const drums =
        mix_rig_add(&rig, "drums", QM_ROLE_DRUMS, &(MixSound){.lufs = -20});
    mix_rig_on(&rig, "dynamics.multiband", ALL);
    for (uint32_t b = 0; b < 3; b++)
        mix_rig_set(&rig, "dynamics.multiband", ALL, at[b], -18 - 2.0 * b);
    mix_rig_set(&rig, "dynamics.multiband", ALL, "2.ratio", 2);
    mix_rig_set(&rig, "dynamics.multiband", ALL, "max-reduction", 6);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_true(near(mix_rig_number(&rig, "drums.multiband.3.threshold"), -24, 1e-9));
    assert_true(near(mix_rig_number(&rig, "drums.multiband.mix"), 0, 1e-9));
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, drums, "multiband", "reduction-1", 3);
    mix_rig_reading(&rig, drums, "multiband", "reduction-2", 8);
    mix_rig_reading(&rig, drums, "multiband", "reduction-3", 5);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_true(near(mix_rig_number(&rig, "drums.multiband.1.threshold"), -20, 1e-9));
    assert_true(near(mix_rig_number(&rig, "drums.multiband.2.threshold"), -18, 1e-9));
    assert_true(near(mix_rig_number(&rig, "drums.multiband.mix"), 100, 1e-9));
    mix_rig_louder(&rig.arena, &rig.chain[0], -1.3);
    mix_rig_again(&rig, QM_PASS_AGAIN, 0);
    for (uint32_t b = 0; b < 3; b++) {
        static const char *const gains[] = {"drums.multiband.1.gain",
                                            "drums.multiband.2.gain",
                                            "drums.multiband.3.gain"};
        assert_true(near(mix_rig_number(&rig, gains[b]), 1.3, 1e-9));
    }
    mix_rig_close(&rig);
}

/* ---- gate ---- */

static double gate_of(double noise_floor, double active)
{
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "vox", QM_ROLE_VOCAL, &(MixSound){.lufs = -24});
    rig.raw[0].noise_floor = qm_measured(noise_floor);
    rig.raw[0].active = active;
    mix_rig_on(&rig, "gain.trim", ALL);
    mix_rig_on(&rig, "dynamics.gate", ALL);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const double threshold = mix_rig_number(&rig, "vox.gate.threshold");
    mix_rig_close(&rig);
    return threshold;
}

static void gates_stand_where_noise_is_heard(void **state)
{
    (void)state;
    /* 6 dB up by the trim, 12 dB above the noise */
    assert_true(near(gate_of(-60, 0.6), -42, 1e-9));
    assert_true(isnan(gate_of(-75, 0.6)));  /* not to be heard */
    assert_true(isnan(gate_of(-45, 0.6)));  /* no noise: it is the sound itself */
    assert_true(isnan(gate_of(-60, 0.95))); /* no pauses */
}

/* ---- transient, de-ess ---- */

static void attacks_that_stand_out_are_left(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        MixRig rig;
        mix_rig_open(&rig);
        mix_rig_add(&rig, "snare", QM_ROLE_SNARE, &(MixSound){0});
        rig.raw[0].transient_ratio = qm_measured(k == 2 ? 0.1 : 0.8);
        rig.raw[0].crest = qm_measured(k == 1 ? 24 : 14);
        mix_rig_on(&rig, "dynamics.transient", ALL);
        mix_rig_set(&rig, "dynamics.transient", ALL, "attack", 1.5);
        mix_rig_set(&rig, "dynamics.transient", ALL, "transient-ratio", 0.3);
        mix_rig_set(&rig, "dynamics.transient", ALL, "crest", 20);
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        if (k == 0)
            assert_true(near(mix_rig_number(&rig, "snare.transient.attack"), 1.5, 1e-9));
        else
            assert_int_equal(mix_rig_count(&rig, "dynamics.transient"), 0);
        mix_rig_close(&rig);
    }
}

/* A voice whose thirds from 5 kHz on are `esses` dB, the rest -30 dB. */
static void open_voice(MixRig *rig, double esses)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "vox", QM_ROLE_VOCAL, &(MixSound){0});
    for (uint32_t i = 0; i < QM_THIRDS; i++)
        rig->raw[0].thirds[i] = i < 24 ? -30 : esses;
    rig->raw[0].thirds[26] += 1; /* 8 kHz */
    mix_rig_on(rig, "dynamics.de-ess", ALL);
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_STEMS);
}

static void esses_are_found_where_they_are(void **state)
{
    (void)state;
    MixRig rig;
    /* 7 thirds of -30, 3 of -34 and one of -33: -21.55 and -27.71, 6.16 dB below; of
     * five from 5 to 12.5 kHz the one in the middle stands out */
    open_voice(&rig, -34);
    assert_true(near(mix_rig_number(&rig, "vox.de-esser.freq"), 7940, 1e-9));
    assert_true(has(mix_rig_because(&rig, "vox.de-esser.freq"), "sibilance=-6.2"));
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, &rig.strips[0], "de-esser", "reduction", 6);
    mix_rig_reading(&rig, &rig.strips[0], "de-esser", "mean-reduction", 3);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_true(near(mix_rig_number(&rig, "vox.de-esser.threshold"), -7, 1e-9));
    mix_rig_close(&rig);
    open_voice(&rig, -36);
    assert_int_equal(mix_rig_count(&rig, "dynamics.de-ess"), 0);
    mix_rig_close(&rig);
}

/* ---- duck ---- */

static void the_loudest_of_a_role_is_listened_to(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "kick2", QM_ROLE_KICK, &(MixSound){.lufs = -20});
    mix_rig_add(&rig, "kick", QM_ROLE_KICK, &(MixSound){.lufs = -16});
    mix_rig_add(&rig, "bass", QM_ROLE_BASS, &(MixSound){0});
    mix_rig_on(&rig, "dynamics.duck", ALL);
    mix_rig_choose(&rig, "dynamics.duck", ALL, "by", "kick");
    mix_rig_begin(&rig);
    rig.song.bpm = qm_measured(180);
    rig.song.bpm_confidence = 0.9;
    rig.song.bpm_steady = true;
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "bass.duck.key"), "kick");
    assert_true(near(mix_rig_number(&rig, "bass.duck.threshold"), -18, 1e-9));
    assert_true(near(mix_rig_number(&rig, "bass.duck.mix"), 50, 1e-9));
    /* a third of a beat */
    assert_true(near(mix_rig_number(&rig, "bass.duck.release"), 110, 1e-9));
    /* kick2 ducks under kick; kick would under kick2, which listens to it */
    assert_string_equal(mix_rig_text(&rig, "kick2.duck.key"), "kick");
    assert_null(mix_rig_text(&rig, "kick.duck.key"));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);
}

static void music_steps_back_for_whoever_speaks(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "host", QM_ROLE_SPEECH, &(MixSound){0});
    mix_rig_add(&rig, "guest", QM_ROLE_SPEECH, &(MixSound){0});
    mix_rig_add(&rig, "bed", QM_ROLE_MUSIC, &(MixSound){0});
    mix_rig_on(&rig, "gain.group", ALL);
    mix_rig_on(&rig, "dynamics.duck", ALL);
    mix_rig_choose(&rig, "dynamics.duck", QM_ROLE_MUSIC, "by", "speech");
    mix_rig_choose(&rig, "dynamics.duck", QM_ROLE_SPEECH, "by", "music");
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    /* who speaks came first and listens to the bed, so the bed listens to nobody */
    assert_string_equal(mix_rig_text(&rig, "host.duck.key"), "bed");
    assert_null(mix_rig_text(&rig, "bed.duck.key"));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);

    mix_rig_open(&rig);
    mix_rig_add(&rig, "bed", QM_ROLE_MUSIC, &(MixSound){0});
    mix_rig_add(&rig, "host", QM_ROLE_SPEECH, &(MixSound){0});
    mix_rig_add(&rig, "guest", QM_ROLE_SPEECH, &(MixSound){0});
    mix_rig_on(&rig, "gain.group", ALL);
    mix_rig_on(&rig, "dynamics.duck", ALL);
    mix_rig_choose(&rig, "dynamics.duck", QM_ROLE_MUSIC, "by", "speech");
    mix_rig_choose(&rig, "dynamics.duck", QM_ROLE_SPEECH, "by", "music");
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "bed.duck.key"), "voices");
    assert_null(mix_rig_text(&rig, "host.duck.key"));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);
}

static void ducking_is_bounded(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "kick", QM_ROLE_KICK, &(MixSound){0});
    QmMixStrip *const bass = mix_rig_add(&rig, "bass", QM_ROLE_BASS, &(MixSound){0});
    mix_rig_on(&rig, "dynamics.duck", QM_ROLE_BASS);
    mix_rig_set(&rig, "dynamics.duck", QM_ROLE_BASS, "max-reduction", 14);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_reading(&rig, bass, "duck", "reduction", 21);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    /* 7 dB too much, at 7/8 of a dB for each */
    assert_true(near(mix_rig_number(&rig, "bass.duck.threshold"), -12, 1e-9));
    mix_rig_close(&rig);
}

/* Names say voice of those who speak, too. */
static void a_voice_stands_for_speech(void **state)
{
    (void)state;
    for (int speech = 0; speech <= 1; speech++) {
        MixRig rig;
        mix_rig_open(&rig);
        mix_rig_add(&rig, "voice", QM_ROLE_VOCAL, &(MixSound){0});
        mix_rig_add(&rig, "music", QM_ROLE_MUSIC, &(MixSound){0});
        if (speech)
            mix_rig_add(&rig, "host", QM_ROLE_SPEECH, &(MixSound){0});
        mix_rig_on(&rig, "dynamics.duck", QM_ROLE_MUSIC);
        mix_rig_choose(&rig, "dynamics.duck", QM_ROLE_MUSIC, "by", "speech");
        mix_rig_begin(&rig);
        mix_rig_pass(&rig, QM_PASS_STEMS);
        assert_string_equal(mix_rig_text(&rig, "music.duck.key"),
                            speech ? "host" : "voice");
        mix_rig_close(&rig);
    }
}

/* ---- share, glue ---- */

static void open_buses(MixRig *rig)
{
    mix_rig_open(rig);
    mix_rig_add(rig, "host", QM_ROLE_SPEECH, &(MixSound){.lufs = -21});
    mix_rig_add(rig, "guest", QM_ROLE_SPEECH, &(MixSound){.lufs = -21});
    mix_rig_add(rig, "kick", QM_ROLE_KICK, &(MixSound){.lufs = -20});
    mix_rig_add(rig, "snare", QM_ROLE_SNARE, &(MixSound){.lufs = -20});
    mix_rig_on(rig, "gain.group", ALL);
}

static void voices_share_their_bus(void **state)
{
    (void)state;
    MixRig rig;
    open_buses(&rig);
    mix_rig_on(&rig, "dynamics.share", QM_ROLE_SPEECH);
    mix_rig_set(&rig, "dynamics.share", QM_ROLE_SPEECH, "weight", 3);
    mix_rig_set(&rig, "dynamics.share", QM_ROLE_SPEECH, "release", 300);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "voices.gain-share"), "yes");
    assert_true(near(mix_rig_number(&rig, "voices.gain-share.release"), 300, 1e-9));
    assert_true(near(mix_rig_number(&rig, "guest.weight"), 3, 1e-9));
    assert_null(mix_rig_text(&rig, "drums.gain-share"));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);
}

static void nothing_is_shared_on_the_master(void **state)
{
    (void)state;
    MixRig rig;
    open_buses(&rig);
    mix_rig_off(&rig, "gain.group", ALL);
    mix_rig_on(&rig, "dynamics.share", ALL);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_int_equal(mix_rig_count(&rig, "dynamics.share"), 0);
    mix_rig_close(&rig);
}

static void glue_hears_the_sum_of_its_bus(void **state)
{
    (void)state;
    MixRig rig;
    open_buses(&rig);
    mix_rig_on(&rig, "dynamics.glue", QM_ROLE_KICK);
    mix_rig_on(&rig, "dynamics.glue", QM_ROLE_SNARE);
    mix_rig_set(&rig, "dynamics.glue", QM_ROLE_KICK, "threshold", -15);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    /* twice -20 is -17; 3 dB above it */
    assert_true(near(mix_rig_number(&rig, "drums.compressor.threshold"), -14, 1e-9));
    assert_true(has(mix_rig_because(&rig, "drums.compressor.threshold"),
                    "carried=-17.0 strips=2"));
    assert_true(isnan(mix_rig_number(&rig, "drums.compressor.makeup")));
    assert_true(isnan(mix_rig_number(&rig, "voices.compressor.threshold")));
    assert_non_null(mix_rig_session(&rig));
    mix_rig_close(&rig);
}

static void glue_gives_back_what_it_takes_from_the_mean(void **state)
{
    (void)state;
    MixRig rig;
    open_buses(&rig);
    mix_rig_on(&rig, "dynamics.glue", QM_ROLE_KICK);
    mix_rig_set(&rig, "dynamics.glue", QM_ROLE_KICK, "threshold", -24);
    mix_rig_set(&rig, "dynamics.glue", QM_ROLE_KICK, "ratio", 4);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    /* 6 dB over, 3/4 of it */
    assert_true(near(mix_rig_number(&rig, "drums.compressor.makeup"), 4.5, 1e-9));
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_move_with_the_loudness),
        cmocka_unit_test(hits_halve_the_attack),
        cmocka_unit_test(releases_are_no_shorter_than_two_waves),
        cmocka_unit_test(what_is_even_is_left_alone),
        cmocka_unit_test(a_compressor_takes_what_is_permitted),
        cmocka_unit_test(one_that_does_nothing_goes),
        cmocka_unit_test(makeup_is_the_loudness_that_was_lost),
        cmocka_unit_test(what_unmasking_cut_is_not_made_up),
        cmocka_unit_test(one_raise_is_enough),
        cmocka_unit_test(bands_are_bounded_one_by_one),
        cmocka_unit_test(gates_stand_where_noise_is_heard),
        cmocka_unit_test(attacks_that_stand_out_are_left),
        cmocka_unit_test(esses_are_found_where_they_are),
        cmocka_unit_test(the_loudest_of_a_role_is_listened_to),
        cmocka_unit_test(music_steps_back_for_whoever_speaks),
        cmocka_unit_test(ducking_is_bounded),
        cmocka_unit_test(a_voice_stands_for_speech),
        cmocka_unit_test(voices_share_their_bus),
        cmocka_unit_test(nothing_is_shared_on_the_master),
        cmocka_unit_test(glue_hears_the_sum_of_its_bus),
        cmocka_unit_test(glue_gives_back_what_it_takes_from_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
