/* The balance: every fader so that its strip is as loud in the mix as its role asks.
 *
 *     gain = anchor + level - loudness behind inserts, width and pan
 *
 * Loudness is the integrated one of BS.1770, whose gates leave out pauses: hits and what
 * plays now and then are measured while they sound. What is too short for it, 400 ms, is
 * taken as a meter would read it in silence.
 *
 * Strips of one role that play at the same time share its level: with n of them (each
 * counts for as much of the strip's playing time as it plays in, too) each is share * 10
 * log10(n) softer, so that with a share of 1 two guitars are together as loud as one is
 * alone (their powers add up).
 *
 * The gains that the session's faders have are where this starts, not what it keeps; an
 * override keeps one. A fader that the session automates is left alone.
 *
 * `natural` leaves strips as loud to each other as they were recorded, within `spread` of
 * the median (one stem may be broken), and puts the loudest at the anchor. */
#include "analysis/gating.h"
#include "base/qmath.h"
#include "base/sort.h"
#include "mix/fader.h"
#include "mix/playing.h"

enum { LEVEL, BALANCE, MIX, MASTER, STEMS, ANCHOR, SHARE, SPREAD };
enum { BY_LEVEL, BY_MIX, BY_MASTER, BY_STEMS, NATURAL };

static const char *const balances[] = {"level", "mix",     "master",
                                       "stems", "natural", NULL};

#define LEVEL_PARAM(which, about)                                                        \
    {                                                                                    \
        .name = which, .help = about, .unit = QM_UNIT_LU, .min = -60, .max = 20          \
    }

static const QmParam params[] = {
    [LEVEL] = LEVEL_PARAM("level", "loudness beside the anchor (balance: level)"),
    [BALANCE] = {.name = "balance",
                 .help = "which of the levels counts; natural: as they were recorded",
                 .kind = QM_PARAM_CHOICE,
                 .max = NATURAL,
                 .choices = balances},
    [MIX] = LEVEL_PARAM("mix", "loudness beside the anchor (balance: mix)"),
    [MASTER] = LEVEL_PARAM("master", "the same of balance: master"),
    [STEMS] = LEVEL_PARAM("stems", "the same of balance: stems"),
    [ANCHOR] = {.name = "anchor",
                .help = "loudness of a strip whose level is 0",
                .unit = QM_UNIT_LUFS,
                .min = -40,
                .max = -10,
                .def = -18},
    [SHARE] = {.name = "share",
               .help = "of a role's level that strips which play together part, 1: power",
               .max = 1,
               .def = 1},
    [SPREAD] = {.name = "spread",
                .help = "farthest from the median that a strip may be (natural)",
                .unit = QM_UNIT_LU,
                .max = 60,
                .def = 20},
};

/* The share of the time that a plays in which b plays, too. */
static double together(const QmFacts *a, const QmFacts *b)
{
    const QmPlaying playing = qm_playing(a, b);
    return playing.one ? (double)playing.both / (double)playing.one : 1;
}

/* How many strips of its role play at once, itself included. */
static double voices(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    double n = 1;
    for (uint32_t i = 0; i < mix->n_strips; i++) {
        const QmMixStrip *const other = &mix->strips[i];
        uint32_t n_groups;
        if (other != strip && other->role == strip->role && qm_mix_heard(mix, other) &&
            other->chain && qm_mix_settings(mix, rule, other, &n_groups))
            n += together(strip->chain, other->chain);
    }
    return n;
}

/* The integrated loudness; of less than a block, what a meter reads in silence around
 * it. */
static QmMeasured loudness(const QmFacts *chain)
{
    double energy = 0;
    if (!chain->lufs.why || chain->n_tenths >= QM_MOMENTARY)
        return chain->lufs;
    for (uint64_t i = 0; i < chain->n_tenths; i++)
        energy += chain->tenths[i] / QM_MOMENTARY;
    return energy > 0 ? qm_measured(qm_lufs(energy)) : chain->lufs;
}

/* ---- natural ---- */

static double bounded(double value, double most)
{
    return value < -most ? -most : value > most ? most : value;
}

/* The loudnesses of all, as recorded, rising; their number. */
static uint32_t recorded(QmMix *mix, double *sorted)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (qm_mix_heard(mix, &mix->strips[i]) && !mix->strips[i].raw->lufs.why)
            sorted[n++] = mix->strips[i].raw->lufs.value;
    return qm_sort(sorted, n, sizeof *sorted, qm_by_double, mix->arena) == QM_OK ? n : 0;
}

/* Below the loudest. */
static double natural(QmMix *mix, const QmMixStrip *strip, double spread)
{
    double *const sorted = QM_NEW_ARRAY(mix->arena, double, mix->n_strips);
    const uint32_t n = sorted ? recorded(mix, sorted) : 0;
    if (n == 0 || strip->raw->lufs.why)
        return 0;
    const double median = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    return bounded(strip->raw->lufs.value - median, spread) -
           bounded(sorted[n - 1] - median, spread);
}

/* ---- the rule ---- */

static double wanted(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                     const double *s, QmReason *reason)
{
    static const uint32_t level_of[] = {LEVEL, MIX, MASTER, STEMS};
    const int balance = (int)s[BALANCE];
    if (balance == NATURAL) {
        qm_reason_measured(reason, "recorded", strip->raw->lufs, 1);
        return s[ANCHOR] + natural(mix, strip, s[SPREAD]);
    }
    const double n = voices(mix, rule, strip);
    if (n > 1.005 && s[SHARE] > 0)
        qm_reason_number(reason, "voices", n, 2);
    return s[ANCHOR] + s[level_of[balance]] - s[SHARE] * 10 * qm_log10(n);
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    if (!qm_mix_heard(mix, strip) || !strip->chain)
        return;
    if (qm_fader_is_automated(mix, strip)) {
        QmReason why = qm_reason(mix);
        qm_reason_word(&why, "fader", "automated");
        qm_note(mix, rule, &why, strip->name);
        return;
    }
    const QmMeasured now = loudness(strip->chain);
    if (now.why)
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "lufs", now.value, 2);
    const double target = wanted(mix, rule, strip, s, &reason);
    strip->wanted = qm_measured(target);
    qm_reason_number(&reason, "target", target, 2);
    qm_decide(mix, rule, &reason, target - now.value, "%s.fader.gain", strip->name);
}

const QmRule qm_rule_gain_level = {
    .id = "gain.level",
    .key = "level",
    .stage = QM_STAGE_GAIN,
    .passes = QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "loudness behind inserts, width and pan; when strips play",
    .writes = "STRIP.fader.gain",
    .doc = "Balances the strips: as loud in the mix as their roles ask for.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
