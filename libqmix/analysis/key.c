/* Key: which of 24 profiles the pitches look like.
 *
 * Every slow spectrum is searched for partials from 60 Hz (below, semitones are hardly a
 * line apart) to 2 kHz: lines higher than their neighbours and four times (6 dB) the mean
 * of what is around them (6 % of the frequency, at least 8 lines, to either side). Drums
 * and noise have few of these. Under a Hann window the frequency of a partial follows
 * from the line and its higher neighbour (Grandke 1983), and its energy is in that line
 * and the two beside it,
 *
 *     k + (2 a - 1) / (a + 1),     a = |X of the neighbour| / |X of the line|
 *
 * Partials are gathered by pitch class in steps of 10 cents, each with its amplitude; a
 * spectrum counts with the square root of its amplitude, so that loud ones lead and quiet
 * ones are heard. Then, once:
 *
 *     tuning    the angle of sum w exp(2 pi j cents / 100): partials sit around semitones
 *     chroma    each semitone of that grid takes in 50 cents to either side, cos^2
 *               weighted, and, as every note has partials there too, half of what is on
 *               its second partial, a quarter of the third, up to the fifth (Gomez,
 *               "Tonal description of polyphonic audio", 2006)
 *     key       the highest of 24 correlations with Temperley's profiles, how often each
 *               degree occurs in the Kostka-Payne corpus ("Music and Probability", 2007)
 *
 * All of this is linear in the gathered weights but the last, so order does not matter.
 * Of nine sets of profiles these did best in tests/eval/key.sh; whitening the spectra and
 * other limits did not help. */
#include "analysis/key.h"

#include "analysis/analysis.h"
#include "base/qmath.h"

enum {
    STEPS = 10, /* per semitone */
    CIRCLE = 12 * STEPS,
    NEAR = 8,   /* lines: least reach of what is around a partial */
    TOP = 3072, /* lines to 6 kHz: the narrowest are 2.07 Hz, at sqrt(1/2) * 48 kHz */
    PARTIALS = 512,
    HARMONICS = 5,
};

static const double LOWEST = 60, HIGHEST = 2000, END = 6000; /* Hz */
static const double REACH = 0.06, STANDS_OUT = 4;
/* Drum loops and noise stay below; music is above (tests/eval/key.sh). */
static const double LEAST_TONALITY = 0.03, LEAST_STRENGTH = 0.65;

typedef struct Setup {
    uint32_t lowest, highest, end; /* lines */
    double line_hz;
} Setup;

typedef struct Sums {
    double circle[CIRCLE]; /* weights by pitch class, from C on */
    double partials, all;  /* energy */
} Sums;

static size_t partial_size(const QmScanSpec *spec)
{
    (void)spec;
    return sizeof(Sums);
}

static uint32_t line_at(const Setup *setup, double hz, uint32_t most)
{
    const double line = hz / setup->line_hz;
    return line < most ? (uint32_t)line : most;
}

static bool prepare(const QmFeatureCall *call, void *setup)
{
    Setup *const s = setup;
    const uint32_t n = call->spec->block >> (QM_BLOCK_BITS - QM_SLOW_BITS);
    s->line_hz = call->spec->rate / n;
    s->end = line_at(s, END, n / 2 < TOP ? n / 2 : TOP - 1);
    s->highest = line_at(s, HIGHEST, s->end);
    s->lowest = line_at(s, LOWEST, s->highest) + 1;
    return true;
}

/* --- partials of a spectrum ------------------------------------------------------- */

typedef struct Partial {
    double line, power;
} Partial;

/* power[k] of all channels; before[k]: the sum of those before k. Up to the end. */
static void add_up(const QmSpectrum *x, uint32_t end, double *power, double *before)
{
    before[0] = 0;
    for (uint32_t k = 0; k < end; k++) {
        power[k] = (double)(x->re[0][k] * x->re[0][k] + x->im[0][k] * x->im[0][k]);
        if (x->re[1])
            power[k] += (double)(x->re[1][k] * x->re[1][k] + x->im[1][k] * x->im[1][k]);
        before[k + 1] = before[k] + power[k];
    }
}

static bool stands_out(const double *power, const double *before, uint32_t end,
                       uint32_t k)
{
    const uint32_t wide = (uint32_t)(REACH * k), reach = wide > NEAR ? wide : NEAR;
    const uint32_t from = k > reach ? k - reach : 0;
    const uint32_t to = k + reach + 1 < end ? k + reach + 1 : end;
    return power[k] * (to - from) > STANDS_OUT * (before[to] - before[from]);
}

static Partial partial_at(const double *power, uint32_t k)
{
    const bool up = power[k + 1] > power[k - 1];
    const double a = qm_sqrt((up ? power[k + 1] : power[k - 1]) / power[k]);
    const double offset = (2 * a - 1) / (a + 1);
    const double off = offset > 0 ? offset : 0;
    return (Partial){up ? k + off : k - off, power[k - 1] + power[k] + power[k + 1]};
}

static uint32_t find_partials(const Setup *s, const double *power, const double *before,
                              Partial *found)
{
    uint32_t n = 0;
    for (uint32_t k = s->lowest; k + 1 < s->highest && n < PARTIALS; k++)
        if (power[k] > power[k - 1] && power[k] >= power[k + 1] &&
            stands_out(power, before, s->end, k))
            found[n++] = partial_at(power, k);
    return n;
}

/* Between two steps it goes to both. */
static void gather(double *circle, double hz, double weight)
{
    const double c = STEPS * (12 * qm_log2(hz / 440) + 9); /* A is 9 above C */
    const double turns = c / CIRCLE;
    const int64_t whole = (int64_t)(turns + 100) - 100; /* down, also below 0 */
    const double at = c - (double)whole * CIRCLE;
    const uint32_t step = at > 0 ? (uint32_t)at : 0;
    const double rest = at - step;
    circle[step % CIRCLE] += weight * (1 - rest);
    circle[(step + 1) % CIRCLE] += weight * rest;
}

static void slow(const QmFeatureCall *call, const QmBlock *block,
                 const QmSpectrum *spectrum, void *partial)
{
    (void)block;
    const Setup *const s = call->setup;
    Sums *const sums = partial;
    double power[TOP], before[TOP + 1];
    Partial found[PARTIALS];
    add_up(spectrum, s->end, power, before);
    const uint32_t n = find_partials(s, power, before, found);
    double energy = 0, amplitudes = 0;
    for (uint32_t i = 0; i < n; i++) {
        energy += found[i].power;
        amplitudes += qm_sqrt(found[i].power);
    }
    sums->partials += energy;
    sums->all += before[s->end] - before[s->lowest < s->end ? s->lowest : s->end];
    if (energy <= 0)
        return;
    const double scale = qm_sqrt(qm_sqrt(energy)) / amplitudes;
    for (uint32_t i = 0; i < n; i++)
        gather(sums->circle, found[i].line * s->line_hz, scale * qm_sqrt(found[i].power));
}

static bool merge(const QmFeatureCall *call, const QmBlock *block, const void *partial,
                  void *state)
{
    (void)call;
    (void)block;
    const Sums *const p = partial;
    Sums *const s = state;
    for (uint32_t i = 0; i < CIRCLE; i++)
        s->circle[i] += p->circle[i];
    s->partials += p->partials;
    s->all += p->all;
    return true;
}

/* --- the grid and the chroma ------------------------------------------------------- */

/* How far the semitones lie above those of 440 Hz, in steps; `hold` 0..1: how well the
 * partials keep to them. */
static double tuning_of(const double *circle, double *hold)
{
    double x = 0, y = 0, sum = 0;
    for (uint32_t i = 0; i < CIRCLE; i++) {
        x += circle[i] * qm_cos_turns((double)(i % STEPS) / STEPS);
        y += circle[i] * qm_sin_turns((double)(i % STEPS) / STEPS);
        sum += circle[i];
    }
    *hold = sum > 0 ? qm_sqrt(x * x + y * y) / sum : 0;
    return STEPS * qm_atan2(y, x) / (2 * QM_PI);
}

/* What is within half a semitone of a place on the circle. */
static double around(const double *circle, double place)
{
    double sum = 0;
    for (uint32_t i = 0; i < CIRCLE; i++) {
        const double turns = (i - place) / CIRCLE + 100.5;
        const double off = CIRCLE * (turns - (double)(int64_t)turns - 0.5);
        if (off > -0.5 * STEPS && off < 0.5 * STEPS) {
            const double c = qm_cos_turns(off / (2 * STEPS));
            sum += circle[i] * c * c;
        }
    }
    return sum;
}

static void make_chroma(const double *circle, double tuning, double *chroma)
{
    double most = 0;
    for (uint32_t k = 0; k < 12; k++) {
        double share = 1;
        for (uint32_t n = 1; n <= HARMONICS; n++, share *= 0.5)
            chroma[k] +=
                share * around(circle, k * STEPS + tuning + CIRCLE * qm_log2((double)n));
        most = chroma[k] > most ? chroma[k] : most;
    }
    for (uint32_t k = 0; k < 12 && most > 0; k++)
        chroma[k] /= most;
}

/* --- the key ----------------------------------------------------------------------- */

static const double profiles[2][12] = {
    {.748, .060, .488, .082, .670, .460, .096, .715, .104, .366, .057, .400}, /* major */
    {.712, .084, .474, .618, .049, .460, .105, .747, .404, .067, .133, .330}, /* minor */
};

static const char *const names[2][12] = {
    {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major",
     "G major", "Ab major", "A major", "Bb major", "B major"},
    {"C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor", "F# minor",
     "G minor", "G# minor", "A minor", "Bb minor", "B minor"},
};

/* Fifths go around the wheel; relative keys share a number. */
static const char *const wheel[2][12] = {
    {"8B", "3B", "10B", "5B", "12B", "7B", "2B", "9B", "4B", "11B", "6B", "1B"},
    {"5A", "12A", "7A", "2A", "9A", "4A", "11A", "6A", "1A", "8A", "3A", "10A"},
};

typedef struct Candidate {
    uint32_t tonic, minor;
    double strength;
} Candidate;

static double correlate(const double *chroma, const double *profile, uint32_t tonic)
{
    double mean[2] = {0}, product = 0, squares[2] = {0};
    for (uint32_t i = 0; i < 12; i++) {
        mean[0] += chroma[i] / 12;
        mean[1] += profile[i] / 12;
    }
    for (uint32_t i = 0; i < 12; i++) {
        const double x = chroma[(i + tonic) % 12] - mean[0], y = profile[i] - mean[1];
        product += x * y;
        squares[0] += x * x;
        squares[1] += y * y;
    }
    const double both = qm_sqrt(squares[0] * squares[1]);
    return both > 0 ? product / both : 0;
}

/* All 24, best first. */
static void rank(const double *chroma, Candidate *list)
{
    for (uint32_t i = 0; i < 24; i++) {
        const Candidate c = {i % 12, i / 12, correlate(chroma, profiles[i / 12], i % 12)};
        uint32_t at = i;
        for (; at > 0 && list[at - 1].strength < c.strength; at--)
            list[at] = list[at - 1];
        list[at] = c;
    }
}

static const char *relation(const Candidate *to, const Candidate *it)
{
    const uint32_t up = (it->tonic + 12 - to->tonic) % 12;
    if (it->minor == to->minor)
        return up == 7 ? "fifth above" : up == 5 ? "fifth below" : "other";
    if (up == 0)
        return "parallel";
    return up == (it->minor ? 9 : 3) ? "relative" : "other";
}

/* Halfway between the strengths, and between the leads, of guesses that are next to
 * always wrong and next to always right. */
static double confidence_of(double strength, double lead)
{
    const double a = (strength - LEAST_STRENGTH) / 0.25, b = lead / 0.12;
    return 0.5 * ((a < 1 ? a : 1) + (b < 1 ? b : 1));
}

static bool tell(const QmFeatureCall *call, const Candidate *list, QmKey *out)
{
    out->strength = out->confidence = qm_unmeasured("no key fits");
    if (list->strength < LEAST_STRENGTH)
        return true;
    out->tonic = list->tonic;
    out->minor = list->minor;
    out->key = names[list->minor][list->tonic];
    out->camelot = wheel[list->minor][list->tonic];
    out->strength = qm_measured(list->strength);
    out->confidence =
        qm_measured(confidence_of(list->strength, list->strength - list[1].strength));
    for (const Candidate *c = list + 1; c <= list + QM_KEY_ALTERNATIVES; c++) {
        const QmKeyGuess guess = {names[c->minor][c->tonic], wheel[c->minor][c->tonic],
                                  relation(list, c), qm_measured(c->strength)};
        if (!qm_list_append(&out->alternatives, &guess, 1, sizeof guess, call->arena))
            return false;
    }
    return true;
}

static bool finish(const QmFeatureCall *call, const QmAnalysis *analysis, void *state,
                   void *result)
{
    const Sums *const s = state;
    QmKey *const out = result;
    double hold = 0;
    const double tuning = tuning_of(s->circle, &hold);
    out->hint = true;
    out->tonic = -1;
    const double share = s->all > 0 ? s->partials / s->all : 0;
    const double tonality = hold * (share < 1 ? share : 1);
    if (s->all <= 0 || tonality < LEAST_TONALITY) {
        const char *const why = s->all > 0              ? "no pitch"
                                : analysis->frames == 0 ? "no frames"
                                                        : "digital silence";
        out->strength = out->confidence = out->tuning = out->cents = qm_unmeasured(why);
        out->tonality = s->all > 0 ? qm_measured(tonality) : qm_unmeasured(why);
        return true;
    }
    out->tonality = qm_measured(tonality);
    out->cents = qm_measured(100 * tuning / STEPS);
    out->tuning = qm_measured(440 * qm_exp2(tuning / CIRCLE));
    double chroma[12] = {0};
    Candidate list[24];
    make_chroma(s->circle, tuning, chroma);
    rank(chroma, list);
    return qm_list_append(&out->chroma, chroma, 12, sizeof *chroma, call->arena) &&
           tell(call, list, out);
}

/* --- the tables -------------------------------------------------------------------- */

static const QmMeasure columns[] = {
    {"key", "", QM_MEASURE_TEXT, 0, QM_VIEW_DETAIL, offsetof(QmKeyGuess, key),
     "another key that would do"},
    {"camelot", "", QM_MEASURE_TEXT, 0, QM_VIEW_DETAIL, offsetof(QmKeyGuess, camelot),
     "on the wheel that DJs use"},
    {"relation", "", QM_MEASURE_TEXT, 0, QM_VIEW_DETAIL, offsetof(QmKeyGuess, relation),
     "to the key"},
    {"strength", "", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmKeyGuess, strength),
     "correlation with its profile"},
};

static const QmMeasure measures[] = {
    {"key", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(QmKey, key),
     "a hint: from the notes that sound, not from how they are heard"},
    {"camelot", "", QM_MEASURE_TEXT, 0, QM_VIEW_SUMMARY, offsetof(QmKey, camelot),
     "the same on the wheel that DJs use"},
    {"hint", "", QM_MEASURE_FLAG, 0, QM_VIEW_DETAIL, offsetof(QmKey, hint),
     "always: do not take the key for certain"},
    {"strength", "", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmKey, strength),
     "correlation of the chroma with the profile of the key"},
    {"confidence", "", QM_MEASURE_NUMBER, 2, QM_VIEW_SUMMARY, offsetof(QmKey, confidence),
     "0 to 1, from the strength and from how far behind the next key is"},
    {"tonality", "", QM_MEASURE_NUMBER, 2, QM_VIEW_DETAIL, offsetof(QmKey, tonality),
     "share of the energy in steady partials that keep to semitones"},
    {"tuning", "Hz", QM_MEASURE_NUMBER, 1, QM_VIEW_SUMMARY, offsetof(QmKey, tuning),
     "of A4, modulo a semitone"},
    {"cents", "cents", QM_MEASURE_NUMBER, 0, QM_VIEW_DETAIL, offsetof(QmKey, cents),
     "the tuning, from 440 Hz"},
    {"alternatives", "", QM_MEASURE_ROWS, 0, QM_VIEW_DETAIL,
     offsetof(QmKey, alternatives), "the next keys, best first", columns,
     sizeof columns / sizeof columns[0], sizeof(QmKeyGuess)},
    {"chroma", "", QM_MEASURE_LIST, 3, QM_VIEW_DETAIL, offsetof(QmKey, chroma),
     "how much of C, C# ... B there is"},
};

const QmFeature qm_feature_key = {
    .name = "key",
    .summary = "key, its alternatives, and the tuning; a hint",
    .measures = measures,
    .n_measures = sizeof measures / sizeof measures[0],
    .result_size = sizeof(QmKey),
    .setup_size = sizeof(Setup),
    .state_size = sizeof(Sums),
    .partial_size = partial_size,
    .prepare = prepare,
    .slow = slow,
    .merge = merge,
    .finish = finish,
};
