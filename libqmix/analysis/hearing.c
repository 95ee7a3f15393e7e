/* The thresholds of hearing in critical bands b = 0..23, whose middles are z = b + 1/2.
 *
 * What has power E(b) in the bands is spread along the ear (Schroeder, Atal, Hall,
 * "Optimizing digital speech coders by exploiting masking properties of the human ear",
 * JASA 66, 1979); d is how many Bark the band that is masked is above the masker's:
 *
 *     S(b) = sum over b' of E(b') 10^(B(b - b') / 10)
 *     B(d) = 15.81 + 7.5 (d + 0.474) - 17.5 sqrt(1 + (d + 0.474)^2)   dB
 *
 * and hides what is below it by (Johnston, JSAC 6, 1988)
 *
 *     a (14.5 + z) + (1 - a) 5.5   dB,      a: tonality, 0 noise .. 1 tones
 *
 * Nothing is heard below the threshold in quiet (Terhardt 1979), f in kHz, where -23 LUFS
 * is 75 dB SPL: a mean square of 1 is 98 dB SPL.
 *
 *     3.64 f^-0.8 - 6.5 exp(-0.6 (f - 3.3)^2) + 0.001 f^4   dB SPL
 *
 * A stem can be heard in a band, alone, where it is above the threshold in quiet Q and
 * above what it hides itself. There it is as loud as (Zwicker and Fastl,
 * "Psychoacoustics", specific loudness, but for a factor)
 *
 *     ((Q + E) / 2)^0.23 - Q^0.23 */
#include "analysis/hearing.h"

#include "base/qmath.h"

#define LOG2_OF_DB 0.33219280948873623 /* log2(10) / 10 */
#define FULL_SCALE 98.0                /* dB SPL of a mean square of 1 */
#define LOUDNESS   0.23f

static double spread_db(double d)
{
    const double x = d + 0.474;
    return 15.81 + 7.5 * x - 17.5 * qm_sqrt(1 + x * x);
}

static double quiet_db_spl(double hz)
{
    const double f = hz / 1000, g = f - 3.3, square = f * f;
    return 3.64 * qm_pow(f, -0.8) - 6.5 * qm_exp(-0.6 * g * g) + 1e-3 * square * square;
}

static void set(QmBands *bands, uint32_t b, double x)
{
    bands->v[b / QM_LANES][b % QM_LANES] = (float)x;
}

void qm_hearing_init(QmHearing *hearing)
{
    for (uint32_t b = 0; b < QM_BARKS; b++) {
        const double z = b + 0.5;
        for (uint32_t from = 0; from < QM_BARKS; from++)
            set(&hearing->spread[from], b,
                qm_exp2(LOG2_OF_DB * spread_db((double)b - from)));
        set(&hearing->tone_offset, b, LOG2_OF_DB * (14.5 + z));
        set(&hearing->noise_offset, b, LOG2_OF_DB * 5.5);
        const double quiet = LOG2_OF_DB * (quiet_db_spl(qm_bark_hz(z)) - FULL_SCALE);
        set(&hearing->quiet, b, qm_exp2(quiet));
        set(&hearing->log_quiet, b, quiet);
        set(&hearing->loud_quiet, b, qm_exp2((double)LOUDNESS * quiet));
    }
}

static void unpack(const QmBarkFrame *frame, float *power)
{
    for (uint32_t b = 0; b < QM_BARKS; b++)
        power[b] = qm_bark_unpacked(frame->power[b]);
}

/* Shares of the loudness among the bands that are heard. */
static void weigh(const QmHearing *hearing, const float *power, QmHeard *heard)
{
    float sum = 0;
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec e = hearing->quiet.v[i] + qm_vec_load(power + QM_LANES * i);
        const QmVec loud = qm_vec_exp2(qm_vec_log2(qm_vec(0.5f) * e) * qm_vec(LOUDNESS)) -
                           hearing->loud_quiet.v[i];
        heard->share.v[i] = (QmVec)((QmVecI)loud & heard->heard[i]);
        for (uint32_t k = 0; k < QM_LANES; k++)
            sum += heard->share.v[i][k];
    }
    const QmVec norm = qm_vec(sum > 0 ? 1 / sum : 0);
    for (uint32_t i = 0; i < QM_BARK_VECS; i++)
        heard->share.v[i] *= norm;
}

void qm_hear(const QmHearing *hearing, const QmBarkFrame *frame, const QmBands *gain,
             QmHeard *heard)
{
    static const QmBarkFrame nothing;
    const QmBarkFrame *const f = frame ? frame : &nothing;
    float power[QM_BARKS];
    unpack(f, power);
    QmBands spread = {0};
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec x = qm_vec_load(power + QM_LANES * i) * gain->v[i];
        qm_vec_store(power + QM_LANES * i, x);
        heard->log_power.v[i] = qm_vec_log2(x);
    }
    for (uint32_t b = 0; b < QM_BARKS; b++)
        for (uint32_t i = 0; i < QM_BARK_VECS; i++)
            spread.v[i] += hearing->spread[b].v[i] * qm_vec(power[b]);
    const QmVec tone = qm_vec((float)f->tonality / 65535), noise = qm_vec(1) - tone;
    for (uint32_t i = 0; i < QM_BARK_VECS; i++) {
        const QmVec offset =
            tone * hearing->tone_offset.v[i] + noise * hearing->noise_offset.v[i];
        heard->log_mask.v[i] = qm_vec_log2(spread.v[i]) - offset;
        heard->mask.v[i] = qm_vec_exp2(heard->log_mask.v[i]);
        heard->heard[i] =
            qm_vec_less(qm_vec_max(heard->log_mask.v[i], hearing->log_quiet.v[i]),
                        heard->log_power.v[i]);
    }
    weigh(hearing, power, heard);
}
