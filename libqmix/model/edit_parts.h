/* The steps of an edit; for edit*.c only: what an address names, there or not
 * (edit_find.c), and how what is not there is made (edit_make.c). */
#ifndef QM_MODEL_EDIT_PARTS_H
#define QM_MODEL_EDIT_PARTS_H

#include "model/address_words.h"
#include "model/edit.h"

typedef enum QmEditThing {
    /* numbers and names that have no target */
    QM_EDIT_TEMPO,
    QM_EDIT_TO,
    QM_EDIT_ROLE,
    QM_EDIT_WEIGHT,
    QM_EDIT_SHARE,
    QM_EDIT_SHARE_PARAM, /* target.param: which */
    QM_EDIT_KEY,
    QM_EDIT_SOURCE_STRIP, /* what a modulator listens to */
    QM_EDIT_ROUTE_PARAM,
    QM_EDIT_ROUTE_CURVE,
    /* and what has one */
    QM_EDIT_PLAIN,  /* there for sure: a fader, an input */
    QM_EDIT_INSERT, /* `slot` says what to make of it */
    QM_EDIT_SEND,
    QM_EDIT_SOURCE, /* of a modulator */
    QM_EDIT_ROUTE,
} QmEditThing;

typedef struct QmEditFound {
    QmEditWhat what;
    QmEditThing thing;
    /* As it is, or as it will be once it is made: `strip` is QM_NONE for a bus or a
     * modulator to come; a slot that is not there counts as behind the last. */
    QmTarget target;
    const QmEditSlot *slot;  /* INSERT, KEY: to be made; NULL: it is there */
    const QmModDesc *source; /* SOURCE, SOURCE_STRIP */
    uint16_t bus;            /* SEND: to which */
    uint32_t group;          /* INSERT, SOURCE: from 1; 0: none */
    bool timed;              /* a point, `at` */
    QmPosition at;
} QmEditFound;

/* Fills `words` (its session, place, address and diag are set) and `found`. */
QmStatus qm_edit_find(QmWords *words, QmEditFound *found);

/* Makes what is not there, and puts its target right. */
QmStatus qm_edit_make(QmSession *session, const QmWords *words, QmEditFound *found);
/* A bus behind the others, to the master. */
QmStatus qm_edit_make_bus(QmSession *session, const QmWords *words, uint16_t *index);

/* Whether `target`'s lane has a point there; sets one (edit_points.c). */
bool qm_edit_has_point(const QmSession *session, QmTarget target, QmPosition at);
QmStatus qm_edit_point(QmSession *session, QmTarget target, QmPoint point, QmPlace place,
                       QmDiag *diag);

/* The insert of a strip called `name`; strip->n_inserts: none. */
uint32_t qm_edit_insert(const QmStrip *strip, const char *name);
/* The row of a group that takes it out of the sound, and its value then: `bypass` where
 * there is one, since a band that is off may leave a hole, else `on`. -1: there is
 * none. */
int qm_edit_rest(const QmProcDesc *proc, double *value);

#endif
