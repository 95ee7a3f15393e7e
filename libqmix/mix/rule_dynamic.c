/* A dynamic equaliser where a band is too much only at times: a voice that gets sharp
 * when it is loud, a string that booms on one note. A static cut would take it away from
 * all the rest.
 *
 * In each look that is loud, the share of three Bark bands is told beside all of it;
 * looks that have most of it above them are others' business (sibilants the de-esser's).
 * Where the loud twentieth of the looks has `excess` more of it than the median one, and
 * no less than `share`, the band is cut above the level that four of five looks stay
 * below. Of the bands from `low` to `high` the one with most excess is taken; `freq` says
 * which one, when it is not 0.
 *
 * Levels are told as the processor sees them: as the peak of a tone, 3 dB above the mean
 * square, behind the trim. */
#include "analysis/gating.h"
#include "base/qmath.h"
#include "base/sort.h"
#include "mix/insert.h"
#include "mix/mask_model.h"

enum { RANGE, FREQ, LOW, HIGH, EXCESS, SHARE, RATIO, ATTACK, RELEASE, Q };

static const QmParam params[] = {
    [RANGE] = {.name = "range",
               .help = "most that is cut",
               .unit = QM_UNIT_DB,
               .max = 12,
               .def = 4},
    [FREQ] = {.name = "freq",
              .help = "middle of the band; 0: where it is worst",
              .unit = QM_UNIT_HZ,
              .max = 16000},
    [LOW] = {.name = "low",
             .help = "lowest middle that is looked at",
             .unit = QM_UNIT_HZ,
             .min = 20,
             .max = 16000,
             .def = 2000},
    [HIGH] = {.name = "high",
              .help = "highest middle that is looked at",
              .unit = QM_UNIT_HZ,
              .min = 20,
              .max = 16000,
              .def = 5000},
    [EXCESS] = {.name = "excess",
                .help = "share in the loudest looks over that in the median one",
                .unit = QM_UNIT_DB,
                .max = 60,
                .def = 6},
    [SHARE] = {.name = "share",
               .help = "of all the power in those looks, from which on it matters",
               .unit = QM_UNIT_DB,
               .min = -60,
               .max = 0,
               .def = -6},
    [RATIO] = {.name = "ratio",
               .help = "input over output, in dB above the threshold",
               .unit = QM_UNIT_RATIO,
               .min = 1,
               .max = 20,
               .def = 3},
    [ATTACK] = {.name = "attack",
                .help = "time to cover 63 % of a growing cut",
                .unit = QM_UNIT_MS,
                .min = 0.1,
                .max = 500,
                .def = 10},
    [RELEASE] = {.name = "release",
                 .help = "time to cover 63 % of a shrinking cut",
                 .unit = QM_UNIT_MS,
                 .min = 1,
                 .max = 5000,
                 .def = 50},
    [Q] = {.name = "q",
           .help = "of the band: the higher, the narrower",
           .min = 0.1,
           .max = 20,
           .def = 1.4},
};

enum { LOOKS = 1024, LEAST_LOOKS = 20 };

#define GATE      0.5  /* -3 dB: softer looks are pauses and ends of notes */
#define LOUD      0.95 /* of the looks are below the loud ones */
#define HALF      0.5
#define STAYS     0.8 /* of the looks are below the threshold */
#define TONE_PEAK 3.01
#define LEAST     1e-12

/* A band over time, sorted: dB of the power, and of its share. */
typedef struct Course {
    double *level, *share;
    size_t n;
} Course;

static double band_power(const QmBarkFrame *frame, uint32_t from, uint32_t end)
{
    double power = 0;
    for (uint32_t b = from; b < end; b++)
        power += qm_bark_unpacked(frame->power[b]);
    return power;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The three bands around `band`. False: out of memory. */
static bool follow(const QmBark *bark, uint32_t band, QmArena *arena, Course *course)
{
    const uint32_t from = band > 0 ? band - 1 : 0;
    const uint32_t end = band + 2 < QM_BARKS ? band + 2 : QM_BARKS;
    const size_t count = (size_t)bark->count;
    double mean = 0;
    *course = (Course){QM_NEW_ARRAY(arena, double, count),
                       QM_NEW_ARRAY(arena, double, count), 0};
    if (!course->level || !course->share)
        return false;
    for (int64_t t = 0; t < bark->count; t++)
        mean += band_power(qm_bark_frame(bark, t), 0, QM_BARKS) / (double)count;
    for (int64_t t = 0; t < bark->count; t++) {
        const QmBarkFrame *const frame = qm_bark_frame(bark, t);
        const double all = band_power(frame, 0, QM_BARKS);
        const double power = band_power(frame, from, end);
        if (all < GATE * mean || all < LEAST ||
            band_power(frame, end, QM_BARKS) > HALF * all)
            continue;
        course->level[course->n] = 10 * qm_log10(power > LEAST ? power : LEAST);
        course->share[course->n++] = 10 * qm_log10(power > LEAST ? power / all : LEAST);
    }
    return qm_sort(course->level, course->n, sizeof(double), rising, arena) == QM_OK &&
           qm_sort(course->share, course->n, sizeof(double), rising, arena) == QM_OK;
}

typedef struct Found {
    double freq, excess, share, level;
} Found;

static void look_at(const QmBark *bark, uint32_t band, QmMix *mix, Found *found)
{
    Course course;
    if (!follow(bark, band, mix->arena, &course)) {
        mix->status = qm_fail_memory(mix->diag);
        return;
    }
    if (course.n < LEAST_LOOKS)
        return;
    const double loud = qm_percentile(course.share, course.n, LOUD);
    const double excess = loud - qm_percentile(course.share, course.n, HALF);
    if (excess > found->excess)
        *found = (Found){qm_bark_hz(band + 0.5), excess, loud,
                         qm_percentile(course.level, course.n, STAYS)};
}

static Found worst(QmMix *mix, const QmBark *bark, const double *settings)
{
    Found found = {0};
    if (settings[FREQ] > 0) {
        const double band = qm_bark(settings[FREQ]);
        look_at(bark, band < QM_BARKS - 1 ? (uint32_t)band : QM_BARKS - 1, mix, &found);
        found.freq = settings[FREQ];
        return found;
    }
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        const double hz = qm_bark_hz(b + 0.5);
        if (hz >= settings[LOW] && hz <= settings[HIGH])
            look_at(bark, b, mix, &found);
    }
    return found;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip,
                   const double *settings, uint32_t n_groups)
{
    (void)n_groups;
    const QmBark *const bark = &strip->raw->bark;
    const QmMeasured loudness = qm_insert_loudness(mix, strip);
    QmBark thin;
    if (!qm_mix_heard(mix, strip) || loudness.why || bark->count == 0)
        return;
    if (!qm_bark_thin(&bark, 1, LOOKS, mix->arena, &thin)) {
        mix->status = qm_fail_memory(mix->diag);
        return;
    }
    const Found found = worst(mix, &thin, settings);
    if (found.excess < settings[EXCESS] || found.share < settings[SHARE])
        return;
    QmReason reason = qm_reason(mix);
    qm_reason_number(&reason, "excess", found.excess, 1);
    qm_reason_number(&reason, "share", found.share, 1);
    qm_reason_number(&reason, "level", found.level, 1);
    const char *const name = strip->name;
    const uint32_t at = qm_next_band(mix, name, "dynamic-eq");
    const double threshold =
        found.level + TONE_PEAK + loudness.value - strip->raw->lufs.value;
    if (!qm_decide(mix, rule, &reason, found.freq, "%s.dynamic-eq.%u.freq", name, at))
        return;
    qm_decide(mix, rule, &reason, threshold, "%s.dynamic-eq.%u.threshold", name, at);
    qm_decide(mix, rule, &reason, settings[RANGE], "%s.dynamic-eq.%u.range", name, at);
    qm_decide(mix, rule, &reason, settings[RATIO], "%s.dynamic-eq.%u.ratio", name, at);
    qm_decide(mix, rule, &reason, settings[ATTACK], "%s.dynamic-eq.%u.attack", name, at);
    qm_decide(mix, rule, &reason, settings[RELEASE], "%s.dynamic-eq.%u.release", name,
              at);
    qm_decide(mix, rule, &reason, settings[Q], "%s.dynamic-eq.%u.q", name, at);
}

const QmRule qm_rule_eq_dynamic = {
    .id = "eq.dynamic",
    .key = "dynamic",
    .stage = QM_STAGE_EQ,
    .passes = QM_PASS_STEMS,
    .reads = "powers in Bark bands over time, lufs",
    .writes = "STRIP.dynamic-eq.*",
    .doc = "Cuts a band only when it is too strong.",
    .params = params,
    .n_params = QM_COUNT(params),
    .strip = decide,
};
