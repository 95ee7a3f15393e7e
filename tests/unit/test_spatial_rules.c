/* The stereo field: pans, separation, widths, Haas; what they promise for mono is counted
 * out here from mid and side. */
/* tests: mix/field mix/rule_pan mix/rule_separate mix/rule_width mix/rule_image */
/* tests: mix/rule_mono_bass mix/rule_haas mix/rule_mid_side */
#include "base/rand.h"
#include "tests/support/mix_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ALL QM_ROLE_COUNT

enum { MOST = 16 };

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

/* Opens a rig with a rule on for all. */
static void open_with(MixRig *rig, const char *rule)
{
    mix_rig_open(rig);
    mix_rig_on(rig, rule, ALL);
}

static void stems(MixRig *rig)
{
    mix_rig_begin(rig);
    mix_rig_pass(rig, QM_PASS_STEMS);
}

static double pan_of(const MixRig *rig, const char *name)
{
    char address[64];
    snprintf(address, sizeof address, "%s.fader.pan", name);
    const double pan = mix_rig_number(rig, address);
    return isnan(pan) ? 0 : pan;
}

/* --- pan ---------------------------------------------------------------------------- */

typedef struct Player {
    const char *name;
    QmRole role;
    double low, high;
} Player;

/* Pans of `n` players under a strategy, added in their order or backwards. */
static void pans(const Player *players, uint32_t n, const char *strategy, double pan,
                 double amount, uint64_t seed, bool backwards, double *result)
{
    MixRig rig;
    open_with(&rig, "spatial.pan");
    rig.mix.seed = seed;
    mix_rig_choose(&rig, "spatial.pan", ALL, "strategy", strategy);
    mix_rig_set(&rig, "spatial.pan", ALL, "pan", pan);
    mix_rig_set(&rig, "spatial.pan", ALL, "amount", amount);
    for (uint32_t i = 0; i < n; i++) {
        const Player *const p = &players[backwards ? n - 1 - i : i];
        mix_rig_add(&rig, p->name, p->role, &(MixSound){.low = p->low, .high = p->high});
    }
    stems(&rig);
    for (uint32_t i = 0; i < n; i++)
        result[i] = pan_of(&rig, players[i].name);
    mix_rig_close(&rig);
}

static void strips_of_a_role_mirror_each_other(void **state)
{
    (void)state;
    static const Player players[] = {
        {"gtr1", QM_ROLE_GUITAR, 0, 0},  {"kick", QM_ROLE_KICK, 0, 0},
        {"gtr2", QM_ROLE_GUITAR, 0, 0},  {"lead", QM_ROLE_LEAD, 0, 0},
        {"keys-R", QM_ROLE_KEYS, 0, 0},  {"vox", QM_ROLE_VOCAL, 0, 0},
        {"bass", QM_ROLE_BASS, 0, 0},    {"oct_left", QM_ROLE_PAD, 0, 0},
        {"snare", QM_ROLE_SNARE, 0, 0},  {"b1", QM_ROLE_BACKING, 0, 0},
        {"b2", QM_ROLE_BACKING, 0, 0},   {"b3", QM_ROLE_BACKING, 0, 0},
        {"speech", QM_ROLE_SPEECH, 0, 0}};
    static const double expected[] = {-0.4, 0, 0.4,  -0.4, 0.4, 0, 0,
                                      -0.4, 0, -0.4, 0,    0.4, 0};
    double there[MOST], back[MOST];
    pans(players, 13, "role", -0.4, 0.1, 1, false, there);
    pans(players, 13, "role", -0.4, 0.1, 1, true, back);
    for (uint32_t i = 0; i < 13; i++)
        assert_true(near(there[i], expected[i], 1e-9) && back[i] == there[i]);
    pans(players, 3, "role", 0.4, 0.1, 1, false, there); /* the other way round */
    assert_true(near(there[0], 0.4, 1e-9) && near(there[2], -0.4, 1e-9));
    pans(players, 3, "role", 0.4, 0, 1, false, there); /* they are one instrument */
    assert_true(near(there[0], 0.4, 1e-9) && near(there[2], 0.4, 1e-9));
}

static void spectral_pans_by_the_centroid(void **state)
{
    (void)state;
    /* the rig's centroid is the geometric mean; what is all lows stays */
    static const Player players[] = {{"a", QM_ROLE_PAD, 100, 400},
                                     {"b", QM_ROLE_PAD, 400, 4000},
                                     {"c", QM_ROLE_FX, 6400, 10000},
                                     {"d", QM_ROLE_FX, 30, 100},
                                     {"e", QM_ROLE_KICK, 30, 100}};
    double pan[MOST];
    pans(players, 5, "spectral", 0, 0.3, 1, false, pan);
    assert_true(near(pan[0], -0.3, 1e-9) && near(pan[1], 0, 1e-9));
    assert_true(near(pan[2], 0.3, 1e-9) && near(pan[3], 0, 1e-9) && pan[4] == 0);
}

static void lcr_is_even_for_every_number_and_seed(void **state)
{
    (void)state;
    static const Player players[] = {
        {"a", QM_ROLE_PAD, 0, 0},    {"b", QM_ROLE_KEYS, 0, 0}, {"c", QM_ROLE_FX, 0, 0},
        {"d", QM_ROLE_GUITAR, 0, 0}, {"e", QM_ROLE_PAD, 0, 0},  {"f", QM_ROLE_HATS, 0, 0},
        {"g", QM_ROLE_LEAD, 0, 0},   {"h", QM_ROLE_TOMS, 0, 0}};
    double first[MOST] = {0};
    uint32_t different = 0;
    for (uint32_t n = 1; n <= 8; n++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            double there[MOST], back[MOST], sum = 0;
            uint32_t hard = 0;
            pans(players, n, "lcr", 0, 0, seed, false, there);
            pans(players, n, "lcr", 0, 0, seed, true, back);
            for (uint32_t i = 0; i < n; i++) {
                assert_true(there[i] == back[i]);
                assert_true(there[i] == 0 || there[i] == 1 || there[i] == -1);
                hard += there[i] != 0;
                sum += there[i];
                different += n == 8 && seed > 1 && there[i] != first[i];
                first[i] = n == 8 && seed == 1 ? there[i] : first[i];
            }
            assert_true(sum == 0 && hard == (n + 1) / 3 * 2);
        }
    assert_true(different > 0);
}

static void spread_and_orchestral_are_even(void **state)
{
    (void)state;
    static const Player players[] = {{"viola", QM_ROLE_STRINGS, 300, 2000},
                                     {"cello", QM_ROLE_STRINGS, 100, 1000},
                                     {"violin1", QM_ROLE_STRINGS, 600, 4000},
                                     {"bass", QM_ROLE_STRINGS, 50, 500}};
    double pan[MOST];
    pans(players, 3, "spread", 0, 0.7, 1, false, pan); /* cello, viola, violin1 */
    assert_true(near(pan[0], 0, 1e-9) && near(pan[1], -0.7, 1e-9));
    assert_true(near(pan[2], 0.7, 1e-9));
    pans(players, 4, "orchestral", 0.1, 0.6, 1, true, pan);
    assert_true(near(pan[2], -0.5, 1e-9) && near(pan[0], -0.1, 1e-9));
    assert_true(near(pan[1], 0.3, 1e-9) && near(pan[3], 0.7, 1e-9));
    pans(players, 1, "spread", 0.2, 0.7, 1, false, pan);
    assert_true(near(pan[0], 0.2, 1e-9));
    pans(players, 3, "keep", 0.4, 0.7, 1, false, pan);
    assert_true(pan[0] == 0 && pan[1] == 0 && pan[2] == 0);
}

static void what_has_its_place_keeps_it(void **state)
{
    (void)state;
    const MixSound leans = {.kind = QM_CHANNELS_STEREO, .side = -20, .balance = 4};
    const MixSound wide = {.kind = QM_CHANNELS_STEREO, .side = -3};
    const MixSound narrow = {.kind = QM_CHANNELS_STEREO, .side = -10};
    const MixSound left = {.kind = QM_CHANNELS_LEFT_ONLY};
    MixRig rig;
    open_with(&rig, "spatial.pan");
    mix_rig_set(&rig, "spatial.pan", ALL, "pan", 0.5);
    mix_rig_add(&rig, "leans", QM_ROLE_LEAD, &leans);
    mix_rig_add(&rig, "wide", QM_ROLE_PAD, &wide);
    mix_rig_add(&rig, "narrow", QM_ROLE_KEYS, &narrow);
    mix_rig_add(&rig, "left", QM_ROLE_GUITAR, &left);
    mix_rig_add(&rig, "said", QM_ROLE_FX, &(MixSound){0});
    mix_rig_add(&rig, "silent", QM_ROLE_BRASS, &(MixSound){.lufs = -75});
    rig.session->strips[4].fader.pan = -0.1;
    stems(&rig);
    /* 10^-1 / (1 + 10^-1) of its power is side: 1 - 2 / 11 of 0.5 */
    assert_true(near(pan_of(&rig, "narrow"), 0.41, 1e-9));
    assert_int_equal(mix_rig_count(&rig, "spatial.pan"), 1);
    mix_rig_close(&rig);
}

/* --- separate ----------------------------------------------------------------------- */

static void separate_begin(MixRig *rig)
{
    open_with(rig, "spatial.separate");
    mix_rig_set(rig, "spatial.separate", ALL, "amount", 0.4);
}

static void what_sounds_alike_is_parted(void **state)
{
    (void)state;
    static const double first[] = {0, QM_GAP}, second[] = {QM_GAP, 0};
    const MixSound now = {.shape = first, .n_shape = 2, .low = 2500, .high = 9000};
    const MixSound later = {.shape = second, .n_shape = 2, .low = 2500, .high = 9000};
    MixRig rig;
    separate_begin(&rig);
    mix_rig_add(&rig, "gtr", QM_ROLE_GUITAR, &(MixSound){0});
    mix_rig_add(&rig, "keys", QM_ROLE_KEYS, &(MixSound){.lufs = -30});
    mix_rig_add(&rig, "vox", QM_ROLE_VOCAL, &(MixSound){0}); /* stays in the middle */
    mix_rig_add(&rig, "now", QM_ROLE_FX, &now);              /* never together */
    mix_rig_add(&rig, "later", QM_ROLE_FX, &later);
    stems(&rig);
    assert_true(near(pan_of(&rig, "gtr"), -0.4, 1e-9));
    assert_true(near(pan_of(&rig, "keys"), 0.4, 1e-9));
    assert_non_null(strstr(mix_rig_because(&rig, "gtr.fader.pan"), "against=keys"));
    assert_int_equal(mix_rig_count(&rig, "spatial.separate"), 2);
    mix_rig_close(&rig);
}

static void those_alike_are_dealt_evenly(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    for (uint32_t n = 2; n <= 5; n++)
        for (int back = 0; back < 2; back++) {
            static double there[5];
            double sum = 0;
            MixRig rig;
            separate_begin(&rig);
            for (uint32_t i = 0; i < n; i++)
                mix_rig_add(&rig, names[back ? n - 1 - i : i], QM_ROLE_OTHER,
                            &(MixSound){0});
            stems(&rig);
            for (uint32_t i = 0; i < n; i++) {
                const double pan = pan_of(&rig, names[i]);
                assert_true(near(fabs(pan), 0.4, 1e-9));
                assert_true(!back || pan == there[i]);
                there[i] = pan;
                sum += pan;
            }
            assert_true(near(fabs(sum), n % 2 ? 0.4 : 0, 1e-9));
            mix_rig_close(&rig);
        }
}

static void those_apart_stay_and_others_keep_their_side(void **state)
{
    (void)state;
    MixRig rig;
    separate_begin(&rig);
    mix_rig_on(&rig, "spatial.pan", ALL);
    mix_rig_set(&rig, "spatial.pan", QM_ROLE_GUITAR, "pan", 0.6); /* 0.6 and -0.6 */
    mix_rig_set(&rig, "spatial.pan", QM_ROLE_GUITAR, "amount", 0.6);
    mix_rig_set(&rig, "spatial.pan", QM_ROLE_PAD, "pan", 0.2);
    mix_rig_add(&rig, "g1", QM_ROLE_GUITAR, &(MixSound){0});
    mix_rig_add(&rig, "g2", QM_ROLE_GUITAR, &(MixSound){0});
    mix_rig_add(&rig, "pad", QM_ROLE_PAD, &(MixSound){.low = 2500, .high = 9000});
    mix_rig_add(&rig, "fx", QM_ROLE_FX, &(MixSound){.low = 2500, .high = 9000});
    stems(&rig);
    assert_true(near(pan_of(&rig, "g1"), 0.6, 1e-9));
    assert_true(near(pan_of(&rig, "g2"), -0.6, 1e-9));
    assert_true(near(pan_of(&rig, "pad"), 0.4, 1e-9));
    assert_true(near(pan_of(&rig, "fx"), -0.4, 1e-9));
    mix_rig_close(&rig);
}

/* What is between the sides, given who is right (bits), of the overlaps as the rule's
 * essay has them. */
static double cut_of(const double *overlaps, uint32_t n, uint32_t right)
{
    double cut = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            cut += (right >> i & 1) != (right >> j & 1) ? overlaps[i * n + j] : 0;
    return cut;
}

static void the_assignment_is_nearly_the_best(void **state)
{
    (void)state;
    enum { N = 8 };
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    double worst = 1;
    for (uint64_t trial = 0; trial < 20; trial++) {
        double overlaps[N * N] = {0}, best = 0;
        uint32_t right = 0;
        MixRig rig;
        separate_begin(&rig);
        mix_rig_set(&rig, "spatial.separate", ALL, "severity", 0.3);
        for (uint32_t i = 0; i < N; i++) {
            mix_rig_add(&rig, names[i], QM_ROLE_OTHER, &(MixSound){0});
            for (uint32_t b = 0; b < QM_THIRDS; b++)
                rig.raw[i].thirds[b] = b < 7 ? QM_GAP : -20 - 60 * qm_rand(trial, i, b);
        }
        stems(&rig);
        for (uint32_t i = 0; i < N; i++) {
            right |= pan_of(&rig, names[i]) > 0 ? 1u << i : 0;
            for (uint32_t j = i + 1; j < N; j++) {
                double both = 0, x = 0, y = 0;
                for (uint32_t b = 7; b < 28; b++) {
                    const double p = pow(10, rig.raw[i].thirds[b] / 10);
                    const double q = pow(10, rig.raw[j].thirds[b] / 10);
                    both += sqrt(p * q);
                    x += p;
                    y += q;
                }
                const double overlap = both / sqrt(x * y);
                overlaps[i * N + j] = overlap >= 0.3 ? overlap : 0;
            }
        }
        for (uint32_t other = 0; other < 1u << N; other++)
            best = fmax(best, cut_of(overlaps, N, other));
        worst = fmin(worst, cut_of(overlaps, N, right) / best);
        mix_rig_close(&rig);
    }
    assert_true(worst > 0.9);
}

/* --- width, image, mid-side --------------------------------------------------------- */

/* What is lost in mono at a width: 10 log10((M + w^2 S) / 2 M). */
static double loss_at(double side_db, double width)
{
    return 10 * log10((1 + width * width * pow(10, side_db / 10)) / 2);
}

static void widths_are_what_mono_allows(void **state)
{
    (void)state;
    static const double sides[] = {-12, -3, 0.01, 3, 6};
    for (uint32_t i = 0; i < 5; i++) {
        MixRig rig;
        open_with(&rig, "spatial.width");
        mix_rig_set(&rig, "spatial.width", ALL, "width", 2);
        mix_rig_set(&rig, "spatial.width", ALL, "least", 0);
        mix_rig_add(&rig, "a", QM_ROLE_PAD,
                    &(MixSound){.kind = QM_CHANNELS_STEREO, .side = sides[i]});
        stems(&rig);
        const double width = mix_rig_number(&rig, "a.fader.width");
        assert_true(loss_at(sides[i], width) < 1.5 + 0.03); /* a width is of 0.01 */
        assert_true(width == 2 || loss_at(sides[i], width) > 1.5 - 0.03);
        mix_rig_close(&rig);
    }
}

static void only_what_has_a_width_gets_another(void **state)
{
    (void)state;
    const MixSound stereo = {.kind = QM_CHANNELS_STEREO, .side = -9};
    const MixSound leans = {.kind = QM_CHANNELS_STEREO, .side = -9, .balance = -5};
    MixRig rig;
    open_with(&rig, "spatial.width");
    mix_rig_set(&rig, "spatial.width", QM_ROLE_PAD, "width", 0.7);
    mix_rig_add(&rig, "mono", QM_ROLE_PAD, &(MixSound){0});
    mix_rig_add(&rig, "pad", QM_ROLE_PAD, &stereo);
    mix_rig_add(&rig, "lead", QM_ROLE_LEAD, &stereo);
    mix_rig_add(&rig, "kick", QM_ROLE_KICK, &leans);
    mix_rig_add(&rig, "snare", QM_ROLE_SNARE, &(MixSound){.kind = QM_CHANNELS_LEFT_ONLY});
    mix_rig_add(&rig, "keys", QM_ROLE_KEYS, &leans);
    stems(&rig);
    assert_true(near(mix_rig_number(&rig, "pad.fader.width"), 0.7, 1e-9));
    assert_true(mix_rig_number(&rig, "kick.fader.width") == 0);
    assert_true(mix_rig_number(&rig, "snare.fader.width") == 0);
    assert_int_equal(mix_rig_count(&rig, "spatial.width"), 3);
    mix_rig_close(&rig);
}

static void images_are_for_what_has_sides(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "spatial.image");
    mix_rig_set(&rig, "spatial.image", ALL, "low", 0.2);
    mix_rig_set(&rig, "spatial.image", ALL, "high", 1.6);
    mix_rig_add(&rig, "a", QM_ROLE_PAD,
                &(MixSound){.kind = QM_CHANNELS_STEREO, .side = -12});
    mix_rig_add(&rig, "b", QM_ROLE_PAD,
                &(MixSound){.kind = QM_CHANNELS_STEREO, .side = 0.01});
    mix_rig_add(&rig, "c", QM_ROLE_PAD,
                &(MixSound){.kind = QM_CHANNELS_STEREO, .side = -40});
    mix_rig_add(&rig, "d", QM_ROLE_PAD, &(MixSound){0});
    stems(&rig);
    assert_true(near(mix_rig_number(&rig, "a.image.low"), 0.2, 1e-9));
    assert_true(near(mix_rig_number(&rig, "a.image.high"), 1.6, 1e-9));
    assert_true(isnan(mix_rig_number(&rig, "a.image.mid")));
    assert_true(near(loss_at(0.01, mix_rig_number(&rig, "b.image.high")), 1.5, 0.03));
    assert_int_equal(mix_rig_count(&rig, "spatial.image"), 8);
    mix_rig_session(&rig);
    mix_rig_close(&rig);
}

static void mid_and_side_have_their_levels(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "spatial.mid-side");
    mix_rig_set(&rig, "spatial.mid-side", ALL, "side-gain", 6);
    mix_rig_set(&rig, "spatial.mid-side", QM_ROLE_KEYS, "side-gain", 0);
    mix_rig_set(&rig, "spatial.mid-side", QM_ROLE_KEYS, "mid-gain", -1);
    mix_rig_add(&rig, "a", QM_ROLE_PAD,
                &(MixSound){.kind = QM_CHANNELS_STEREO, .side = 0.01});
    mix_rig_add(&rig, "b", QM_ROLE_KEYS, &(MixSound){.kind = QM_CHANNELS_STEREO});
    mix_rig_add(&rig, "c", QM_ROLE_KEYS, &(MixSound){0});
    stems(&rig);
    const double gain = mix_rig_number(&rig, "a.mid-side.side-gain");
    assert_true(near(loss_at(gain, 1), 1.5, 0.05));
    assert_true(near(mix_rig_number(&rig, "b.mid-side.mid-gain"), -1, 1e-9));
    assert_int_equal(mix_rig_count(&rig, "spatial.mid-side"), 2);
    mix_rig_session(&rig);
    mix_rig_close(&rig);
}

/* --- mono bass, haas ---------------------------------------------------------------- */

static void lows_are_made_mono_where_there_are_any(void **state)
{
    (void)state;
    const MixSound low = {.kind = QM_CHANNELS_STEREO, .side = -6, .low = 40};
    const MixSound centred = {.kind = QM_CHANNELS_STEREO, .side = -25, .low = 40};
    const MixSound high = {.kind = QM_CHANNELS_STEREO, .side = -6, .low = 1000};
    MixRig rig;
    open_with(&rig, "spatial.mono-bass");
    mix_rig_add(&rig, "low", QM_ROLE_PAD, &low);
    mix_rig_add(&rig, "centred", QM_ROLE_PAD, &centred);
    mix_rig_add(&rig, "high", QM_ROLE_PAD, &high);
    mix_rig_add(&rig, "hiss", QM_ROLE_PAD, &low);
    for (uint32_t b = 0; b < 8; b++)
        rig.raw[3].thirds[b] = -80; /* next to nothing */
    stems(&rig);
    assert_true(near(mix_rig_number(&rig, "low.mono-bass.freq"), 120, 1e-9));
    assert_int_equal(mix_rig_count(&rig, "spatial.mono-bass"), 1);
    mix_rig_close(&rig);
}

/* The loss of the octave around the first notch, by adding up a comb. */
static double comb_loss(double percent)
{
    const double m = percent / 100, norm = 1 / sqrt((1 - m) * (1 - m) + m * m);
    const double a = (1 - m) * norm, b = m * norm;
    double power = 0;
    for (int i = 0; i < 1000; i++) {
        const double p = M_PI * (M_SQRT1_2 + (M_SQRT2 - M_SQRT1_2) * (i + 0.5) / 1000);
        power += pow(1 + a + b * cos(p), 2) + pow(b * sin(p), 2);
    }
    return -10 * log10(power / 1000 / 4);
}

static void haas_is_as_much_as_mono_allows(void **state)
{
    (void)state;
    MixRig rig;
    open_with(&rig, "spatial.haas");
    mix_rig_set(&rig, "spatial.haas", ALL, "mix", 50);
    mix_rig_set(&rig, "spatial.haas", QM_ROLE_KEYS, "mix", 10);
    mix_rig_add(&rig, "b", QM_ROLE_PAD, &(MixSound){0});
    mix_rig_add(&rig, "a", QM_ROLE_KEYS, &(MixSound){0});
    mix_rig_add(&rig, "kick", QM_ROLE_KICK, &(MixSound){0});
    mix_rig_add(&rig, "stereo", QM_ROLE_PAD, &(MixSound){.kind = QM_CHANNELS_STEREO});
    mix_rig_add(&rig, "panned", QM_ROLE_FX, &(MixSound){0});
    rig.session->strips[4].fader.pan = 0.5;
    stems(&rig);
    const double mix = mix_rig_number(&rig, "b.haas.mix");
    assert_true(comb_loss(mix) <= 1.5 && comb_loss(mix + 1) > 1.5);
    assert_true(near(mix_rig_number(&rig, "a.haas.mix"), 10, 1e-9));
    assert_string_equal(mix_rig_text(&rig, "a.haas.side"), "right");
    assert_string_equal(mix_rig_text(&rig, "b.haas.side"), "left");
    assert_int_equal(mix_rig_count(&rig, "spatial.haas"), 6);
    mix_rig_session(&rig);
    mix_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strips_of_a_role_mirror_each_other),
        cmocka_unit_test(spectral_pans_by_the_centroid),
        cmocka_unit_test(lcr_is_even_for_every_number_and_seed),
        cmocka_unit_test(spread_and_orchestral_are_even),
        cmocka_unit_test(what_has_its_place_keeps_it),
        cmocka_unit_test(what_sounds_alike_is_parted),
        cmocka_unit_test(those_alike_are_dealt_evenly),
        cmocka_unit_test(those_apart_stay_and_others_keep_their_side),
        cmocka_unit_test(the_assignment_is_nearly_the_best),
        cmocka_unit_test(widths_are_what_mono_allows),
        cmocka_unit_test(only_what_has_a_width_gets_another),
        cmocka_unit_test(images_are_for_what_has_sides),
        cmocka_unit_test(mid_and_side_have_their_levels),
        cmocka_unit_test(lows_are_made_mono_where_there_are_any),
        cmocka_unit_test(haas_is_as_much_as_mono_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
