/* With E the power of a stem in a band, T what all others hide there (hearing.c), the
 * severity of a look is s = clip(10 log10(T / E) / 20, 0, 1), and the total is
 * sum of w_n M_n^2, M_n = mean over the stem's active looks of the sum of s over bands.
 * Between the ends of the clip, per dB in band b' of stem k,
 *
 *     its own     d s_k(b') = -1/20
 *     of others   d s_n(b)  = 1/20 off_k(b) S(b', b) E_k(b') / T_n(b)   if T_n > quiet
 *
 * S: spreading from b' to b, off: how far below that masking begins. So the slope of one
 * stem takes one walk over the looks, all its 24 bands at once: what is asked of the
 * others is added up over them before it is spread, back to where it comes from.
 *
 * The sample of looks: one of each stretch of equal length, at a place in it that goes
 * round by the golden ratio, which is far from any rhythm. */
#include "mix/mask_model.h"

#include "analysis/hearing.h"
#include "base/qmath.h"
#include "mix/eq_curve.h"

#define GATE          1e-7f /* -70 dB, as in masking.c */
#define RELATIVE_GATE 0.01  /* -20 dB, as in masking.c */
#define LOUD          0.1   /* -10 dB, as in gating.c */
#define GOLDEN        0.61803398874989485
#define PER_DB        0.05f               /* of 20 dB */
#define LOG2_OF_DB    0.33219280948873623 /* log2(10) / 10 */
#define MOST_RATIO    100.0f              /* 20 dB: where the clip ends */

/* A look at a stem. */
typedef struct Cell {
    QmBands power, log_power; /* as it came, by its gain; log2 */
    QmBands offset;           /* factor from what is spread to what is hidden */
    QmBands mask;             /* as it is now */
    bool active;
} Cell;

typedef struct Stem {
    QmBands factor, log_factor; /* of the power, now */
    double weight;
    double masking, heard; /* M now, and that of what can be heard alone */
    int64_t active;        /* looks */
} Stem;

struct QmMaskModel {
    QmHearing hearing;
    QmBands back[QM_BARKS]; /* spreading to band b, over the bands it comes from */
    uint32_t n, looks;
    Stem *stems;     /* [n] */
    Cell *cells;     /* [looks][n] */
    QmBands *others; /* [n]: what all others hide, of the look at hand */
};

/* --- a sample of the looks ---------------------------------------------------------- */

static bool thin_one(const QmBark *bark, double hop_s, uint32_t looks, double step,
                     QmArena *arena, QmBark *thin)
{
    *thin = (QmBark){.hop_s = hop_s * step, .count = looks};
    for (uint32_t i = 0; i < looks; i += QM_BARK_CHUNK) {
        QmBarkFrame *const chunk = QM_NEW_ARRAY(arena, QmBarkFrame, QM_BARK_CHUNK);
        if (!chunk || !qm_list_append(&thin->chunks, &chunk, 1, sizeof chunk, arena))
            return false;
        for (uint32_t k = 0; k < QM_BARK_CHUNK && i + k < looks; k++) {
            const double turns = GOLDEN * (i + k);
            const double in = step > 1 ? turns - (double)(int64_t)turns : 0;
            const int64_t t = (int64_t)((i + k + in) * step);
            const QmBarkFrame *const frame =
                qm_bark_frame(bark, (int64_t)((double)t * hop_s / bark->hop_s + 0.5));
            if (frame)
                chunk[k] = *frame;
        }
    }
    return true;
}

bool qm_bark_thin(const QmBark *const *barks, uint32_t n, uint32_t looks, QmArena *arena,
                  QmBark *thin)
{
    double hop_s = 0, end_s = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double end = (double)barks[i]->count * barks[i]->hop_s;
        hop_s = i == 0 || barks[i]->hop_s < hop_s ? barks[i]->hop_s : hop_s;
        end_s = end > end_s ? end : end_s;
    }
    const double all = n ? end_s / hop_s : 0;
    const uint32_t some = all < looks ? (uint32_t)all : looks;
    for (uint32_t i = 0; i < n; i++)
        if (!thin_one(barks[i], hop_s, some, some ? all / some : 1, arena, &thin[i]))
            return false;
    return true;
}

/* --- looks -------------------------------------------------------------------------- */

/* What the power, by the stem's factor, hides around it. */
static void spread(const QmMaskModel *m, const Stem *stem, Cell *cell)
{
    float power[QM_BARKS];
    QmBands sum = {0};
    for (uint32_t i = 0; i < QM_BARK_VECS; i++)
        qm_vec_store(power + QM_LANES * i, cell->power.v[i] * stem->factor.v[i]);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++)
            sum.v[i] += m->hearing.spread[b].v[i] * qm_vec(power[b]);
    for (uint32_t i = 0; i < QM_BARK_VECS; i++)
        cell->mask.v[i] = sum.v[i] * cell->offset.v[i];
}

static void read_cell(const QmMaskModel *m, const QmBarkFrame *frame, float gain,
                      Cell *cell)
{
    float power[QM_BARKS];
    for (uint32_t b = 0; b < QM_BARKS; b++)
        power[b] = qm_bark_unpacked(frame->power[b]);
    const QmVec tone = qm_vec((float)frame->tonality / 65535), noise = qm_vec(1) - tone;
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        cell->power.v[i] = qm_vec_load(power + QM_LANES * i) * qm_vec(gain);
        cell->log_power.v[i] = qm_vec_log2(cell->power.v[i]);
        cell->offset.v[i] =
            qm_vec_exp2(qm_vec(0) - (tone * m->hearing.tone_offset.v[i] +
                                     noise * m->hearing.noise_offset.v[i]));
    }
}

static float frame_power(const QmBarkFrame *frame)
{
    float power = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        power += qm_bark_unpacked(frame->power[b]);
    return power;
}

static float gate_of(const QmBark *bark)
{
    double sum = 0, count = 0;
    for (int64_t t = 0; t < bark->count; t++) {
        const float power = frame_power(qm_bark_frame(bark, t));
        sum += power >= GATE ? power : 0;
        count += power >= GATE;
    }
    const float relative = count > 0 ? (float)(RELATIVE_GATE * sum / count) : 0;
    return relative > GATE ? relative : GATE;
}

static void read_stem(QmMaskModel *m, const QmMaskingStem *from, uint32_t s)
{
    const float gate = gate_of(from->bark), gain = (float)(from->gain * from->gain);
    for (uint32_t t = 0; t < m->looks; t++) {
        const QmBarkFrame *const frame = qm_bark_frame(from->bark, t);
        Cell *const cell = &m->cells[t * m->n + s];
        read_cell(m, frame, gain, cell);
        cell->active = from->gain > 0 && frame_power(frame) >= gate;
        m->stems[s].active += cell->active;
    }
}

/* What all others hide, for each stem (sums from both ends: masking.c says why). */
static void add_others(QmMaskModel *m, const Cell *look)
{
    QmBands sum = {0};
    for (uint32_t n = 0; n < m->n; n++)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            m->others[n].v[i] = sum.v[i];
            sum.v[i] += look[n].mask.v[i];
        }
    sum = (QmBands){0};
    for (uint32_t n = m->n; n-- > 0;)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            m->others[n].v[i] += sum.v[i];
            sum.v[i] += look[n].mask.v[i];
        }
}

/* --- the total ---------------------------------------------------------------------- */

static float sum_of(QmVec x)
{
    float sum = 0;
    for (uint32_t k = 0; k < QM_LANES; k++)
        sum += x[k];
    return sum;
}

/* Adds a look at a stem. */
static void add_look(QmMaskModel *m, const Cell *cell, uint32_t n)
{
    Stem *const s = &m->stems[n];
    QmVec all = qm_vec(0), heard = qm_vec(0);
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec threshold = qm_vec_max(m->others[n].v[i], m->hearing.quiet.v[i]);
        const QmVec alone = qm_vec_max(cell->mask.v[i], m->hearing.quiet.v[i]);
        const QmVec severity = qm_severity(qm_vec_log2(threshold),
                                           cell->log_power.v[i] + s->log_factor.v[i]);
        const QmVecI can = qm_vec_less(alone, cell->power.v[i] * s->factor.v[i]);
        all += severity;
        heard += (QmVec)((QmVecI)severity & can);
    }
    s->masking += sum_of(all);
    s->heard += sum_of(heard);
}

static void measure(QmMaskModel *m)
{
    for (uint32_t n = 0; n < m->n; n++)
        m->stems[n].masking = m->stems[n].heard = 0;
    for (uint32_t t = 0; t < m->looks; t++) {
        const Cell *const look = &m->cells[t * m->n];
        add_others(m, look);
        for (uint32_t n = 0; n < m->n; n++)
            if (look[n].active)
                add_look(m, &look[n], n);
    }
    for (uint32_t n = 0; n < m->n; n++) {
        const double looks = m->stems[n].active > 0 ? (double)m->stems[n].active : 1;
        m->stems[n].masking /= looks;
        m->stems[n].heard /= looks;
    }
}

static void change(QmMaskModel *m, uint32_t stem, const double db[QM_BARKS])
{
    Stem *const s = &m->stems[stem];
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        s->factor.v[b / QM_LANES][b % QM_LANES] = (float)qm_exp2(LOG2_OF_DB * db[b]);
        s->log_factor.v[b / QM_LANES][b % QM_LANES] = (float)(LOG2_OF_DB * db[b]);
    }
    for (uint32_t t = 0; t < m->looks; t++)
        spread(m, s, &m->cells[t * m->n + stem]);
}

QmMaskModel *qm_mask_model(const QmMaskingStem *stems, const double *weights, uint32_t n,
                           QmArena *arena)
{
    QmMaskModel *const m = QM_NEW(arena, QmMaskModel);
    if (!m)
        return NULL;
    m->n = n;
    m->looks = n ? (uint32_t)stems[0].bark->count : 0;
    m->stems = QM_NEW_ARRAY(arena, Stem, n);
    m->cells = QM_NEW_ARRAY(arena, Cell, (size_t)n * m->looks);
    m->others = QM_NEW_ARRAY(arena, QmBands, n);
    if (!m->stems || !m->cells || !m->others)
        return NULL;
    qm_hearing_init(&m->hearing);
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t from = 0; from < QM_BARKS; from++)
            m->back[b].v[from / QM_LANES][from % QM_LANES] =
                m->hearing.spread[from].v[b / QM_LANES][b % QM_LANES];
    static const double nothing[QM_BARKS];
    for (uint32_t s = 0; s < n; s++) {
        m->stems[s].weight = weights[s];
        read_stem(m, &stems[s], s);
        change(m, s, nothing);
    }
    measure(m);
    return m;
}

double qm_mask_total(const QmMaskModel *model)
{
    double total = 0;
    for (uint32_t n = 0; n < model->n; n++) {
        const Stem *const s = &model->stems[n];
        total += s->weight * s->masking * s->masking;
    }
    return total;
}

double qm_mask_heard(const QmMaskModel *model)
{
    double total = 0;
    for (uint32_t n = 0; n < model->n; n++)
        total += model->stems[n].heard * model->stems[n].heard;
    return total;
}

void qm_mask_change(QmMaskModel *model, uint32_t stem, const double db[QM_BARKS])
{
    change(model, stem, db);
    measure(model);
}

/* --- its slope ---------------------------------------------------------------------- */

/* Where more masking or less power would change the severity, as a mask. */
static QmVecI moves(const QmMaskModel *m, const Cell *cell, uint32_t n, uint32_t i)
{
    const QmVec threshold = qm_vec_max(m->others[n].v[i], m->hearing.quiet.v[i]);
    const QmVec power = cell->power.v[i] * m->stems[n].factor.v[i];
    return qm_vec_less(power, threshold) &
           qm_vec_less(threshold, power * qm_vec(MOST_RATIO));
}

/* What a dB more of severity in each look costs: dM^2 / dM / looks / 20. */
static float price(const Stem *s)
{
    return s->active > 0
               ? PER_DB * (float)(2 * s->weight * s->masking / (double)s->active)
               : 0;
}

/* Of all others, by what stem k hides. */
static QmBands asked(const QmMaskModel *m, const Cell *look, uint32_t k)
{
    QmBands sum = {0};
    for (uint32_t n = 0; n < m->n; n++) {
        if (n == k || !look[n].active)
            continue;
        const QmVec cost = qm_vec(price(&m->stems[n]));
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            const QmVec others = m->others[n].v[i];
            const QmVecI counts =
                moves(m, &look[n], n, i) & qm_vec_less(m->hearing.quiet.v[i], others);
            sum.v[i] += qm_vec_select(counts, cost / others, qm_vec(0));
        }
    }
    return sum;
}

void qm_mask_slope(QmMaskModel *model, uint32_t stem, double slope[QM_BARKS])
{
    const QmMaskModel *const m = model;
    const QmVec own = qm_vec(price(&m->stems[stem]));
    QmBands sum = {0};
    for (uint32_t t = 0; t < m->looks; t++) {
        const Cell *const look = &m->cells[t * m->n], *const cell = &look[stem];
        add_others(model, look);
        const QmBands all = asked(m, look, stem);
        float wish[QM_BARKS];
        QmBands from = {0};
        for (uint32_t i = 0; i < QM_BARK_VECS; i++)
            qm_vec_store(wish + QM_LANES * i, all.v[i] * cell->offset.v[i]);
        for (uint32_t b = 0; b < QM_BARKS; b++)
            for (uint32_t i = 0; i < QM_BARK_VECS; i++)
                from.v[i] += m->back[b].v[i] * qm_vec(wish[b]);
        for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
            sum.v[i] += from.v[i] * cell->power.v[i] * m->stems[stem].factor.v[i];
            if (cell->active)
                sum.v[i] -= qm_vec_select(moves(m, cell, stem, i), own, qm_vec(0));
        }
    }
    for (uint32_t b = 0; b < QM_BARKS; b++)
        slope[b] = sum.v[b / QM_LANES][b % QM_LANES];
}

/* --- loudness ----------------------------------------------------------------------- */

static double weighted(const Cell *cell, const double k[QM_BARKS])
{
    double sum = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++)
        sum += k[b] * cell->power.v[b / QM_LANES][b % QM_LANES];
    return sum;
}

void qm_mask_shares(const QmMaskModel *model, uint32_t stem, double share[QM_BARKS])
{
    const QmMaskModel *const m = model;
    double k[QM_BARKS], mean = 0, all = 0;
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        k[b] = qm_k_power(qm_bark_hz(b + 0.5));
        share[b] = 0;
    }
    for (uint32_t t = 0; t < m->looks; t++)
        if (m->cells[t * m->n + stem].active)
            mean += weighted(&m->cells[t * m->n + stem], k);
    mean /= m->stems[stem].active > 0 ? (double)m->stems[stem].active : 1;
    for (uint32_t t = 0; t < m->looks; t++) {
        const Cell *const cell = &m->cells[t * m->n + stem];
        if (weighted(cell, k) < LOUD * mean)
            continue;
        for (uint32_t b = 0; b < QM_BARKS; b++)
            share[b] += k[b] * cell->power.v[b / QM_LANES][b % QM_LANES];
    }
    for (uint32_t b = 0; b < QM_BARKS; b++)
        all += share[b];
    for (uint32_t b = 0; b < QM_BARKS; b++)
        share[b] = all > 0 ? share[b] / all : 1.0 / QM_BARKS;
}
