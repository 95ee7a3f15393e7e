/* tests: proc/mod_lfo proc/mod_envelope proc/mod_adsr proc/mod_steps proc/mod_macro */
/* Modulation sources against what they say they are. */
#include "base/qmath.h"
#include "base/rand.h"
#include "base/text.h"
#include "proc/cycle.h"
#include "proc/modulator.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000 };

typedef struct Case {
    const QmModDesc *desc;
    double params[QM_MAX_PARAMS];
    QmModCall call;
} Case;

static Case *start(Case *c, const char *name, uint32_t n_groups)
{
    *c = (Case){.desc = qm_mod_find(name)};
    assert_non_null(c->desc);
    qm_mod_defaults(c->desc, n_groups, c->params);
    c->call = (QmModCall){.params = c->params,
                          .n_groups = n_groups,
                          .rate_hz = RATE,
                          .beat_frames = RATE / 2.0,
                          .key = qm_rand_key(1, 2)};
    return c;
}

static void set(Case *c, const char *param, double value)
{
    const int index = qm_mod_find_param(c->desc, param);
    assert_true(index >= 0);
    assert_true(qm_param_clamp(&c->desc->params[index], value) == value);
    c->params[index] = value;
}

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        print_error("%.12g is not %.12g\n", value, expected);
        fail();
    }
}

/* --- tables ------------------------------------------------------------------------- */

static void tables_are_sound(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < qm_mod_count(); i++) {
        const QmModDesc *desc = qm_mod_at(i);
        assert_ptr_equal(qm_mod_find(desc->name), desc);
        assert_non_null(desc->value);
        assert_true(desc->n_params + desc->max_groups <= QM_MAX_PARAMS);
        assert_true((desc->flags & QM_MOD_LISTENS) ==
                    (desc->follow ? QM_MOD_LISTENS : 0));
        assert_true((desc->group_name != NULL) == (desc->max_groups > 0));
        for (uint32_t k = 0; k < desc->n_params + (desc->group != NULL); k++) {
            const QmParam *row = qm_mod_param(desc, k);
            assert_true(row->name && row->help);
            assert_true(qm_param_clamp(row, row->def) == row->def);
        }
    }
    assert_null(qm_mod_find("wobble"));
}

/* An amount of 1 is the whole range; along the logarithm from a decade on. */
static void amounts_are_parts_of_the_range(void **state)
{
    (void)state;
    const QmParam freq = {.name = "freq", .min = 20, .max = 20000, .def = 100};
    const QmParam level = {.name = "gain", .min = -120, .max = 24};
    const QmParam narrow = {.name = "width", .min = 1, .max = 9, .def = 1};
    assert_true(qm_mod_is_log(&freq));
    assert_false(qm_mod_is_log(&level));
    assert_false(qm_mod_is_log(&narrow));
    near(qm_mod_move(&freq, 20, 1), 20000, 1e-8);
    near(qm_mod_move(&freq, 200, 1.0 / 3), 2000, 1e-9);
    near(qm_mod_move(&freq, 2000, -1.0 / 3), 200, 1e-10);
    near(qm_mod_move(&freq, 2000, 0), 2000, 0);
    near(qm_mod_move(&level, -12, 0.1), 2.4, 1e-12);
    near(qm_mod_move(&narrow, 3, 0.25), 5, 1e-12);
    near(qm_mod_move(&freq, 2000, 0.9), 20000, 0); /* stays within */
    near(qm_mod_move(&level, -100, -0.5), -120, 0);
}

/* --- lfo ---------------------------------------------------------------------------- */

static double lfo(Case *c, double cycles)
{
    c->call.cycles = cycles;
    return c->desc->value(&c->call).swing;
}

static void shapes_are_their_formulas(void **state)
{
    (void)state;
    Case c;
    start(&c, "lfo", 0);
    for (int i = -1000; i < 1000; i++) {
        const double x = i / 640.0, part = x - floor(x);
        set(&c, "shape", 0);
        near(lfo(&c, x), sin(2 * acos(-1.0) * x), 1e-8);
        set(&c, "shape", 1);
        near(lfo(&c, x),
             part < 0.25   ? 4 * part
             : part < 0.75 ? 2 - 4 * part
                           : 4 * part - 4,
             1e-8);
        set(&c, "shape", 2);
        near(lfo(&c, x), 2 * part - 1, 1e-8);
        set(&c, "shape", 3);
        near(lfo(&c, x), 1 - 2 * part, 1e-8);
        set(&c, "shape", 4);
        near(lfo(&c, x), part < 0.5 ? 1 : -1, 0);
    }
}

static void random_is_drawn_by_the_cycle(void **state)
{
    (void)state;
    Case c;
    start(&c, "lfo", 0);
    set(&c, "shape", 5);
    double draws[400], sum = 0;
    for (int i = 0; i < 400; i++) {
        draws[i] = lfo(&c, i + 0.001);
        assert_true(lfo(&c, i + 0.999) == draws[i]);
        assert_true(fabs(draws[i]) <= 1);
        sum += draws[i];
    }
    assert_true(fabs(sum / 400) < 0.1); /* uniform: deviation 0.029 */
    set(&c, "shape", 6);                /* from draw to draw, half way at the middle */
    for (int i = 0; i < 399; i++) {
        near(lfo(&c, i), draws[i], 1e-9);
        near(lfo(&c, i + 0.5), (draws[i] + draws[i + 1]) / 2, 1e-9);
        near(lfo(&c, i + 0.25),
             draws[i] + (draws[i + 1] - draws[i]) * 0.14644660940672624, 1e-8);
    }
    c.call.key++;
    assert_true(lfo(&c, 7) != draws[7]);
}

static void phase_and_sync_say_where(void **state)
{
    (void)state;
    Case c;
    start(&c, "lfo", 0);
    set(&c, "shape", 2);
    set(&c, "phase", 0.25);
    near(lfo(&c, 3.5), 2 * 0.75 - 1, 1e-9);
    near(lfo(&c, 3.75), -1, 1e-9);
    static const char *const names[] = QM_SYNC_NAMES;
    for (uint32_t i = 1; names[i]; i++) {
        set(&c, "sync", i);
        c.call.beats = 5.25 * qm_sync_beats(i);
        near(lfo(&c, 0.123), 2 * 0.5 - 1, 1e-9);
    }
    /* a day at 50 Hz, an hour's end at a crooked rate */
    set(&c, "sync", 0);
    set(&c, "phase", 0);
    near(lfo(&c, 24.0 * 3600 * 50 + 0.125), 2 * 0.125 - 1, 1e-8);
}

static void polarity_is_for_amounts(void **state)
{
    (void)state;
    Case c;
    start(&c, "lfo", 0);
    for (int i = 0; i < 100; i++) {
        c.call.cycles = i / 99.0;
        set(&c, "polarity", 0);
        const QmModValue both = c.desc->value(&c.call);
        set(&c, "polarity", 1);
        const QmModValue one = c.desc->value(&c.call);
        assert_true(both.share == one.share && one.swing == one.share);
        near(both.swing, 2 * both.share - 1, 1e-15);
        assert_true(both.share >= 0 && both.share <= 1);
    }
}

/* --- envelope ----------------------------------------------------------------------- */

static float left[RATE], right[RATE];

static double envelope(Case *c, double state, uint32_t n)
{
    return c->desc->follow(c->params, RATE, state, left, right, n);
}

/* 63 % of a step within the time, up and down; the larger side counts. */
static void envelope_takes_its_time(void **state)
{
    (void)state;
    Case c;
    const double reached = 1 - exp(-1);
    start(&c, "envelope", 0);
    set(&c, "attack", 20);
    set(&c, "release", 250);
    for (uint32_t i = 0; i < RATE; i++) {
        left[i] = 0.1f;
        right[i] = i % 2 ? 0.8f : -0.8f;
    }
    near(envelope(&c, 0, RATE * 20 / 1000), 0.8 * reached, 1e-6);
    near(envelope(&c, 0, RATE), 0.8, 1e-6);
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
    near(envelope(&c, 0.8, RATE / 4), 0.8 * exp(-1), 1e-9);
    double split = 0.8;
    for (int i = 0; i < 250; i++)
        split = envelope(&c, split, RATE / 1000);
    assert_true(split == envelope(&c, 0.8, RATE / 4));
    set(&c, "attack", 0);
    left[9] = 0.5f;
    near(envelope(&c, 0.1, 10), 0.5, 0);
}

static void envelope_forgets_what_is_no_sound(void **state)
{
    (void)state;
    Case c;
    start(&c, "envelope", 0);
    left[5] = (float)INFINITY;
    right[6] = NAN;
    assert_true(envelope(&c, 0.5, 10) == 0);
    left[5] = right[6] = 0;
    set(&c, "release", 1);
    assert_true(envelope(&c, 1e-29, RATE) == 0);
}

static void envelope_gain_makes_the_value(void **state)
{
    (void)state;
    Case c;
    start(&c, "envelope", 0);
    set(&c, "gain", 20);
    c.call.start = 0.05;
    near(c.desc->value(&c.call).share, 0.5, 1e-12);
    near(c.desc->value(&c.call).swing, 0.5, 1e-12);
    c.call.start = 0.7;
    near(c.desc->value(&c.call).share, 1, 0);
}

/* --- adsr --------------------------------------------------------------------------- */

static double adsr(Case *c, double held_ms, double gate_ms, double from)
{
    c->call.held = held_ms * RATE / 1000;
    c->call.gate = gate_ms * RATE / 1000;
    c->call.start = from;
    return c->desc->value(&c->call).share;
}

static void adsr_has_its_corners(void **state)
{
    (void)state;
    Case c;
    start(&c, "adsr", 0);
    set(&c, "attack", 10);
    set(&c, "decay", 100);
    set(&c, "sustain", 0.4);
    set(&c, "release", 200);
    static const double points[][3] = {/* ms, of which held, value */
                                       {-0.1, 500, 0},  {0, 500, 0},     {5, 500, 0.5},
                                       {10, 500, 1},    {60, 500, 0.7},  {110, 500, 0.4},
                                       {499, 500, 0.4}, {500, 500, 0.4}, {600, 500, 0.2},
                                       {700, 500, 0},   {9999, 500, 0},  {5, 5, 0.5},
                                       {105, 5, 0.25},  {60, 60, 0.7},   {160, 60, 0.35}};
    for (size_t i = 0; i < QM_COUNT(points); i++)
        near(adsr(&c, points[i][0], points[i][1], 0), points[i][2], 1e-12);
    near(adsr(&c, 2, 500, 0.5), 0.7, 1e-12); /* from where it stands, as steep */
    near(adsr(&c, 5, 500, 0.5), 1, 1e-12);
    near(adsr(&c, 55, 500, 0.5), 0.7, 1e-12);
    set(&c, "attack", 0);
    set(&c, "decay", 0);
    set(&c, "release", 0);
    near(adsr(&c, 0, 500, 0), 0.4, 0);
    near(adsr(&c, 500, 500, 0), 0, 0);
}

/* --- steps and macro ---------------------------------------------------------------- */

static void steps_follow_the_beat(void **state)
{
    (void)state;
    Case c;
    start(&c, "steps", 3);
    const double values[] = {0, 1, 0.5};
    memcpy(c.params + c.desc->n_params, values, sizeof values);
    set(&c, "step", 3); /* 1/16 */
    for (int i = -30; i < 300; i++) {
        c.call.beats = i * 0.25; /* on the line the new one has begun */
        near(c.desc->value(&c.call).share, values[(i + 30) % 3], 0);
        c.call.beats = (i + 0.99) * 0.25;
        near(c.desc->value(&c.call).swing, values[(i + 30) % 3], 0);
    }
    set(&c, "smooth", 50);
    c.call.beat_frames = 1e12;
    c.call.beats = 0.25 + 0.25 * 0.125; /* a quarter of the way from 0 to 1 */
    near(c.desc->value(&c.call).share, 0.25, 1e-9);
    c.call.beats = 0.5 + 0.25 * 0.25; /* half of the way from 1 to 0.5 */
    near(c.desc->value(&c.call).share, 0.75, 1e-9);
    c.call.beats = 0.25 + 0.25 * 0.75;
    near(c.desc->value(&c.call).share, 1, 0);
}

static void a_macro_is_its_value(void **state)
{
    (void)state;
    Case c;
    start(&c, "macro", 0);
    set(&c, "value", 0.37);
    assert_true(c.desc->value(&c.call).share == 0.37);
    assert_true(c.desc->value(&c.call).swing == 0.37);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(amounts_are_parts_of_the_range),
        cmocka_unit_test(shapes_are_their_formulas),
        cmocka_unit_test(random_is_drawn_by_the_cycle),
        cmocka_unit_test(phase_and_sync_say_where),
        cmocka_unit_test(polarity_is_for_amounts),
        cmocka_unit_test(envelope_takes_its_time),
        cmocka_unit_test(envelope_forgets_what_is_no_sound),
        cmocka_unit_test(envelope_gain_makes_the_value),
        cmocka_unit_test(adsr_has_its_corners),
        cmocka_unit_test(steps_follow_the_beat),
        cmocka_unit_test(a_macro_is_its_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
