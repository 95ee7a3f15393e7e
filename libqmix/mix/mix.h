/* A mix in the making: what rules read, and how they decide.
 *
 * Failures (memory, an address that is none) are kept in mix->diag; rules do not look:
 * after the first one deciding does nothing. */
#ifndef QM_MIX_MIX_H
#define QM_MIX_MIX_H

#include "analysis/masking.h"
#include "analysis/relate.h"
#include "mix/facts.h"
#include "mix/template.h"

/* A source strip. */
struct QmMixStrip {
    const char *name;
    uint16_t at; /* in session->strips */
    QmRole role;
    const QmFacts *raw;   /* of what it plays, as it came */
    const QmFacts *chain; /* CHAINS on: behind its inserts, width and pan, before the
                             fader's gain; few facts only (qm_facts_few) */
    const QmFacts *first; /* AGAIN on: what `chain` was in CHAINS */
    /* From the rendering of its chain: the mean and the largest gain reduction of each
     * slot, dB; from CHAINS on (qm_mix_reading). */
    const struct QmMixReading *readings;
    uint32_t n_readings;
    QmMeasured wanted; /* LUFS in the mix, as the template asks for: gain.level sets it */
    const char *file;  /* what it plays first: for names */
};

typedef struct QmMixReading {
    const char *slot, *name; /* "compressor", "reduction" */
    double value;
} QmMixReading;

/* What users overrule. `value` "off": that there be no such decision. */
typedef struct QmOverride {
    const char *target; /* an address, a slot (bass.eq), a band (bass.eq.2), a strip, a
                           stage (masking) or a rule (gain.ride) */
    const char *value, *why; /* why: "" */
    QmPlace place;
    uint32_t used; /* how many decisions it has met */
} QmOverride;

struct QmMix {
    QmArena *arena;
    QmDiag *diag;
    const QmSession *base; /* before any decision */
    QmSession *session;    /* as decided so far: for looking at, never edited by rules */
    const QmTemplate *template;
    uint64_t seed;
    double lufs, ceiling; /* the master's target */
    QmPass pass;
    uint32_t round; /* how often this pass was made, from 0 */
    QmMixStrip *strips;
    uint32_t n_strips;
    const QmRelations *relations; /* pairs by index in strips; NULL: not looked at */
    const QmSongFacts *song;      /* of the plain sum */
    const QmFacts *sum, *out;     /* SUM on: the master's input; MASTER: its output */
    const QmMixReading *readings; /* MASTER: of the master's inserts */
    uint32_t n_readings;
    QmDecisionLog log;
    QmOverride *overrides;
    uint32_t n_overrides;
    QmStatus status; /* of the first failure; diag tells it */
};

/* --- making one --------------------------------------------------------------------- */

/* Fields above `pass`, strips and overrides were filled by the caller. Checks overrides
 * that name stages and rules, copies the session. */
QmStatus qm_mix_begin(QmMix *mix);
/* Asks the rules of a pass. */
QmStatus qm_mix_pass(QmMix *mix, QmPass pass, uint32_t round);
/* Sorts the log: stage, rule, strip. Before every use of it. */
QmStatus qm_mix_settle(QmMix *mix);
/* When all is decided: overrides that named nothing fail, with a near miss; settles. */
QmStatus qm_mix_end(QmMix *mix);
/* The effective session: the base and the log. Validated. */
QmStatus qm_mix_session(const QmMix *mix, QmArena *arena, QmSession **session);

/* --- reasons ------------------------------------------------------------------------ */

/* "lufs=-14.8 target=-18.0": words without spaces, numbers as they were measured. */
typedef struct QmReason {
    QmText text;
    /* AUTO; set it to TEMPLATE where the value is what the template says, not measured */
    QmOrigin origin;
} QmReason;

QmReason qm_reason(QmMix *mix);
void qm_reason_number(QmReason *reason, const char *word, double value, int decimals);
/* "lufs=unmeasured" where there is none. */
void qm_reason_measured(QmReason *reason, const char *word, QmMeasured value,
                        int decimals);
void qm_reason_word(QmReason *reason, const char *word, const char *value);

/* --- deciding ----------------------------------------------------------------------- */

/* Sets the address that the format makes to `value` in its row's unit: clamped to the
 * row's range and rounded to what is written (0.1 dB, three digits of Hz, two of ms; the
 * table is in quantum.c). A user's override of that address takes its
 * place; nothing happens where a user switched off the rule, its stage, or what the
 * address is within, or where the session has the insert by itself. True: the session now
 * has this value (or the user's). */
bool qm_decide(QmMix *mix, const QmRule *rule, const QmReason *reason, double value,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same, rounded to multiples of `step` instead. */
bool qm_decide_step(QmMix *mix, const QmRule *rule, const QmReason *reason, double value,
                    double step, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* A choice, "yes", a role, a strip; or a point's value with its curve. */
bool qm_decide_word(QmMix *mix, const QmRule *rule, const QmReason *reason,
                    const char *value, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Something was noticed about a strip ("master" and buses too). */
void qm_note(QmMix *mix, const QmRule *rule, const QmReason *reason, const char *strip);
/* Removes the decisions of this rule on what is within the address. */
void qm_take_back(QmMix *mix, const QmRule *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of an address as decided so far; without a decision (or any such thing in
 * the session) `otherwise`. Numbers in the row's unit, choices as index, switches 0 and
 * 1. */
double qm_decided(const QmMix *mix, double otherwise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether a user fixed this address (a value, not `off`). */
bool qm_overruled(const QmMix *mix, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The number of the next free band of a slot, from 1: "bass", "eq". */
uint32_t qm_next_band(const QmMix *mix, const char *strip, const char *slot);

/* --- looking ------------------------------------------------------------------------ */

/* Settings of a rule for a strip's role (NULL: of the mix); NULL: off there. */
const double *qm_mix_settings(const QmMix *mix, const QmRule *rule,
                              const QmMixStrip *strip, uint32_t *n_groups);
/* The first strip of a role that sounds, NULL: none. */
QmMixStrip *qm_mix_role(const QmMix *mix, QmRole role);
/* A seeded draw, uniform in [0, 1), of (seed, rule, strip, index). For what is a choice
 * only. */
double qm_mix_draw(const QmMix *mix, const QmRule *rule, const char *strip,
                   uint64_t index);
/* What a slot of the strip measured of itself while its chain was rendered ("compressor",
 * "mean-reduction"); unmeasured where it did not. */
QmMeasured qm_mix_reading(const QmMixStrip *strip, const char *slot, const char *name);
/* Whether the strip is to be heard: not silent, not muted (decision or session). */
bool qm_mix_heard(const QmMix *mix, const QmMixStrip *strip);
/* LUFS of the strip in the mix: its chain's, and the fader's gain as decided. */
QmMeasured qm_mix_loudness(const QmMix *mix, const QmMixStrip *strip);
/* A time as a place in an address, "12.345s", to the millisecond: for points of lanes. */
void qm_mix_position(double seconds, QmText *text);

#endif
