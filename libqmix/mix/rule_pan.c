/* Where strips stand between left and right.
 *
 *     role        the role's own place; several of one role, unless their amount is 0,
 *                 mirror each other around the middle: evenly from one end to the other
 *     spectral    by the centroid, 200 Hz .. 8 kHz over its logarithm to -amount ..
 *                 +amount
 *     lcr         hard left, hard right and the middle, dealt out by lot: as many left as
 *                 right
 *     spread      the voices of a role evenly over -amount .. +amount
 *     orchestral  a seat for each role, its strips around it, the higher ones left of the
 *                 lower ones, as first violins sit left of the basses
 *     keep        nothing is panned
 *
 * Kick, bass, snare and whoever leads with their voice stay in the middle in all of them;
 * and so does what is mostly lows, what the session has panned, what leans to a side by
 * itself, and what is so wide that a pan would take away one of its sides. A strip that
 * is not quite mono is panned by that much less. All places are functions of all strips
 * of a role (of all strips, for lcr) in an order that is not the session's. A name that
 * ends in L or R goes before. */
#include "base/qmath.h"
#include "mix/field.h"

#include <string.h>

enum { PAN, STRATEGY, AMOUNT, LEAN };
enum { BY_ROLE, SPECTRAL, LCR, SPREAD, ORCHESTRAL, KEEP };

#define LOWEST_HZ  200.0
#define HIGHEST_HZ 8000.0

static const char *const strategies[] = {"role",       "spectral", "lcr", "spread",
                                         "orchestral", "keep",     NULL};

static const QmParam params[] = {
    [PAN] = {.name = "pan",
             .help = "the role's place, -1: left, 1: right (role, orchestral)",
             .min = -1,
             .max = 1},
    [STRATEGY] = {.name = "strategy",
                  .help = "what decides",
                  .kind = QM_PARAM_CHOICE,
                  .max = KEEP,
                  .choices = strategies},
    [AMOUNT] = {.name = "amount",
                .help = "how far strips are parted (role: where there are several)",
                .max = 1},
    [LEAN] = {.name = "lean",
              .help = "one side above the other from which a stereo strip has its place",
              .unit = QM_UNIT_DB,
              .max = 40,
              .def = 3},
};

/* ---- among whom ---- */

/* Its settings, if it may be panned. */
static const double *settings_of(const QmMix *mix, const QmRule *rule,
                                 const QmMixStrip *strip)
{
    uint32_t n_groups;
    const double *const s = qm_mix_settings(mix, rule, strip, &n_groups);
    return s && qm_field_is_free(mix, strip, s[LEAN]) ? s : NULL;
}

/* Whether it is one of those that `strip`, which may be panned, shares the field with:
 * the same strategy and, but for lcr, the same role. */
static bool is_beside(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                      int strategy, const QmMixStrip *other)
{
    if (strategy != LCR && strip->role != other->role)
        return false;
    const double *const s = settings_of(mix, rule, other);
    return s && (int)s[STRATEGY] == strategy;
}

typedef struct Rank {
    uint32_t at, of; /* 0..of - 1 */
} Rank;

typedef bool Before(const QmMix *mix, const QmRule *rule, const QmMixStrip *a,
                    const QmMixStrip *b);

static Rank rank_of(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                    int strategy, Before *before)
{
    Rank rank = {0, 0};
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (is_beside(mix, rule, strip, strategy, &mix->strips[i])) {
            rank.of++;
            rank.at += before(mix, rule, &mix->strips[i], strip);
        }
    return rank;
}

static bool by_name(const QmMix *mix, const QmRule *rule, const QmMixStrip *a,
                    const QmMixStrip *b)
{
    (void)mix;
    (void)rule;
    return qm_field_before(a, b);
}

static bool by_lot(const QmMix *mix, const QmRule *rule, const QmMixStrip *a,
                   const QmMixStrip *b)
{
    const double x = qm_mix_draw(mix, rule, a->name, 0);
    const double y = qm_mix_draw(mix, rule, b->name, 0);
    return x < y || (x == y && qm_field_before(a, b));
}

static bool by_register(const QmMix *mix, const QmRule *rule, const QmMixStrip *a,
                        const QmMixStrip *b)
{
    (void)mix;
    (void)rule;
    const double x = a->raw->centroid.value, y = b->raw->centroid.value;
    return x > y || (x == y && qm_field_before(a, b));
}

/* Evenly from -1 to 1; alone: 0. */
static double evenly(Rank rank)
{
    return rank.of > 1 ? 2.0 * rank.at / (rank.of - 1) - 1 : 0;
}

/* ---- strategies ---- */

/* The side that the last word of a name says: -1, 1, or 0. */
static int side_of(const char *name)
{
    static const char *const left[] = {"l", "L", "left", "Left", "LEFT"};
    static const char *const right[] = {"r", "R", "right", "Right", "RIGHT"};
    size_t at = strlen(name);
    while (at > 0 && name[at - 1] != '-' && name[at - 1] != '_')
        at--;
    if (at == 0)
        return 0;
    for (uint32_t i = 0; i < QM_COUNT(left); i++)
        if (qm_same(name + at, left[i]) || qm_same(name + at, right[i]))
            return qm_same(name + at, left[i]) ? -1 : 1;
    return 0;
}

static double magnitude(double x) { return x < 0 ? -x : x; }

static double by_role(const QmMixStrip *strip, const double *s, Rank rank)
{
    const double reach = magnitude(s[PAN]) > s[AMOUNT] ? magnitude(s[PAN]) : s[AMOUNT];
    const int said = side_of(strip->name);
    if (said)
        return said * reach;
    if (rank.of < 2 || s[AMOUNT] == 0)
        return s[PAN];
    return s[PAN] > 0 ? -reach * evenly(rank) : reach * evenly(rank);
}

static double by_spectrum(const QmMixStrip *strip, const double *s)
{
    const QmMeasured centroid = strip->raw->centroid;
    if (centroid.why)
        return 0;
    double hz = centroid.value;
    hz = hz < LOWEST_HZ ? LOWEST_HZ : hz > HIGHEST_HZ ? HIGHEST_HZ : hz;
    const double x = qm_ln(hz / LOWEST_HZ) / qm_ln(HIGHEST_HZ / LOWEST_HZ);
    return s[AMOUNT] * (2 * x - 1);
}

/* Threes of left, right, middle; the last two of all a pair, the last one alone in the
 * middle. */
static double dealt(Rank rank)
{
    static const double places[] = {-1, 1, 0};
    return rank.at + 1 == rank.of && rank.of % 3 == 1 ? 0 : places[rank.at % 3];
}

static double place_of(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                       const double *s, QmReason *reason)
{
    const int strategy = (int)s[STRATEGY];
    const Rank rank = rank_of(mix, rule, strip, strategy,
                              strategy == LCR          ? by_lot
                              : strategy == ORCHESTRAL ? by_register
                                                       : by_name);
    qm_reason_word(reason, "strategy", strategies[strategy]);
    if (strategy == SPECTRAL) {
        qm_reason_measured(reason, "centroid", strip->raw->centroid, 0);
        return by_spectrum(strip, s);
    }
    if (strategy != LCR)
        qm_reason_word(reason, "role", qm_role_names[strip->role]);
    if (rank.of > 1) {
        qm_reason_number(reason, "at", rank.at + 1, 0);
        qm_reason_number(reason, "of", rank.of, 0);
    }
    switch (strategy) {
    case LCR:
        return dealt(rank);
    case SPREAD:
        return rank.of > 1 ? s[AMOUNT] * evenly(rank) : s[PAN];
    case ORCHESTRAL:
        return s[PAN] + s[AMOUNT] * evenly(rank);
    default:
        return by_role(strip, s, rank);
    }
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    if ((int)settings[STRATEGY] == KEEP || !settings_of(mix, rule, strip))
        return;
    QmReason reason = qm_reason(mix);
    const double movable = qm_field_movable(strip->raw);
    const double pan = place_of(mix, rule, strip, settings, &reason) * movable;
    if (movable < 0.995)
        qm_reason_number(&reason, "movable", movable, 2);
    if (pan > -0.005 && pan < 0.005)
        return;
    qm_decide(mix, rule, &reason, pan, "%s.fader.pan", strip->name);
}

const QmRule qm_rule_spatial_pan = {
    .id = "spatial.pan",
    .key = "pan",
    .stage = QM_STAGE_SPATIAL,
    .passes = QM_PASS_STEMS,
    .reads = "roles, names, centroids, width, balance, the seed (lcr)",
    .writes = "STRIP.fader.pan",
    .doc = "Gives strips their places between left and right, all of them at once. What "
           "carries the song stays in the middle.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
