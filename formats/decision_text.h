/* The decision log as text, to read, grep, diff, and change by hand:
 *
 *   qmix 0.5.0
 *   session song.yaml
 *   template edm
 *   seed 42
 *   target spotify -14 LUFS -1 dBTP
 *   input kick 8d969eef6ecad3c2 stems/kick.wav
 *
 *   gain   bass.fader.gain        -3.2 dB   auto  gain.level   because lufs=-14.8
 *   eq     bass.eq.2.gain         -3.0 dB   auto  eq.unmask    because masked=kick
 *   check  vox                    -         auto  check.clipped  because runs=12
 *
 * A line is a stage, a target, a value (all up to the origin), the origin (auto,
 * template, user), a rule, and a reason behind `because`. Columns are for people: any
 * white space parts words. The line of qmix comes first; the rest of the head need not be
 * there. Empty lines and those that begin with # are passed over. What a text holds and a
 * line may not is escaped (line_text.h). */
#ifndef QM_FORMATS_DECISION_TEXT_H
#define QM_FORMATS_DECISION_TEXT_H

#include "mix/decision.h"

/* Everything lives in `arena`. parse(print(log)) is the same log. Errors: QM_ERR_INPUT
 * with file:line:column, QM_ERR_MEMORY. */
QmStatus qm_log_parse(const char *text, size_t size, const char *file_name,
                      QmArena *arena, QmDiag *diag, QmDecisionLog *log);
void qm_log_print(const QmDecisionLog *log, QmText *text);
/* One decision as a line. */
void qm_decision_print(const QmDecision *decision, QmText *text);

#endif
