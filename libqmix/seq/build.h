/* A timeline under construction: what the parts of seq/ that lay out events share.
 *
 * The whole layout runs twice, once to count and once to fill, so that nothing is
 * allocated before it is known how much, and a session that asks for too much is refused
 * while counting. */
#ifndef QM_SEQ_BUILD_H
#define QM_SEQ_BUILD_H

#include "seq/timeline.h"

enum { QM_MAX_EVENTS = 16 << 20 }; /* of one session, rests of patterns included */

typedef struct QmBuild {
    const QmSession *session;
    const QmClock *clock;
    const int64_t *sound_frames;
    QmArena *arena; /* for the paths of messages */
    QmDiag *diag;
    QmEvent *events; /* NULL: counting */
    uint32_t n_events;
    uint32_t spent; /* of QM_MAX_EVENTS */
    uint32_t
        notes; /* so far: one a trigger, so that a late release cannot end the next */
    int64_t end;
} QmBuild;

/* Takes `n` of what a session may have in all. Errors: QM_ERR_INPUT. */
QmStatus qm_build_spend(QmBuild *build, QmPlace place, uint64_t n);
/* Lays out one event; build->end follows. */
QmStatus qm_build_event(QmBuild *build, QmPlace place, const QmEvent *event, int64_t end);
/* Lays out a trigger of a strip's generator, and its release if it is held for `held` >=
 * 0 frames and a release makes a difference. The note is filled in. */
QmStatus qm_build_trigger(QmBuild *build, QmPlace place, const QmEvent *event,
                          int64_t held);
/* The frame of a position. Errors: QM_ERR_INPUT when it is too far from the start. */
QmStatus qm_build_frame(QmBuild *build, QmPosition at, QmPlace place, int64_t *frame);
/* "head.name.tail.number": a key path; `tail` may be NULL, number 0 is left out. */
const char *qm_build_path(QmBuild *build, const char *head, const char *name,
                          const char *tail, uint32_t number);

QmStatus qm_build_patterns(QmBuild *build);   /* pattern.c: the arrangement */
QmStatus qm_build_automation(QmBuild *build); /* automation.c: the lanes */

#endif
