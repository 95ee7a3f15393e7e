/* Edits of a session by address that make what they name: a decision of the mix engine is
 * such an edit, and so is a line of its log.
 *
 *   kick.fader.gain          -3.2 dB      what is there is set, as model/address does
 *   bass.eq.2.gain           -3 dB        slots of qm_edit_slots are put into the chain,
 *                                         bands up to the second are made (those that no
 *                                         edit has named are off)
 *   bass.duck.key            kick         a strip that the insert listens to
 *   vox.send.hall            -12 dB       a send to a bus
 *   kick.to                  drums        where a strip goes; `to` of a strip that is
 *   drums.to                 master       not there makes a bus
 *   vox.role                 vocal
 *   talk.gain-share          yes          and host.weight 3 dB, talk.gain-share.floor ...
 *   lead.fader.gain@9.3      -2 dB exp    a point of a lane: value and curve (none:
 *                                         linear); the lane is made, points are sorted
 *   energy.macro.value       0.2          a modulator whose kind is the second word;
 *   energy.1.param           lead.fader.gain     its first route, then
 *   energy.1.from            -6 dB        what the route says
 *   tempo                    126 BPM      of the first entry
 *
 * A slot that the session has by itself is not one of ours: it is set, never made. */
#ifndef QM_MODEL_EDIT_H
#define QM_MODEL_EDIT_H

#include "base/text.h"
#include "model/session.h"

/* An insert that an edit may make: its slot's name, the processor in it. The table is in
 * the order of the chain; made slots stand behind the session's own inserts. */
typedef struct QmEditSlot {
    const char *slot, *proc;
} QmEditSlot;
extern const QmEditSlot qm_edit_slots[];
extern const uint32_t qm_edit_slot_count;

/* What an address is set to. */
typedef enum QmEditKind {
    QM_EDIT_VALUE, /* of `row`: a number with its unit, yes or no, a choice */
    QM_EDIT_POINT, /* the same, and a curve */
    QM_EDIT_NAME,  /* of a strip, a role, or (a route's param) an address */
} QmEditKind;

typedef struct QmEditWhat {
    QmEditKind kind;
    const QmParam *row; /* NULL: a name */
    bool exists;        /* the session has it already */
} QmEditWhat;

typedef struct QmEdit {
    const char *address, *value;
    QmPlace place; /* where it was written, for messages */
} QmEdit;

/* A copy that can be edited without a trace in `session`: strips, inserts, sends, clips'
 * params, lanes, modulators are its own; names, sounds and patterns are shared. NULL: out
 * of memory. */
QmSession *qm_session_copy(const QmSession *session, QmArena *arena);

/* What `address` names, there or not. Errors: QM_ERR_INPUT with a near miss. */
QmStatus qm_edit_what(const QmSession *session, const char *address, QmPlace place,
                      QmDiag *diag, QmEditWhat *what);

/* Makes the edit; the session's own arena gets what is new, and keeps copies of address
 * and value. Errors: QM_ERR_INPUT (unknown, out of range, no such bus, a key that is its
 * own strip), QM_ERR_MEMORY. Cycles and the rest are qm_session_validate's. */
QmStatus qm_edit(QmSession *session, const QmEdit *edit, QmDiag *diag);

/* All of them: what makes buses first, then the rest, each in order, so that an edit may
 * name a bus that a later one makes. */
QmStatus qm_edit_all(QmSession *session, const QmEdit *edits, size_t n, QmDiag *diag);

#endif
