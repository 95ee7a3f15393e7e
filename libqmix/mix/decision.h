/* Decisions, and the log that holds them.
 *
 * A decision is an edit of the session (model/edit.h) with a reason. Nothing else that
 * the mix engine does reaches audio: the effective session is the session plus its log,
 * and a log that was written, changed by hand and read again is as good as one that was
 * just made. formats/decision_text has the text.
 *
 * A note is a line that changes nothing: something was noticed. */
#ifndef QM_MIX_DECISION_H
#define QM_MIX_DECISION_H

#include "analysis/measure.h"
#include "base/text.h"
#include "model/edit.h"

/* In this order they stand in the log. */
typedef enum QmStage {
    QM_STAGE_ROLE,
    QM_STAGE_CHECK,
    QM_STAGE_GAIN,
    QM_STAGE_SPATIAL,
    QM_STAGE_EQ,
    QM_STAGE_MASKING,
    QM_STAGE_DYNAMICS,
    QM_STAGE_EFFECTS,
    QM_STAGE_AUTOMATION,
    QM_STAGE_MASTER,
    QM_STAGES,
} QmStage;
extern const char *const qm_stage_names[QM_STAGES + 1]; /* "role", "check", ... NULL */

/* Who said so; a higher one beats a lower one. */
typedef enum QmOrigin { QM_ORIGIN_AUTO, QM_ORIGIN_TEMPLATE, QM_ORIGIN_USER } QmOrigin;
extern const char *const qm_origin_names[4]; /* "auto", "template", "user", NULL */

typedef struct QmDecision {
    QmStage stage;
    const char *target; /* "bass.eq.2.gain", "lead.fader.gain@9"; of a note: a strip */
    const char *value;  /* "-3.2 dB", "yes", "kick"; "-": a note */
    QmOrigin origin;
    const char *rule;    /* "gain.trim"; of what users said: "override" */
    const char *because; /* "lufs=-14.8 target=-18.0"; free text; "" */
    QmPlace place;       /* in a log that was read */
    uint32_t order;      /* among those of its stage: by rule, then strip (mix.c) */
} QmDecision;

/* A file that went in. */
typedef struct QmLogInput {
    const char *strip; /* what it plays as */
    const char *file;  /* as said */
    char hash[17];     /* first 64 bits of its content's SHA-256, hex */
} QmLogInput;

/* The log and its head, which says what it was made from: enough to make it again. */
typedef struct QmDecisionLog {
    const char *version;  /* of qmix */
    const char *session;  /* file; NULL: made from stems */
    const char *template; /* name or file */
    uint64_t seed;
    double lufs, ceiling; /* target of the master; LUFS, dBTP */
    const char *target;   /* its name, "spotify"; "" */
    QmList inputs;        /* of QmLogInput */
    QmList decisions;     /* of QmDecision */
} QmDecisionLog;

static inline bool qm_decision_is_note(const QmDecision *decision)
{
    return decision->value[0] == '-' && decision->value[1] == '\0';
}

/* The decision on `target`; NULL: there is none. Notes are not found. */
QmDecision *qm_log_find(const QmDecisionLog *log, const char *target);
/* Whether `target` is `prefix` or something in it: "bass.eq.2.gain" is in "bass.eq". */
bool qm_target_within(const char *target, const char *prefix);

/* Edits `session` (a copy of what the log was made for) by the log, in its order. Errors
 * tell the line in the log. */
QmStatus qm_log_apply(const QmDecisionLog *log, QmSession *session, QmDiag *diag);

#endif
