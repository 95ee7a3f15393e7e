/* Facts are drawn from results that are there: nothing is measured here, but for three
 * things that follow from the loudness of tenths of a second:
 *
 *     active  of all tenths, those whose momentary window (from one before to two behind)
 *             is within 20 LU of the integrated loudness, the gate of EBU Tech 3342
 *     range   as LRA is of 3 s, of the momentary windows: 95th less 10th percentile of
 *             those at -70 LUFS or more that are at most 20 dB below the mean of all such
 *     silent  the absolute gate of BS.1770-5; what is too short for a window of 400 ms is
 *             silent when no sample reaches -70 dBFS */
#include "mix/facts.h"

#include "analysis/gating.h"
#include "analysis/level.h"
#include "analysis/loudness.h"
#include "analysis/onset.h"
#include "analysis/peak.h"
#include "analysis/spectrum.h"
#include "analysis/transience.h"
#include "base/qmath.h"
#include "base/sort.h"

#include <string.h>

#define GATE_LUFS  (-70.0)
#define BELOW_LU   20.0
#define BELOW_MEAN 0.01 /* the same as a power */

enum { RANGE_LEAST = 30 /* windows: fewer have no range; as of dynamics */ };

static const char not_analysed[] = "not analysed";

/* --- which features ----------------------------------------------------------------- */

static const QmFeature *const few[] = {
    &qm_feature_loudness,
    &qm_feature_peak,
    &qm_feature_bark,
};

static const QmFeature *const more[] = {
    &qm_feature_level,     &qm_feature_spectrum, &qm_feature_stereo,
    &qm_feature_resonance, &qm_feature_onset,    &qm_feature_transience,
};

static uint32_t bits_of(const QmFeature *const *features, size_t n)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < qm_feature_count(); i++)
        for (size_t k = 0; k < n; k++)
            bits |= (uint32_t)(features[k] == qm_feature_at(i)) << i;
    return bits;
}

uint32_t qm_facts_few(void) { return bits_of(few, sizeof few / sizeof few[0]); }

uint32_t qm_facts_features(void)
{
    return qm_facts_few() | bits_of(more, sizeof more / sizeof more[0]);
}

/* --- level -------------------------------------------------------------------------- */

static void draw_peak(const QmPeak *peak, QmFacts *f)
{
    const QmMeasured none = qm_unmeasured(not_analysed);
    f->peak = peak ? peak->sample : none;
    f->true_peak = peak ? peak->true_peak : none;
    f->clipped_runs = peak ? peak->clips.runs : 0;
    f->clipped_longest = peak ? peak->clips.longest : 0;
}

static void draw_level(const QmLevel *level, QmFacts *f)
{
    const QmMeasured none = qm_unmeasured(not_analysed);
    f->rms = level ? level->rms : none;
    f->crest = level ? level->crest : none;
    f->noise_floor = level ? level->noise_floor : none;
    f->dc = level ? level->dc : none;
}

/* --- loudness and what follows from it over time ------------------------------------ */

/* The window of QM_MOMENTARY tenths around tenth i that lies within the file. */
static double around(const QmFacts *f, uint64_t i)
{
    uint64_t from = i > 0 ? i - 1 : 0;
    if (from + QM_MOMENTARY > f->n_tenths)
        from = f->n_tenths > QM_MOMENTARY ? f->n_tenths - QM_MOMENTARY : 0;
    const uint64_t left = f->n_tenths - from;
    return qm_mean_energy(f->tenths + from, left < QM_MOMENTARY ? left : QM_MOMENTARY);
}

static double active_share(const QmFacts *f)
{
    if (f->lufs.why || f->n_tenths == 0)
        return f->silent ? 0 : 1;
    uint64_t active = 0;
    for (uint64_t i = 0; i < f->n_tenths; i++) {
        const double energy = around(f, i);
        active += energy > 0 && qm_lufs(energy) >= f->lufs.value - BELOW_LU;
    }
    return (double)active / (double)f->n_tenths;
}

/* The energies of the momentary windows at or above `gate`, appended to energies[]. */
static size_t windows_above(const QmFacts *f, double gate, double *energies, double *sum)
{
    size_t n = 0;
    *sum = 0;
    for (uint64_t i = 0; i + QM_MOMENTARY <= f->n_tenths; i++) {
        const double energy = qm_mean_energy(f->tenths + i, QM_MOMENTARY);
        if (energy <= 0 || qm_lufs(energy) < GATE_LUFS || energy < gate)
            continue;
        energies[n++] = energy;
        *sum += energy;
    }
    return n;
}

static bool draw_range(QmFacts *f, QmArena *arena)
{
    double *const energies = QM_NEW_ARRAY(arena, double, f->n_tenths);
    if (!energies)
        return false;
    double sum;
    size_t n = windows_above(f, 0, energies, &sum);
    if (n > 0)
        n = windows_above(f, BELOW_MEAN * sum / (double)n, energies, &sum);
    if (qm_sort(energies, n, sizeof *energies, qm_by_double, arena) != QM_OK)
        return false;
    f->range =
        n < RANGE_LEAST
            ? qm_unmeasured(f->n_tenths < RANGE_LEAST ? "under 3.3 s" : "below the gate")
            : qm_measured(qm_lufs(qm_percentile(energies, n, 0.95)) -
                          qm_lufs(qm_percentile(energies, n, 0.1)));
    return true;
}

static bool is_silent(const QmFacts *f, const QmLoudness *loudness)
{
    if (!loudness || f->n_tenths >= QM_MOMENTARY)
        return loudness && f->lufs.why;
    return f->peak.why || f->peak.value < GATE_LUFS;
}

static bool draw_loudness(const QmLoudness *loudness, QmArena *arena, QmFacts *f)
{
    const QmMeasured none = qm_unmeasured(not_analysed);
    f->lufs = loudness ? loudness->integrated : none;
    f->lra = loudness ? loudness->range : none;
    f->momentary_max = loudness ? loudness->momentary_max : none;
    f->short_term_max = loudness ? loudness->short_term_max : none;
    f->plr = loudness ? loudness->plr : none;
    f->range = none;
    f->n_tenths = loudness ? loudness->energies.count : 0;
    double *const tenths = QM_NEW_ARRAY(arena, double, f->n_tenths);
    if (!tenths)
        return false;
    for (uint64_t i = 0; i < f->n_tenths; i++)
        tenths[i] = ((const double *)loudness->energies.items)[i];
    f->tenths = tenths;
    f->tenth_s = loudness ? loudness->hop_s : 0;
    f->silent = is_silent(f, loudness);
    f->active = active_share(f);
    return !loudness || draw_range(f, arena);
}

/* --- spectrum ----------------------------------------------------------------------- */

static void draw_spectrum(const QmSpectrumResult *s, QmFacts *f)
{
    static const QmSpectrumResult nothing;
    const QmThird *const thirds = s ? s->thirds.items : NULL;
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        const bool there = s && b < s->thirds.count && !thirds[b].level.why;
        f->thirds[b] = there ? thirds[b].level.value : QM_GAP;
    }
    const QmSpectrumResult *const from = s ? s : &nothing;
    const struct {
        QmMeasured *to, from;
    } fields[] = {
        {&f->centroid, from->centroid},
        {&f->rolloff_95, from->rolloff_95},
        {&f->bandwidth, from->bandwidth},
        {&f->tilt, from->tilt},
        {&f->low, from->low},
        {&f->flatness_db, from->flatness_db},
        {&f->mid, from->mid},
        {&f->high, from->high},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        *fields[i].to = s ? fields[i].from : qm_unmeasured(not_analysed);
}

static void draw_resonances(const QmResonances *r, QmFacts *f)
{
    const size_t n = r ? r->resonances.count : 0;
    f->n_resonances = n < QM_MAX_RESONANCES ? n : QM_MAX_RESONANCES;
    for (uint64_t i = 0; i < f->n_resonances; i++) {
        const QmResonance *const from = (const QmResonance *)r->resonances.items + i;
        f->resonances[i] = (QmFactResonance){
            from->freq.value,
            from->prominence.value,
            from->q.value,
        };
    }
}

/* --- dynamics ----------------------------------------------------------------------- */

static bool draw_attack(const QmOnsets *onsets, QmArena *arena, QmFacts *f)
{
    f->onset_rate = onsets ? onsets->rate : qm_unmeasured(not_analysed);
    f->attack = qm_unmeasured(onsets ? "no onsets" : not_analysed);
    const size_t count = onsets ? onsets->onsets.count : 0;
    double *const attacks = QM_NEW_ARRAY(arena, double, count);
    if (!attacks)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const QmOnset *const onset = (const QmOnset *)onsets->onsets.items + i;
        if (!onset->attack.why)
            attacks[n++] = onset->attack.value;
    }
    if (qm_sort(attacks, n, sizeof *attacks, qm_by_double, arena) != QM_OK)
        return false;
    if (n > 0)
        f->attack = qm_measured(qm_percentile(attacks, n, 0.5));
    return true;
}

/* --- stereo ------------------------------------------------------------------------- */

static QmChannels kind_of(const QmStereo *stereo, uint64_t channels)
{
    static const struct {
        const char *word;
        QmChannels kind;
    } kinds[] = {
        {"stereo", QM_CHANNELS_STEREO},         {"dual mono", QM_CHANNELS_MONO},
        {"opposite", QM_CHANNELS_OPPOSITE},     {"left only", QM_CHANNELS_LEFT_ONLY},
        {"right only", QM_CHANNELS_RIGHT_ONLY},
    };
    for (size_t i = 0; stereo && i < sizeof kinds / sizeof kinds[0]; i++)
        if (qm_same(stereo->kind, kinds[i].word))
            return kinds[i].kind;
    return channels > 2 ? QM_CHANNELS_STEREO : QM_CHANNELS_MONO;
}

static void draw_stereo(const QmStereo *s, QmFacts *f)
{
    const QmMeasured none = qm_unmeasured(not_analysed);
    f->kind = kind_of(s, f->channels);
    f->correlation = s ? s->correlation : none;
    f->width = s ? s->width : none;
    f->side = s ? s->side : none;
    f->side_low = s ? s->side_low : none;
    f->balance = s ? s->balance : none;
    f->mono_loss_max = s ? s->mono_loss_max : none;
    f->mono_loss_freq = s ? s->mono_loss_freq : none;
}

/* --- all of it ---------------------------------------------------------------------- */

static bool draw_bark(const QmBark *bark, QmArena *arena, QmFacts *f)
{
    f->bark = (QmBark){.hop_s = bark ? bark->hop_s : 0};
    for (int64_t at = 0; bark && at < bark->count; at += QM_BARK_CHUNK) {
        const int64_t left = bark->count - at;
        const size_t n = left < QM_BARK_CHUNK ? (size_t)left : QM_BARK_CHUNK;
        QmBarkFrame *const frames = QM_NEW_ARRAY(arena, QmBarkFrame, n);
        if (!frames || !qm_list_append(&f->bark.chunks, &frames, 1, sizeof frames, arena))
            return false;
        memcpy(frames, qm_bark_frame(bark, at), n * sizeof *frames);
        f->bark.count += (int64_t)n;
    }
    return true;
}

bool qm_facts_draw(const QmAnalysis *analysis, uint64_t not_finite, QmArena *arena,
                   QmFacts *facts)
{
    const QmScanSpec *const spec = &analysis->spec;
    const QmTransience *const transience =
        qm_analysis_result(analysis, &qm_feature_transience);
    *facts = (QmFacts){
        .rate = (uint64_t)spec->rate,
        .channels = spec->channels,
        .seconds = (double)analysis->frames / spec->rate,
        .not_finite = (int64_t)not_finite,
        .transient_ratio = transience ? transience->ratio : qm_unmeasured(not_analysed),
    };
    draw_peak(qm_analysis_result(analysis, &qm_feature_peak), facts);
    draw_level(qm_analysis_result(analysis, &qm_feature_level), facts);
    draw_spectrum(qm_analysis_result(analysis, &qm_feature_spectrum), facts);
    draw_resonances(qm_analysis_result(analysis, &qm_feature_resonance), facts);
    draw_stereo(qm_analysis_result(analysis, &qm_feature_stereo), facts);
    return draw_loudness(qm_analysis_result(analysis, &qm_feature_loudness), arena,
                         facts) &&
           draw_attack(qm_analysis_result(analysis, &qm_feature_onset), arena, facts) &&
           draw_bark(qm_analysis_result(analysis, &qm_feature_bark), arena, facts);
}

QmMeasured qm_facts_loudness(const QmFacts *facts, double from_s, double to_s)
{
    if (facts->n_tenths == 0)
        return facts->lufs.why ? facts->lufs : qm_unmeasured("under 400 ms");
    /* The whole tenths within; a time that is a tenth's but for its last bits is its. */
    const double most = (double)facts->n_tenths;
    double from = from_s / facts->tenth_s - 1e-6, to = to_s / facts->tenth_s + 1e-6;
    from = from > 0 ? from : 0;
    from = from < most ? from : most;
    to = to < most ? to : most;
    uint64_t first = (uint64_t)from;
    first += (double)first < from;
    const uint64_t end = to > 0 ? (uint64_t)to : 0;
    const QmTenthRun run = {facts->tenths + first, end > first ? end - first : 0};
    return qm_gated_loudness(&run, 1);
}
