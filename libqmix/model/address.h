/* Addresses: `bass.eq.2.gain`, `master.limiter.ceiling`, `kick.fader.pan`,
 * `vox.send.hall`, `lead.tone.freq`, `wob.lfo.rate`, `wob.1.amount`. One word for one
 * parameter, the same in automation, overrides, locks, the decision log, OSC and MIDI
 * maps. */
#ifndef QM_MODEL_ADDRESS_H
#define QM_MODEL_ADDRESS_H

#include "base/text.h"
#include "model/session.h"

/* Finds what `address` names. Errors: QM_ERR_INPUT with a near miss for the part that is
 * wrong. */
QmStatus qm_address_parse(const QmSession *session, const char *address, QmPlace place,
                          QmDiag *diag, QmTarget *target);
/* Writes the address of `target`, parse(print(t)) == t. */
void qm_address_print(const QmSession *session, QmTarget target, QmText *text);
/* The table row of a target. */
const QmParam *qm_address_param(const QmSession *session, QmTarget target);
/* The session's own value of a target, in the row's unit (switches 0 and 1). */
double qm_address_get(const QmSession *session, QmTarget target);
/* Sets it (the value was checked against the row). */
void qm_address_set(QmSession *session, QmTarget target, double value);
/* `--set ADDRESS=VALUE`: parses both sides, checks the range, sets. */
QmStatus qm_address_assign(QmSession *session, const char *assignment, QmDiag *diag);
/* Reads a value for a row: number with unit, yes/no, or a choice's name;
 * range-checked. */
QmStatus qm_param_parse(const QmParam *param, const char *text, QmPlace place,
                        const char *path, QmDiag *diag, double *value);
/* Prints it as a session would write it (no unit). */
void qm_param_print(const QmParam *param, double value, QmText *text);
/* What a row wants, for messages: "a number from -120 to 24 dB". */
enum { QM_EXPECTED_TEXT = 256 };
void qm_param_expected(const QmParam *param, char text[QM_EXPECTED_TEXT]);

/* Fails with "unknown WHAT 'WORD', did you mean 'X'?". */
QmStatus qm_fail_unknown(QmDiag *diag, QmPlace place, const char *path, const char *what,
                         const char *word, const char *const *candidates, size_t count);
/* The same for the name of a strip. */
QmStatus qm_fail_unknown_strip(const QmSession *session, QmDiag *diag, QmPlace place,
                               const char *path, const char *word);

#endif
