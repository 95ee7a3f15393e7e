/* With mid and side powers M and S of a band, adding the channels loses
 *
 *     loss = 10 log10((M + S) / (2 M))
 *
 * against unrelated channels (analysis/stereo.h); a width of w makes S into w^2 S. So from
 * the loss of the worst octave follows what width brings it to another loss, and the same
 * octave stays the worst.
 *
 * `width` of the facts is S / (M + S): 0 mono, 0.5 unrelated. */
#include "mix/field.h"

#include "base/qmath.h"

#include <string.h>

#define MOVABLE 0.5 /* a strip that is less so stays where it is */

bool qm_field_stereo(const QmFacts *raw)
{
    return raw->kind == QM_CHANNELS_STEREO && !raw->width.why;
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

/* S / M of a loss; below that of a mono sound there is none. */
static double side_of(double loss)
{
    const double ratio = 2 * qm_pow(10, loss / 10) - 1;
    return ratio > 0 ? ratio : 0;
}

double qm_field_widest(const QmFacts *raw, double loss)
{
    if (!qm_field_stereo(raw) || raw->mono_loss_max.why)
        return QM_FIELD_WIDEST;
    const double now = side_of(raw->mono_loss_max.value), most = side_of(loss);
    if (now * QM_FIELD_WIDEST * QM_FIELD_WIDEST <= most)
        return QM_FIELD_WIDEST;
    return qm_sqrt(most / now);
}

bool qm_field_is_free(const QmMix *mix, const QmMixStrip *strip, double lean)
{
    return qm_mix_heard(mix, strip) && !qm_roles[strip->role].centred &&
           mix->base->strips[strip->at].fader.pan == 0 &&
           !qm_field_leans(strip->raw, lean) && qm_field_movable(strip->raw) >= MOVABLE;
}

bool qm_field_before(const QmMixStrip *a, const QmMixStrip *b)
{
    return strcmp(a->name, b->name) < 0;
}
