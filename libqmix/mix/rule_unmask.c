/* Makes room between strips that hide each other, with broad bands: a strip is cut where
 * it hides others more than it needs that part of its sound, and boosted where others
 * hide it. What is asked for is M_total (analysis/masking.h), nothing else: every band is
 * what lowers it most at the moment, of a cut of the masker and a boost of the masked.
 *
 * CHAINS. Strip after strip, a few times around: the slope of M_total (mask_model.h), the
 * bands that go down it (eq_follow.h), and M_total again; what does not lower it, or
 * hides more of what can be heard than was hidden before, is dropped. Loudness stays:
 * what the bands add is taken off, here in the model and by the fader afterwards
 * (gain.level), so the search sees only shapes. A strip whose fader is not balanced may
 * change by HELD_LU. Bands never boost what cannot be heard of the strip even alone.
 *
 * AGAIN. The chains were measured with the bands, behind the compressors too: all of it
 * is compared with what was there before, at the same loudness, then each strip by
 * itself. What did not help is taken back; so is, where more of what can be heard is
 * hidden than before, what takes part in that.
 *
 * Panning apart is no cure here: M is of the mono sum, which it does not change
 * (spatial.separate does that, by another measure). */
#include "base/qmath.h"
#include "mix/eq_follow.h"
#include "mix/mask_model.h"

enum { DEPTH, SEVERITY, PRIORITY, BANDS, SHIFT, WORTH };

static const QmParam params[] = {
    [DEPTH] = {.name = "depth",
               .help = "most that a band of hearing is changed by",
               .unit = QM_UNIT_DB,
               .max = 6,
               .def = 3},
    [SEVERITY] = {.name = "severity",
                  .help = "strips that hide no one more than this, and are hidden by no "
                          "one more, are left alone (1: by 20 dB, always)",
                  .max = 1,
                  .def = 0.1},
    [PRIORITY] = {.name = "priority",
                  .help = "how much its being heard counts, against that of others",
                  .max = 10,
                  .def = 1},
    [BANDS] = {.name = "bands",
               .help = "most bands of a strip",
               .kind = QM_PARAM_INTEGER,
               .max = QM_EQ_FOLLOW_MAX,
               .def = 6},
    [SHIFT] = {.name = "shift",
               .help = "most that they change its loudness before the fader makes up",
               .unit = QM_UNIT_LU,
               .max = 6,
               .def = 3},
    [WORTH] = {.name = "worth",
               .help = "a band that lowers M_total by less than that is not used",
               .unit = QM_UNIT_PERCENT,
               .max = 100,
               .def = 0.02},
};

#define HELD_LU     0.3  /* what passes as the same loudness: half of 0.5 and a bit */
#define LEAST_HEARD 0.02 /* of the looks: what is heard less is not boosted */
#define LEAST_PART  0.01 /* of M_total: lowering it by less is not worth any band */
#define CORE        0.5  /* of its gain: where a band is at work */

enum {
    SWEEPS = 3,
    LOOKS = 8192, /* of all strips together: a twentieth of a second of work */
    LOOKS_MIN = 128,
    LOOKS_MAX = 1024,
};

/* The strips that are heard, as they are in the mix; thinned. */
typedef struct Crowd {
    uint32_t n;
    QmMixStrip *strips[QM_MASKING_MAX_STEMS];
    QmMaskingStem stems[QM_MASKING_MAX_STEMS];
    QmBark thin[QM_MASKING_MAX_STEMS];
} Crowd;

typedef struct Strip {
    const double *settings; /* NULL: not to be touched */
    double share[QM_BARKS];
    QmEqAnswer answer; /* the bands, so far */
} Strip;

typedef struct Work {
    QmMix *mix;
    const QmRule *rule;
    Crowd crowd;
    Strip strips[QM_MASKING_MAX_STEMS];
    QmMaskModel *model;
    const QmMasking *before;
    const QmEqChoices *choices;
    double depth;     /* of the choices */
    double total, to; /* M_total, before and now */
    double heard;     /* that of what can be heard, before: not to be raised */
} Work;

/* --- who is there ------------------------------------------------------------------- */

static bool out_of_memory(QmMix *mix)
{
    mix->status = qm_fail_memory(mix->diag);
    return false;
}

static bool thin(QmMix *mix, Crowd *crowd)
{
    const QmBark *barks[QM_MASKING_MAX_STEMS];
    uint32_t looks = LOOKS / crowd->n;
    looks = looks < LOOKS_MIN ? LOOKS_MIN : looks > LOOKS_MAX ? LOOKS_MAX : looks;
    for (uint32_t i = 0; i < crowd->n; i++)
        barks[i] = crowd->stems[i].bark;
    if (!qm_bark_thin(barks, crowd->n, looks, mix->arena, crowd->thin))
        return out_of_memory(mix);
    for (uint32_t i = 0; i < crowd->n; i++)
        crowd->stems[i].bark = &crowd->thin[i];
    return crowd->thin[0].count > 0;
}

/* False: no two are heard. */
static bool gather(QmMix *mix, Crowd *crowd)
{
    crowd->n = 0;
    for (uint32_t i = 0; i < mix->n_strips && crowd->n < QM_MASKING_MAX_STEMS; i++) {
        QmMixStrip *const strip = &mix->strips[i];
        const QmMeasured wanted = qm_mix_loudness(mix, strip);
        if (!qm_mix_heard(mix, strip) || wanted.why || strip->chain->bark.count == 0)
            continue;
        crowd->strips[crowd->n] = strip;
        crowd->stems[crowd->n++] = (QmMaskingStem){
            .name = strip->name,
            .bark = &strip->chain->bark,
            .loudness = strip->chain->lufs,
            .gain = qm_db_to_gain(wanted.value - strip->chain->lufs.value),
        };
    }
    return crowd->n > 1;
}

/* --- the search --------------------------------------------------------------------- */

/* How severely it hides another, or another hides it, where that is worst. */
static double involved(const QmMasking *masking, uint32_t i)
{
    double most = 0;
    for (uint32_t j = 0; j < masking->stems.count; j++) {
        if (j == i)
            continue;
        const QmMaskingPair *const over = qm_masking_pair(masking, i, j);
        const QmMaskingPair *const under = qm_masking_pair(masking, j, i);
        for (uint32_t b = 0; b < QM_BARKS; b++) {
            most = over->band[b] > most ? over->band[b] : most;
            most = under->band[b] > most ? under->band[b] : most;
        }
    }
    return most;
}

static bool prepare(Work *w)
{
    QmMix *const mix = w->mix;
    Crowd *const crowd = &w->crowd;
    double weights[QM_MASKING_MAX_STEMS];
    if (!thin(mix, crowd))
        return false;
    w->before = qm_masking(crowd->stems, crowd->n, QM_MASKING_PAIRS, mix->arena);
    if (!w->before)
        return out_of_memory(mix);
    for (uint32_t i = 0; i < crowd->n; i++) {
        uint32_t n_groups;
        const double *const settings =
            qm_mix_settings(mix, w->rule, crowd->strips[i], &n_groups);
        weights[i] = settings ? settings[PRIORITY] : 1;
        if (settings && involved(w->before, i) >= settings[SEVERITY])
            w->strips[i].settings = settings;
    }
    w->model = qm_mask_model(crowd->stems, weights, crowd->n, mix->arena);
    if (!w->model)
        return out_of_memory(mix);
    for (uint32_t i = 0; i < crowd->n; i++)
        qm_mask_shares(w->model, i, w->strips[i].share);
    w->total = w->to = qm_mask_total(w->model);
    w->heard = qm_mask_heard(w->model);
    return true;
}

/* Whether the fader will make up for a change of the loudness. */
static bool is_balanced(const QmMix *mix, const QmMixStrip *strip)
{
    const QmRule *const level = qm_rule_find("gain.level");
    uint32_t n_groups;
    return level && qm_mix_settings(mix, level, strip, &n_groups) &&
           !qm_overruled(mix, "%s.fader.gain", strip->name);
}

static QmEqWish wish_of(Work *w, uint32_t i)
{
    const Strip *const strip = &w->strips[i];
    const QmMaskedStem *const row = (const QmMaskedStem *)w->before->stems.items + i;
    const double *const settings = strip->settings;
    QmEqWish wish = {
        .depth = settings[DEPTH],
        .shift = is_balanced(w->mix, w->crowd.strips[i]) ? settings[SHIFT] : HELD_LU,
        .worth = settings[WORTH] / 100 * w->total,
        .count = (uint32_t)settings[BANDS],
    };
    qm_mask_slope(w->model, i, wish.slope);
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        wish.share[b] = strip->share[b];
        wish.may_boost[b] = row->presence[b] >= LEAST_HEARD;
    }
    return wish;
}

/* The curve, and the fader behind it. */
static void apply(Work *w, uint32_t i, const QmEqAnswer *answer)
{
    double db[QM_BARKS];
    for (uint32_t b = 0; b < QM_BARKS; b++)
        db[b] = answer->db[b] - answer->loudness;
    qm_mask_change(w->model, i, db);
}

static bool improve(Work *w, uint32_t i)
{
    Strip *const strip = &w->strips[i];
    QmEqAnswer answer;
    if (!strip->settings || strip->settings[DEPTH] <= 0)
        return false;
    if (!w->choices || w->depth != strip->settings[DEPTH]) {
        w->depth = strip->settings[DEPTH];
        w->choices = qm_eq_choices(w->depth, w->mix->arena);
        if (!w->choices)
            return out_of_memory(w->mix);
    }
    const QmEqWish wish = wish_of(w, i);
    qm_eq_follow(w->choices, &wish, &answer);
    if (answer.value <= qm_eq_value(&wish, strip->answer.db))
        return false;
    apply(w, i, &answer);
    const double total = qm_mask_total(w->model);
    if (total >= w->to || qm_mask_heard(w->model) > w->heard) {
        apply(w, i, &strip->answer);
        return false;
    }
    w->to = total;
    strip->answer = answer;
    return true;
}

/* Whether the bands that were found lower the total by priorities enough, and do not
 * raise that of all alike. */
static bool is_worth_it(const Work *w)
{
    QmMaskingStem stems[QM_MASKING_MAX_STEMS];
    float factors[QM_MASKING_MAX_STEMS][QM_BARKS];
    for (uint32_t i = 0; i < w->crowd.n; i++) {
        const QmEqAnswer *const answer = &w->strips[i].answer;
        for (uint32_t b = 0; b < QM_BARKS; b++)
            factors[i][b] = (float)qm_pow(10, (answer->db[b] - answer->loudness) / 10);
        stems[i] = w->crowd.stems[i];
        stems[i].bands = factors[i];
    }
    const QmMasking *const after =
        qm_masking(stems, w->crowd.n, QM_MASKING_TOTALS, w->mix->arena);
    if (!after)
        return out_of_memory(w->mix);
    return w->to < (1 - LEAST_PART) * w->total &&
           after->total.value <= w->before->total.value;
}

/* --- saying it ---------------------------------------------------------------------- */

/* What a band is most about: of a cut the strip that it hides worst there, of a boost the
 * strip that hides it. */
static QmReason reason_of(const Work *w, uint32_t i, const double db[QM_BARKS])
{
    double peak = 0, worst = 0;
    uint32_t at = 0, with = i;
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        const double size = db[b] < 0 ? -db[b] : db[b];
        peak = size > peak ? size : peak;
    }
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t j = 0; j < w->crowd.n; j++) {
            if (j == i || (db[b] < CORE * peak && db[b] > -CORE * peak))
                continue;
            const QmMaskingPair *const pair = db[b] < 0
                                                  ? qm_masking_pair(w->before, i, j)
                                                  : qm_masking_pair(w->before, j, i);
            if (pair->band[b] <= worst)
                continue;
            worst = pair->band[b];
            at = b;
            with = j;
        }
    QmReason reason = qm_reason(w->mix);
    QmText range;
    qm_text_init(&range, w->mix->arena);
    qm_text_printf(&range, "%d-%d", (int)(qm_bark_hz(at) + 0.5),
                   (int)(qm_bark_hz(at + 1) + 0.5));
    if (with != i && !range.failed) {
        qm_reason_word(&reason, db[at] < 0 ? "masked" : "masker",
                       w->crowd.stems[with].name);
        qm_reason_word(&reason, "band", range.data);
        qm_reason_number(&reason, "severity", worst, 2);
    }
    qm_reason_number(&reason, "total", w->total, 1);
    qm_reason_number(&reason, "to", w->to, 1);
    return reason;
}

static void decide(Work *w)
{
    QmEqPoints points;
    qm_eq_points(&points);
    for (uint32_t i = 0; i < w->crowd.n; i++) {
        const QmEqAnswer *const answer = &w->strips[i].answer;
        for (uint32_t k = 0; k < answer->n; k++) {
            double db[QM_BARKS];
            qm_eq_barks(&points, &answer->bands[k], 1, db);
            const QmReason reason = reason_of(w, i, db);
            qm_eq_decide(w->mix, w->rule, &reason, w->crowd.stems[i].name,
                         &answer->bands[k]);
        }
    }
}

static void search(QmMix *mix, const QmRule *rule)
{
    Work *const w = QM_NEW(mix->arena, Work);
    if (!w) {
        out_of_memory(mix);
        return;
    }
    w->mix = mix;
    w->rule = rule;
    if (!gather(mix, &w->crowd) || !prepare(w))
        return;
    bool better = true;
    for (uint32_t sweep = 0; better && sweep < SWEEPS; sweep++) {
        better = false;
        for (uint32_t i = 0; i < w->crowd.n && mix->status == QM_OK; i++)
            better |= improve(w, i);
    }
    if (is_worth_it(w))
        decide(w);
}

/* --- whether it helped -------------------------------------------------------------- */

static bool has_bands(const QmMix *mix, const QmRule *rule, const QmMixStrip *strip)
{
    const QmDecision *const decisions = mix->log.decisions.items;
    for (size_t i = 0; i < mix->log.decisions.count; i++)
        if (qm_same(decisions[i].rule, rule->id) &&
            qm_target_within(decisions[i].target, strip->name))
            return true;
    return false;
}

/* What it was before the bands, as loud as it is. */
static QmMaskingStem stem_before(const QmMixStrip *strip, const QmMaskingStem *now)
{
    QmMaskingStem stem = *now;
    if (strip->first->lufs.why || strip->first->bark.count == 0)
        return stem;
    stem.bark = &strip->first->bark;
    stem.loudness = strip->first->lufs;
    stem.gain *= qm_db_to_gain(now->loudness.value - strip->first->lufs.value);
    return stem;
}

typedef struct Hidden {
    double total, heard; /* M_total, and that of what can be heard */
} Hidden;

static Hidden hidden_in(QmMix *mix, Crowd crowd)
{
    if (!thin(mix, &crowd))
        return (Hidden){0};
    const QmMasking *const masking =
        qm_masking(crowd.stems, crowd.n, QM_MASKING_TOTALS, mix->arena);
    if (!masking) {
        out_of_memory(mix);
        return (Hidden){0};
    }
    return (Hidden){masking->total.value, masking->heard_total.value};
}

static void take_back(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                      Hidden with, Hidden without)
{
    const bool by_total = without.total <= with.total;
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "taken-back", "bands");
    qm_reason_number(&reason, by_total ? "total" : "heard",
                     by_total ? with.total : with.heard, 1);
    qm_reason_number(&reason, "without", by_total ? without.total : without.heard, 1);
    qm_take_back(mix, rule, "%s.eq", strip->name);
    qm_note(mix, rule, &reason, strip->name);
}

/* All of it first; then, once, one strip after another; those that hide more of what can
 * be heard whenever that is more than before. */
static void check(QmMix *mix, const QmRule *rule)
{
    Crowd *const now = QM_NEW(mix->arena, Crowd);
    bool touched[QM_MASKING_MAX_STEMS], any = false;
    if (!now) {
        out_of_memory(mix);
        return;
    }
    if (!gather(mix, now))
        return;
    Crowd before = *now;
    for (uint32_t i = 0; i < now->n; i++) {
        touched[i] = has_bands(mix, rule, now->strips[i]);
        any |= touched[i];
        if (touched[i])
            before.stems[i] = stem_before(now->strips[i], &now->stems[i]);
    }
    if (!any)
        return;
    const Hidden with = hidden_in(mix, *now), all = hidden_in(mix, before);
    const bool helps = with.total<all.total, hides = with.heard> all.heard;
    if (helps && !hides && mix->round > 0)
        return;
    for (uint32_t i = 0; i < now->n && mix->status == QM_OK; i++) {
        if (!touched[i])
            continue;
        Crowd other = *now;
        other.stems[i] = before.stems[i];
        const Hidden without = helps ? hidden_in(mix, other) : all;
        if (without.total <= with.total || (hides && without.heard < with.heard))
            take_back(mix, rule, now->strips[i], with, without);
    }
}

static void ask(QmMix *mix, const QmRule *rule, const double *settings, uint32_t n_groups)
{
    (void)settings;
    (void)n_groups;
    if (mix->pass == QM_PASS_CHAINS)
        search(mix, rule);
    else
        check(mix, rule);
}

const QmRule qm_rule_masking_unmask = {
    .id = "masking.unmask",
    .key = "unmask",
    .stage = QM_STAGE_MASKING,
    .passes = QM_PASS_CHAINS | QM_PASS_AGAIN,
    .reads = "powers in Bark bands over time and loudness behind the chains, faders",
    .writes = "STRIP.eq.*",
    .doc = "Cuts strips where they hide others, boosts them where they are hidden, and "
           "takes back what did not help when it was measured.",
    .params = params,
    .n_params = QM_COUNT(params),
    .mix = ask,
};
