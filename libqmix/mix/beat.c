/* Two witnesses of the tempo: who wrote the session, and the analysis of the sum. */
#include "mix/beat.h"

/* How far two tempi may be apart that mean the same: what somebody wrote is exact, and
 * the measurement may be off; where nobody wrote one, in 400 beats they may drift apart
 * by a fifth of one. */
#define AGREES_WRITTEN 0.005
#define AGREES         0.0005

static bool agrees(double bpm, double other, double within)
{
    const double off = bpm / other - 1.0;
    return off < within && off > -within;
}

bool qm_mix_beat(const QmMix *mix, double least_confidence, QmBeat *beat)
{
    const double said = mix->session->tempo[0].bpm;
    const QmSongFacts *const song = mix->song;
    const bool heard = song && !song->bpm.why && song->bpm_steady &&
                       song->bpm_confidence >= least_confidence;
    const bool written = mix->base->file && mix->base->file[0];
    if (!heard) {
        *beat = (QmBeat){said, 0, mix->session->n_tempo == 1};
        return written && (!song || song->bpm.why);
    }
    const double bpm = song->bpm.value;
    const double within = written ? AGREES_WRITTEN : AGREES;
    const bool same = agrees(said, bpm, within) || agrees(2 * said, bpm, within) ||
                      agrees(said, 2 * bpm, within);
    *beat = (QmBeat){same ? said : bpm, song->first_beat.why ? 0 : song->first_beat.value,
                     same && mix->session->n_tempo == 1};
    return true;
}
