/* With mid and side powers M and S of a band, adding the channels loses
 *
 *     loss = 10 log10((M + S) / (2 M))
 *
 * against unrelated channels (analysis/stereo.h); a width of w makes S into w^2 S. So the
 * loss of the worst octave tells what width brings it to another loss, and the same
 * octave stays the worst.
 *
 * `width` of the facts is S / (M + S): 0 mono, 0.5 unrelated. */
#include "mix/field.h"

#include "base/qmath.h"

#include <string.h>

#define NARROW  (-40.0) /* dB: nobody hears a side that is softer */
#define MOVABLE 0.5     /* a strip that is less so stays where it is */
#define LOWS    0.5     /* from that on it is a bass, whatever it is called */
#define AUDIBLE 1e-3    /* -30 dB: an octave below that does not make a strip narrower */

#define HALF_OCTAVE 1.41421356237309505

enum { END_LOWS = 8 };

bool qm_field_stereo(const QmFacts *raw)
{
    return raw->kind == QM_CHANNELS_STEREO && !raw->width.why && !raw->side.why &&
           raw->side.value > NARROW;
}

double qm_field_movable(const QmFacts *raw)
{
    if (raw->kind == QM_CHANNELS_OPPOSITE)
        return 0;
    if (!qm_field_stereo(raw))
        return 1;
    const double movable = 1 - 2 * raw->width.value;
    return movable > 0 ? movable : 0;
}

bool qm_field_leans(const QmFacts *raw, double lean)
{
    if (raw->kind == QM_CHANNELS_LEFT_ONLY || raw->kind == QM_CHANNELS_RIGHT_ONLY)
        return true;
    return qm_field_stereo(raw) && !raw->balance.why &&
           (raw->balance.value >= lean || raw->balance.value <= -lean);
}

static double power_in(const QmFacts *raw, uint32_t third)
{
    return raw->thirds[third] > QM_GAP ? qm_pow(10, raw->thirds[third] / 10) : 0;
}

/* S / M of a loss; below that of a mono sound there is none. */
static double side_of(double loss)
{
    const double ratio = 2 * qm_pow(10, loss / 10) - 1;
    return ratio > 0 ? ratio : 0;
}

/* The part of its power that is in the octave around `hz`. */
static double part_around(const QmFacts *raw, double hz)
{
    double octave = 0, all = 0;
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        const double middle = qm_third_middle(b), power = power_in(raw, b);
        octave += middle > hz / HALF_OCTAVE && middle < hz * HALF_OCTAVE ? power : 0;
        all += power;
    }
    return all > 0 ? octave / all : 0;
}

double qm_field_widest(const QmFacts *raw, double loss)
{
    if (!qm_field_stereo(raw) || raw->mono_loss_max.why)
        return QM_FIELD_WIDEST;
    const double now = side_of(raw->mono_loss_max.value), most = side_of(loss);
    if (now * QM_FIELD_WIDEST * QM_FIELD_WIDEST <= most)
        return QM_FIELD_WIDEST;
    if (now > most && part_around(raw, raw->mono_loss_freq.value) < AUDIBLE)
        return 1;
    return qm_sqrt(most / now);
}

/* Of the 1/3 octaves up to 100 Hz; the next one reaches over 120. */
double qm_field_lows(const QmFacts *raw)
{
    double lows = 0, all = 0;
    for (uint32_t b = 0; b < QM_THIRDS; b++) {
        const double power = power_in(raw, b);
        lows += b < END_LOWS ? power : 0;
        all += power;
    }
    return all > 0 ? lows / all : 0;
}

bool qm_field_is_free(const QmMix *mix, const QmMixStrip *strip, double lean)
{
    return qm_mix_heard(mix, strip) && !qm_roles[strip->role].centred &&
           mix->base->strips[strip->at].fader.pan == 0 &&
           !qm_field_leans(strip->raw, lean) && qm_field_movable(strip->raw) >= MOVABLE &&
           qm_field_lows(strip->raw) < LOWS;
}

bool qm_field_before(const QmMixStrip *a, const QmMixStrip *b)
{
    return strcmp(a->name, b->name) < 0;
}
