/* The multitrack masker-to-signal ratio, after Ma, Reiss and Black ("Partial loudness in
 * multitrack mixing", AES 53rd Conference, 2014) and Ronan et al. ("Automatic
 * minimisation of masking in multitrack audio using subgroups", 2018). hearing.c has what
 * one look at one stem hides, T_i(b, t). Then, for stem n in band b at look t:
 *
 *     T(b, t)  = max(sum over i other than n of T_i(b, t), threshold in quiet)
 *     MSR      = T - E_n                                                        dB
 *     severity = clip(MSR / 20, 0, 1)
 *
 * Every masker keeps its own tonality and the thresholds add up as powers. The tonality
 * of their sum could only be had from the audio; this way gains and equalisers are
 * factors of what has been measured, and with one masker both are the same.
 *
 * A look is active if the stem's power is above -70 dB and not more than 20 dB below the
 * mean of its looks above -70 dB: the gates of EBU Tech 3342, so that tails and silence
 * do not count. Activity is a property of the stem, before gains: balances that are
 * compared are compared over the same looks.
 *
 * Overlap: the mean over the looks in which both stems are active of
 * sum over b of min(share_i(b), share_j(b)), share: of the stem's loudness in that look,
 * among the bands that are heard. 1: the same distribution, 0: nothing in common.
 *
 * The sum of all others is made of sums from the first stem up and from the last down:
 * subtracting a loud stem from the sum of all would leave only its rounding error. */
#include "analysis/masking.h"

#include "analysis/masking_sums.h"
#include "base/qmath.h"

#include <assert.h>

enum { SETTLE = 256 }; /* looks after which float sums move into double */

#define GATE          1e-7 /* -70 dB */
#define RELATIVE_GATE 0.01 /* -20 dB */
#define SEVERE        0.6f /* of 20 dB: 12 dB */
#define GAP_S         1.0
#define LEAST_S       0.5

typedef struct Stem {
    double looks_per_look; /* of its own, to one of ours */
    float gate;
    bool muted;
    QmBands gain;
    QmHeard heard; /* the look at hand */
    bool active;
    QmBands others; /* what they hide, added up */
} Stem;

typedef struct Work {
    QmMaskingSums *sums;
    QmHearing hearing;
    Stem *stems;
    int32_t gap, least; /* looks */
} Work;

static float frame_power(const QmBarkFrame *frame)
{
    float power = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        power += qm_bark_unpacked(frame->power[b]);
    return power;
}

static float gate_of(const QmBark *bark)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t t = 0; t < bark->count; t++) {
        const float power = frame_power(qm_bark_frame(bark, t));
        if (power >= (float)GATE) {
            sum += power;
            count++;
        }
    }
    const double relative = count > 0 ? RELATIVE_GATE * sum / (double)count : 0;
    return (float)(relative > GATE ? relative : GATE);
}

static void prepare_stem(const QmMaskingStem *from, double hop_s, Stem *stem)
{
    stem->looks_per_look = hop_s / from->bark->hop_s;
    stem->gate = gate_of(from->bark);
    stem->muted = !(from->gain > 0);
    const float power = (float)(from->gain * from->gain);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        stem->gain.v[b / QM_LANES][b % QM_LANES] =
            power * (from->bands ? from->bands[b] : 1);
}

/* --- sums --------------------------------------------------------------------------- */

static inline void add(QmBandSum *sum, uint32_t i, QmVec x) { sum->now.v[i] += x; }

static void settle(QmBandSum *sum)
{
    for (uint32_t b = 0; b < QM_BARKS; b++)
        sum->total[b] += sum->now.v[b / QM_LANES][b % QM_LANES];
    sum->now = (QmBands){0};
}

static void settle_all(QmMaskingSums *sums)
{
    for (uint32_t i = 0; i < sums->n; i++) {
        settle(&sums->stem[i].masking);
        settle(&sums->stem[i].severity);
        settle(&sums->stem[i].hidden);
        settle(&sums->stem[i].heard);
    }
    for (uint32_t i = 0; sums->pair && i < sums->n * sums->n; i++) {
        settle(&sums->pair[i].severity);
        settle(&sums->pair[i].hidden);
        settle(&sums->pair[i].overlap);
    }
}

/* --- when it is severe -------------------------------------------------------------- */

/* A run that ended: kept if it is among the worst of its pair. */
static void close_run(const Work *w, QmPairSums *pair, uint32_t band)
{
    const QmRun run = pair->runs[band];
    pair->runs[band].count = 0;
    if (run.count == 0 || run.last + 1 - run.from < w->least)
        return;
    uint32_t at = pair->n_worst;
    while (at > 0 && pair->worst[at - 1].run.sum < run.sum)
        at--;
    if (at == QM_MASKING_RANGES)
        return;
    pair->n_worst += pair->n_worst < QM_MASKING_RANGES;
    for (uint32_t i = pair->n_worst - 1; i > at; i--)
        pair->worst[i] = pair->worst[i - 1];
    pair->worst[at] = (QmBandRun){run, band};
}

static void severe_look(const Work *w, QmPairSums *pair, uint32_t band, int32_t t,
                        float severity)
{
    QmRun *const run = &pair->runs[band];
    if (run->count > 0 && t - run->last > w->gap)
        close_run(w, pair, band);
    if (run->count == 0)
        *run = (QmRun){.from = t};
    run->last = t;
    run->count++;
    run->sum += severity;
}

static bool any_lane(QmVecI mask)
{
    typedef int64_t Wide __attribute__((vector_size(32)));
    const Wide x = (Wide)mask;
    return ((x[0] | x[1]) | (x[2] | x[3])) != 0;
}

static void take_severe(const Work *w, QmPairSums *pair, uint32_t i, int32_t t,
                        QmVec severity)
{
    if (!any_lane(qm_vec_less(qm_vec(SEVERE), severity)))
        return;
    for (uint32_t k = 0; k < QM_LANES; k++)
        if (severity[k] > SEVERE)
            severe_look(w, pair, QM_LANES * i + k, t, severity[k]);
}

/* --- looks -------------------------------------------------------------------------- */

static void look(Work *w, int64_t t)
{
    for (uint32_t n = 0; n < w->sums->n; n++) {
        Stem *const s = &w->stems[n];
        const double own = (double)t * s->looks_per_look;
        const QmBarkFrame *const frame =
            qm_bark_frame(w->sums->stems[n].bark, (int64_t)(own + 0.5));
        s->active = frame && !s->muted && frame_power(frame) >= s->gate;
        qm_hear(&w->hearing, frame, &s->gain, &s->heard);
    }
}

static void add_others(Work *w)
{
    QmBands sum = {0};
    for (uint32_t n = 0; n < w->sums->n; n++)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            w->stems[n].others.v[i] = sum.v[i];
            sum.v[i] += w->stems[n].heard.mask.v[i];
        }
    sum = (QmBands){0};
    for (uint32_t n = w->sums->n; n-- > 0;)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            w->stems[n].others.v[i] += sum.v[i];
            sum.v[i] += w->stems[n].heard.mask.v[i];
        }
}

static void take_stem(Work *w, uint32_t n)
{
    const Stem *const s = &w->stems[n];
    QmStemSums *const sums = &w->sums->stem[n];
    sums->active++;
    QmVecI any = {0};
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec threshold = qm_vec_max(s->others.v[i], w->hearing.quiet.v[i]);
        const QmVec severity =
            qm_severity(qm_vec_log2(threshold), s->heard.log_power.v[i]);
        const QmVecI heard = s->heard.heard[i];
        add(&sums->masking, i, severity);
        add(&sums->severity, i, (QmVec)((QmVecI)severity & heard));
        add(&sums->hidden, i, severity * s->heard.share.v[i]);
        add(&sums->heard, i, (QmVec)((QmVecI)qm_vec(1) & heard));
        any |= heard;
    }
    sums->audible += any_lane(any);
}

/* Stem `a` over stem `b`, which is active. */
static void take_pair(Work *w, uint32_t a, uint32_t b, int64_t t)
{
    const Stem *const masker = &w->stems[a], *const masked = &w->stems[b];
    QmPairSums *const sums = &w->sums->pair[a * w->sums->n + b];
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec all =
            qm_severity(masker->heard.log_mask.v[i], masked->heard.log_power.v[i]);
        const QmVec severity = (QmVec)((QmVecI)all & masked->heard.heard[i]);
        add(&sums->severity, i, severity);
        add(&sums->hidden, i, severity * masked->heard.share.v[i]);
        take_severe(w, sums, i, (int32_t)t, severity);
    }
    if (!masker->active)
        return;
    sums->together++;
    for (uint32_t i = 0; a < b && i < QM_BARK_VECS; i++)
        add(&sums->overlap, i,
            qm_vec_min(masker->heard.share.v[i], masked->heard.share.v[i]));
}

static void take_look(Work *w, int64_t t)
{
    const uint32_t n = w->sums->n;
    look(w, t);
    add_others(w);
    for (uint32_t j = 0; j < n; j++) {
        if (!w->stems[j].active)
            continue;
        take_stem(w, j);
        for (uint32_t i = 0; w->sums->pair && i < n; i++)
            if (i != j)
                take_pair(w, i, j, t);
    }
    if (t % SETTLE == SETTLE - 1)
        settle_all(w->sums);
}

static void finish(Work *w)
{
    settle_all(w->sums);
    for (uint32_t i = 0; w->sums->pair && i < w->sums->n * w->sums->n; i++)
        for (uint32_t b = 0; b < QM_BARKS; b++)
            close_run(w, &w->sums->pair[i], b);
}

/* The finest grid of looks that any stem has, up to the end of the longest. */
static void set_grid(QmMaskingSums *sums)
{
    for (uint32_t i = 0; i < sums->n; i++) {
        const double hop_s = sums->stems[i].bark->hop_s;
        sums->hop_s = i == 0 || hop_s < sums->hop_s ? hop_s : sums->hop_s;
    }
    for (uint32_t i = 0; i < sums->n; i++) {
        const QmBark *const bark = sums->stems[i].bark;
        const double looks = (double)bark->count * bark->hop_s / sums->hop_s;
        const int64_t whole = (int64_t)(looks + 0.5);
        sums->looks = whole > sums->looks ? whole : sums->looks;
    }
}

QmMasking *qm_masking(const QmMaskingStem *stems, uint32_t n, QmMaskingDepth depth,
                      QmArena *arena)
{
    assert(n <= QM_MASKING_MAX_STEMS);
    QmMaskingSums sums = {.stems = stems, .n = n};
    QmMasking *const masking = QM_NEW(arena, QmMasking);
    Work *const w = QM_NEW(arena, Work);
    Stem *const work_stems = QM_NEW_ARRAY(arena, Stem, n);
    sums.stem = QM_NEW_ARRAY(arena, QmStemSums, n);
    if (depth == QM_MASKING_PAIRS)
        sums.pair = QM_NEW_ARRAY(arena, QmPairSums, (size_t)n * n);
    if (!masking || !w || !work_stems || !sums.stem ||
        (depth == QM_MASKING_PAIRS && !sums.pair))
        return NULL;
    w->sums = &sums;
    w->stems = work_stems;
    qm_hearing_init(&w->hearing);
    set_grid(&sums);
    w->gap = n ? (int32_t)(GAP_S / sums.hop_s) : 0;
    w->least = n ? (int32_t)(LEAST_S / sums.hop_s) : 0;
    for (uint32_t i = 0; i < n; i++)
        prepare_stem(&stems[i], sums.hop_s, &w->stems[i]);
    for (int64_t t = 0; t < sums.looks; t++)
        take_look(w, t);
    finish(w);
    return qm_masking_rows(&sums, masking, arena) ? masking : NULL;
}
