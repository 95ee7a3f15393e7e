/* A mix in the making without files: strips with made-up facts, and a template that says
 * what the test says. For tests of rules:
 *
 *     MixRig rig;
 *     mix_rig_open(&rig);
 *     mix_rig_add(&rig, "kick", QM_ROLE_KICK, &(MixSound){.lufs = -14});
 *     mix_rig_on(&rig, "gain.trim", QM_ROLE_COUNT);           for every role, and the mix
 *     mix_rig_set(&rig, "gain.trim", QM_ROLE_KICK, "reference", -20);
 *     mix_rig_begin(&rig);                                    no strips after this
 *     mix_rig_pass(&rig, QM_PASS_STEMS);
 *     mix_rig_number(&rig, "kick.trim.gain")                  -6; NAN: no such decision
 *     mix_rig_freeze(&rig);                                   for CHAINS: strip->chain
 *     mix_rig_close(&rig);
 *
 * All rules are off, with the defaults of their tables, until they are switched on. What
 * MixSound does not say is set in the facts themselves: rig.raw[0].clipped_runs = 3. The
 * song's facts (rig.song, rig.sum, rig.out) are those of a plain sum and may be changed
 * likewise; overrides go into rig.overrides before mix_rig_begin. */
#ifndef QM_TESTS_MIX_RIG_H
#define QM_TESTS_MIX_RIG_H

#include "mix/mix.h"

enum { MIX_RIG_STRIPS = 32, MIX_RIG_OVERRIDES = 16, MIX_RIG_READINGS = 8 };

/* What a strip sounds like; facts that agree with each other are made of it. Zero means
 * what stands behind the field. */
typedef struct MixSound {
    double lufs;      /* integrated, exactly; 0: -18. -70 and below: silent */
    double seconds;   /* 0: 10 */
    double low, high; /* Hz: its power is spread evenly from .. to; 0: 200, 2000 */
    double crest;     /* dB: peak over rms; 0: 12 */
    double transient; /* its ratio, 0 sustained .. 1 hits */
    double tonality;  /* 0 noise .. 1 tones */
    QmChannels kind;  /* MONO is a file of one channel */
    double side;      /* S against M, dB, of stereo; 0: -6 */
    double balance;   /* R against L, dB */
    /* Levels over time, dB against each other, each as long as the next; QM_GAP:
     * nothing. NULL: even. */
    const double *shape;
    uint32_t n_shape;
} MixSound;

typedef struct MixRig {
    QmArena arena;
    QmDiag diag;
    QmSession *session; /* the base; a clip a strip */
    QmTemplate template;
    QmSettings *settings;
    QmSongFacts song;
    QmFacts sum, out;
    QmFacts raw[MIX_RIG_STRIPS], chain[MIX_RIG_STRIPS], first[MIX_RIG_STRIPS];
    QmMixStrip strips[MIX_RIG_STRIPS];
    QmMixReading readings[MIX_RIG_STRIPS][MIX_RIG_READINGS];
    QmOverride overrides[MIX_RIG_OVERRIDES];
    QmMix mix; /* seed 1; target -14 LUFS, -1 dBTP */
} MixRig;

void mix_rig_open(MixRig *rig);
void mix_rig_close(MixRig *rig);

/* Facts by themselves. */
void mix_rig_facts(QmArena *arena, const MixSound *sound, QmFacts *facts);
/* By so many dB: loudness, peaks, spectrum, tenths, bark. */
void mix_rig_louder(QmArena *arena, QmFacts *facts, double db);

QmMixStrip *mix_rig_add(MixRig *rig, const char *name, QmRole role,
                        const MixSound *sound);
/* What a slot of a strip measured of itself. */
void mix_rig_reading(MixRig *rig, QmMixStrip *strip, const char *slot, const char *name,
                     double value);

/* Settings: of a role, or (QM_ROLE_COUNT) of every role and of the mix as a whole. A
 * setting is the name of a param, or, of a group, its number and name: "2.freq". */
void mix_rig_on(MixRig *rig, const char *rule, QmRole role);
void mix_rig_off(MixRig *rig, const char *rule, QmRole role);
void mix_rig_set(MixRig *rig, const char *rule, QmRole role, const char *setting,
                 double value);
void mix_rig_choose(MixRig *rig, const char *rule, QmRole role, const char *setting,
                    const char *choice);
void mix_rig_override(MixRig *rig, const char *target, const char *value);

/* These assert that all goes well; a test of failures calls qm_mix_begin, qm_mix_pass
 * and qm_mix_settle itself, after mix_rig_ready. */
void mix_rig_ready(MixRig *rig);
void mix_rig_begin(MixRig *rig);
void mix_rig_pass(MixRig *rig, QmPass pass);
void mix_rig_again(MixRig *rig, QmPass pass, uint32_t round);
/* As if the chains were rendered and nothing but the trim did anything: chain is raw,
 * louder by it. The first time `first` is the same. */
void mix_rig_freeze(MixRig *rig);
/* Settles, replays the log on the base, validates: the effective session. */
QmSession *mix_rig_session(MixRig *rig);

/* Of what was decided: its text, its number (choices as their index, switches 0 and 1;
 * NAN: there is no such decision), its reason; how many there are of a rule, notes
 * included; the reason of a rule's note about a strip. NULL: none. */
const char *mix_rig_text(const MixRig *rig, const char *address);
double mix_rig_number(const MixRig *rig, const char *address);
const char *mix_rig_because(const MixRig *rig, const char *address);
uint32_t mix_rig_count(const MixRig *rig, const char *rule);
const char *mix_rig_note(const MixRig *rig, const char *rule, const char *strip);

#endif
