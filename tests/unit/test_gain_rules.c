/* Gain staging: trims, buses of families, the balance, riding, headroom of sections. The
 * numbers are those of the formulas in the rules' essays. */
/* tests: mix/rule_trim mix/rule_group mix/rule_level mix/rule_ride mix/rule_section */
/* tests: mix/playing */
#include "analysis/gating.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALL QM_ROLE_COUNT

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

static bool has(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

/* --- trim --------------------------------------------------------------------------- */

/* The trim of one strip; NAN: none. */
static double trim_of(const char *target, MixSound sound, bool short_one)
{
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "a", QM_ROLE_KICK, &sound);
    if (short_one)
        rig.raw[0].lufs = qm_unmeasured("under 400 ms");
    mix_rig_on(&rig, "gain.trim", ALL);
    mix_rig_choose(&rig, "gain.trim", ALL, "target", target);
    mix_rig_set(&rig, "gain.trim", QM_ROLE_KICK, "layer", -12);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    const double gain = mix_rig_number(&rig, "a.trim.gain");
    if (short_one)
        assert_true(has(mix_rig_because(&rig, "a.trim.gain"), "lufs=unmeasured rms="));
    mix_rig_close(&rig);
    return gain;
}

static void trims_reach_their_target(void **state)
{
    (void)state;
    assert_true(near(trim_of("balanced", (MixSound){.lufs = -14.8}, false), -3.2, 1e-9));
    assert_true(near(trim_of("layer", (MixSound){.lufs = -14.8}, false), 2.8, 1e-9));
    /* true peak: -14.8 + 0.7 + 12 + 0.2 = -1.9; min(-1, -6) - that */
    assert_true(near(trim_of("peak", (MixSound){.lufs = -14.8}, false), -4.1, 1e-9));
    assert_true(isnan(trim_of("balanced", (MixSound){.lufs = -18.04}, false)));
    assert_true(isnan(trim_of("balanced", (MixSound){.lufs = -80}, false)));
    /* by its RMS: -19.3 */
    assert_true(near(trim_of("balanced", (MixSound){.lufs = -20}, true), 1.3, 1e-9));
}

static void trims_raise_no_more_than_they_may(void **state)
{
    (void)state;
    assert_true(near(trim_of("balanced", (MixSound){.lufs = -65}, false), 40, 1e-9));
    assert_true(near(trim_of("balanced", (MixSound){.lufs = 30}, false), -48, 1e-9));
}

/* --- group -------------------------------------------------------------------------- */

static void families_share_a_bus(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_add(&rig, "kick", QM_ROLE_KICK, &(MixSound){0});
    mix_rig_add(&rig, "hats", QM_ROLE_HATS, &(MixSound){0});
    mix_rig_add(&rig, "bass", QM_ROLE_BASS, &(MixSound){0});
    mix_rig_add(&rig, "silent", QM_ROLE_SUB, &(MixSound){.lufs = -80});
    mix_rig_add(&rig, "music", QM_ROLE_PAD, &(MixSound){0});
    mix_rig_add(&rig, "keys", QM_ROLE_KEYS, &(MixSound){0});
    mix_rig_on(&rig, "gain.group", ALL);
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    assert_string_equal(mix_rig_text(&rig, "drums.to"), "master");
    assert_string_equal(mix_rig_text(&rig, "kick.to"), "drums");
    assert_string_equal(mix_rig_text(&rig, "hats.to"), "drums");
    assert_null(mix_rig_text(&rig, "bass.to")); /* alone */
    assert_string_equal(mix_rig_text(&rig, "music.to"), "music-bus");
    assert_string_equal(mix_rig_text(&rig, "keys.to"), "music-bus");
    assert_int_equal(mix_rig_count(&rig, "gain.group"), 6);
    const QmSession *const session = mix_rig_session(&rig);
    const uint16_t bus = qm_session_strip(session, "drums");
    assert_int_equal(session->strips[bus].kind, QM_STRIP_BUS);
    assert_int_equal(session->strips[0].to, bus);
    mix_rig_close(&rig);
}

/* --- level -------------------------------------------------------------------------- */

static void faders_meet_their_levels(void **state)
{
    (void)state;
    static const double loud[] = {-31.37, -18, -9.94, -24.05};
    static const QmRole roles[] = {QM_ROLE_KICK, QM_ROLE_BASS, QM_ROLE_PAD, QM_ROLE_LEAD};
    static const double levels[] = {0, -3, -10, -6};
    static const char *const names[] = {"a", "b", "c", "d"};
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_on(&rig, "gain.level", ALL);
    for (uint32_t i = 0; i < 4; i++) {
        mix_rig_add(&rig, names[i], roles[i], &(MixSound){.lufs = loud[i]});
        mix_rig_set(&rig, "gain.level", roles[i], "level", levels[i]);
    }
    mix_rig_begin(&rig);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    for (uint32_t i = 0; i < 4; i++) {
        const QmMeasured now = qm_mix_loudness(&rig.mix, &rig.strips[i]);
        assert_true(near(now.value, -18 + levels[i], 0.05 + 1e-9));
    }
    mix_rig_louder(&rig.arena, &rig.chain[1], 2.2); /* measured again */
    mix_rig_pass(&rig, QM_PASS_AGAIN);
    assert_true(near(mix_rig_number(&rig, "b.fader.gain"), -5.2, 1e-9));
    assert_int_equal(mix_rig_count(&rig, "gain.level"), 4);
    mix_rig_close(&rig);
}

/* Gains of two guitars at -18 LUFS, as they play: 'x' in a part of the song. */
static void two_guitars(const char *one, const char *other, double *a, double *b)
{
    double shapes[2][8];
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_on(&rig, "gain.level", ALL);
    for (uint32_t i = 0; i < 8; i++) {
        shapes[0][i] = one[i] == 'x' ? 0 : QM_GAP;
        shapes[1][i] = other[i] == 'x' ? 0 : QM_GAP;
    }
    for (uint32_t i = 0; i < 2; i++)
        mix_rig_add(&rig, i ? "b" : "a", QM_ROLE_GUITAR,
                    &(MixSound){.seconds = 32, .shape = shapes[i], .n_shape = 8});
    mix_rig_begin(&rig);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    *a = mix_rig_number(&rig, "a.fader.gain");
    *b = mix_rig_number(&rig, "b.fader.gain");
    mix_rig_close(&rig);
}

static void strips_of_a_role_share_when_they_play_together(void **state)
{
    (void)state;
    double a, b;
    two_guitars("xxxxxxxx", "xxxxxxxx", &a, &b);
    assert_true(near(a, -3.0, 1e-9) && near(b, -3.0, 1e-9));
    two_guitars("xxxx....", "....xxxx", &a, &b);
    assert_true(near(a, 0, 1e-9) && near(b, 0, 1e-9));
    /* a is never alone, b half of its time: 10 log10 2, 10 log10 1.5 */
    two_guitars("xxxx....", "xxxxxxxx", &a, &b);
    assert_true(near(a, -3.0, 1e-9) && near(b, -1.8, 1e-9));
}

static void natural_keeps_what_was_recorded(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_on(&rig, "gain.trim", ALL);
    mix_rig_on(&rig, "gain.level", ALL);
    mix_rig_choose(&rig, "gain.level", ALL, "balance", "natural");
    mix_rig_add(&rig, "a", QM_ROLE_STRINGS, &(MixSound){.lufs = -30});
    mix_rig_add(&rig, "b", QM_ROLE_STRINGS, &(MixSound){.lufs = -26});
    mix_rig_add(&rig, "c", QM_ROLE_WINDS, &(MixSound){.lufs = -33});
    mix_rig_add(&rig, "hot", QM_ROLE_BRASS, &(MixSound){.lufs = 14}); /* 40 too much */
    mix_rig_begin(&rig);
    mix_rig_pass(&rig, QM_PASS_STEMS);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    double now[4];
    for (uint32_t i = 0; i < 4; i++)
        now[i] = qm_mix_loudness(&rig.mix, &rig.strips[i]).value;
    assert_true(near(now[1] - now[0], 4, 0.11) && near(now[2] - now[0], -3, 0.11));
    assert_true(near(now[3], -18, 0.06));         /* the loudest at the anchor */
    assert_true(near(now[3] - now[0], 22, 0.11)); /* 20 above the median of -28 */
    mix_rig_close(&rig);
}

static void users_have_the_last_word(void **state)
{
    (void)state;
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_on(&rig, "gain.level", ALL);
    mix_rig_add(&rig, "a", QM_ROLE_KICK, &(MixSound){.lufs = -30});
    mix_rig_add(&rig, "b", QM_ROLE_BASS, &(MixSound){.lufs = -30});
    mix_rig_add(&rig, "c", QM_ROLE_PAD, &(MixSound){.lufs = -80});
    mix_rig_override(&rig, "a.fader.gain", "-4");
    mix_rig_begin(&rig);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_true(near(mix_rig_number(&rig, "a.fader.gain"), -4, 1e-9));
    assert_true(near(mix_rig_number(&rig, "b.fader.gain"), 12, 1e-9));
    assert_null(mix_rig_text(&rig, "c.fader.gain")); /* silent */
    mix_rig_close(&rig);
}

static void automation_of_the_session_stands(void **state)
{
    (void)state;
    QmPoint point = {{QM_POS_BARS, 1, 1, 1, 0}, -3, QM_CURVE_LINEAR};
    QmLane lane = {.target = {0, QM_SLOT_FADER, QM_FADER_GAIN}, &point, 1};
    static const double shape[] = {0, -8, 0};
    MixRig rig;
    mix_rig_open(&rig);
    mix_rig_on(&rig, "gain.level", ALL);
    mix_rig_on(&rig, "gain.ride", ALL);
    mix_rig_add(&rig, "a", QM_ROLE_VOCAL,
                &(MixSound){.seconds = 30, .shape = shape, .n_shape = 3});
    rig.session->lanes = &lane;
    rig.session->n_lanes = 1;
    mix_rig_begin(&rig);
    mix_rig_freeze(&rig);
    mix_rig_pass(&rig, QM_PASS_CHAINS);
    assert_string_equal(mix_rig_note(&rig, "gain.level", "a"), "fader=automated");
    assert_int_equal(rig.mix.log.decisions.count, 1);
    mix_rig_close(&rig);
}

/* --- ride --------------------------------------------------------------------------- */

typedef struct Point {
    double at, gain;
} Point;

enum { MAX_POINTS = 200 };

static int by_time(const void *a, const void *b)
{
    const Point *const x = a, *const y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The points of a's lane, in order. */
static uint32_t lane_of(const MixRig *rig, Point *points)
{
    static const char start[] = "a.fader.gain@";
    const QmDecision *const decisions = rig->mix.log.decisions.items;
    uint32_t n = 0;
    for (size_t i = 0; i < rig->mix.log.decisions.count; i++)
        if (strncmp(decisions[i].target, start, sizeof start - 1) == 0) {
            assert_true(n < MAX_POINTS);
            points[n].at = strtod(decisions[i].target + sizeof start - 1, NULL);
            points[n++].gain = mix_rig_number(rig, decisions[i].target);
        }
    qsort(points, n, sizeof *points, by_time);
    return n;
}

static double lane_at(const Point *points, uint32_t n, double at)
{
    uint32_t i = 0;
    while (i < n && points[i].at <= at)
        i++;
    if (i == 0 || i == n)
        return points[i ? n - 1 : 0].gain;
    const double x = (at - points[i - 1].at) / (points[i].at - points[i - 1].at);
    return points[i - 1].gain + x * (points[i].gain - points[i - 1].gain);
}

static const double phrases[] = {0,  0,      0, -7, -7, QM_GAP, QM_GAP, -7, 0, 0, 4, 4,
                                 -1, QM_GAP, 0, 0,  -3, -3,     0,      0,  0, 5, 0, 0};
enum { PHRASES = sizeof phrases / sizeof *phrases };

static void ride_begin(MixRig *rig, const double *shape, uint32_t n)
{
    mix_rig_open(rig);
    mix_rig_on(rig, "gain.level", ALL);
    mix_rig_on(rig, "gain.ride", QM_ROLE_VOCAL);
    mix_rig_add(rig, "a", QM_ROLE_VOCAL,
                &(MixSound){.lufs = -21, .seconds = 4 * n, .shape = shape, .n_shape = n});
    mix_rig_begin(rig);
    mix_rig_freeze(rig);
    mix_rig_pass(rig, QM_PASS_CHAINS);
}

static void rides_are_bounded_and_keep_the_balance(void **state)
{
    (void)state;
    MixRig rig;
    Point points[MAX_POINTS];
    ride_begin(&rig, phrases, PHRASES);
    const uint32_t n = lane_of(&rig, points);
    const QmFacts *const chain = &rig.chain[0];
    const double fader = mix_rig_number(&rig, "a.fader.gain");
    double *const ridden = QM_NEW_ARRAY(&rig.arena, double, chain->n_tenths);
    assert_true(near(fader, 3, 1e-9));
    assert_true(n >= 6 && n <= 40);
    for (uint32_t i = 0; i < n; i++)
        assert_true(near(points[i].gain, fader, 3 + 1)); /* depth, and the make-up */
    for (uint32_t i = 1; i < n; i++) {
        const double seconds = points[i].at - points[i - 1].at;
        assert_true(near(points[i].gain, points[i - 1].gain, 1.5 * seconds + 0.1));
    }
    for (uint64_t i = 0; i < chain->n_tenths; i++)
        ridden[i] =
            chain->tenths[i] * pow(10, lane_at(points, n, ((double)i + 0.5) / 10) / 10);
    const QmTenthRun run = {ridden, chain->n_tenths};
    assert_true(near(qm_gated_loudness(&run, 1).value, -18, 0.1));
    /* soft phrases come up by what is beyond the dead band, at most 3; loud ones go down;
     * in the pause between two soft ones nothing moves */
    const double even = lane_at(points, n, 4);
    assert_true(near(lane_at(points, n, 16) - even, 3, 0.5));
    assert_true(lane_at(points, n, 44) - even < -1);
    assert_true(near(lane_at(points, n, 24), lane_at(points, n, 18), 0.35));
    mix_rig_close(&rig);
}

static void what_is_even_is_not_ridden(void **state)
{
    (void)state;
    static const double even[] = {0, 0.9, 0, -0.9, QM_GAP, 0, 0.5, -0.5};
    MixRig rig;
    ride_begin(&rig, even, 8);
    assert_int_equal(mix_rig_count(&rig, "gain.ride"), 0);
    mix_rig_close(&rig);
}

static void the_lane_follows_the_fader(void **state)
{
    (void)state;
    MixRig rig;
    Point before[MAX_POINTS], after[MAX_POINTS];
    ride_begin(&rig, phrases, PHRASES);
    const uint32_t n = lane_of(&rig, before);
    mix_rig_louder(&rig.arena, &rig.chain[0], 2);
    mix_rig_pass(&rig, QM_PASS_AGAIN);
    assert_int_equal(lane_of(&rig, after), n);
    for (uint32_t i = 0; i < n; i++) {
        assert_true(after[i].at == before[i].at);
        assert_true(near(after[i].gain, before[i].gain - 2, 0.101));
    }
    const QmSession *const session = mix_rig_session(&rig);
    assert_int_equal(session->n_lanes, 1);
    assert_int_equal(session->lanes[0].n_points, n);
    mix_rig_close(&rig);
}

/* --- section ------------------------------------------------------------------------ */

static const QmSongSection sections[] = {{0, 20, 'A', {0}},
                                         {20, 40, 'B', {0}},
                                         {40, 60, 'C', {0}}};

static void section_begin(MixRig *rig, double depth)
{
    static const double shape[] = {-12, 0, -6};
    mix_rig_open(rig);
    mix_rig_add(rig, "a", QM_ROLE_MUSIC, &(MixSound){0});
    mix_rig_facts(&rig->arena,
                  &(MixSound){.lufs = -20, .seconds = 60, .shape = shape, .n_shape = 3},
                  &rig->sum);
    rig->song.sections = sections;
    rig->song.n_sections = 3;
    mix_rig_on(rig, "gain.section", ALL);
    mix_rig_set(rig, "gain.section", ALL, "depth", depth);
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_SUM);
}

static void loud_sections_are_noted_and_turned_down(void **state)
{
    (void)state;
    MixRig rig;
    /* PLR 12.9 at -14 LUFS; B is -10 log10((1 + 10^-0.6 + 10^-1.2) / 3) = 3.6 above
     * the whole, so predicted at 2.5 dBTP, 3.5 over the ceiling; the others are under */
    section_begin(&rig, 0);
    assert_int_equal(mix_rig_count(&rig, "gain.section"), 0);
    mix_rig_close(&rig);
    section_begin(&rig, 0);
    mix_rig_set(&rig, "gain.section", ALL, "over", 1);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_true(has(mix_rig_note(&rig, "gain.section", "master"), "section=B from=20.0"));
    assert_int_equal(mix_rig_count(&rig, "gain.section"), 1);
    mix_rig_close(&rig);
    section_begin(&rig, 0.5);
    mix_rig_set(&rig, "gain.section", ALL, "over", 1);
    mix_rig_pass(&rig, QM_PASS_SUM);
    assert_true(near(mix_rig_number(&rig, "master.trim.gain@0s"), 0, 1e-9));
    assert_true(near(mix_rig_number(&rig, "master.trim.gain@19.5s"), 0, 1e-9));
    assert_true(near(mix_rig_number(&rig, "master.trim.gain@20.5s"), -0.5, 1e-9));
    assert_true(near(mix_rig_number(&rig, "master.trim.gain@39.5s"), -0.5, 1e-9));
    assert_true(near(mix_rig_number(&rig, "master.trim.gain@40.5s"), 0, 1e-9));
    assert_int_equal(mix_rig_count(&rig, "gain.section"), 6);
    assert_int_equal(mix_rig_session(&rig)->n_lanes, 1);
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trims_reach_their_target),
        cmocka_unit_test(trims_raise_no_more_than_they_may),
        cmocka_unit_test(families_share_a_bus),
        cmocka_unit_test(faders_meet_their_levels),
        cmocka_unit_test(strips_of_a_role_share_when_they_play_together),
        cmocka_unit_test(natural_keeps_what_was_recorded),
        cmocka_unit_test(users_have_the_last_word),
        cmocka_unit_test(automation_of_the_session_stands),
        cmocka_unit_test(rides_are_bounded_and_keep_the_balance),
        cmocka_unit_test(what_is_even_is_not_ridden),
        cmocka_unit_test(the_lane_follows_the_fader),
        cmocka_unit_test(loud_sections_are_noted_and_turned_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
