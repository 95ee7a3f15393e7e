/* Musical time to frames, in one place, with one rounding (D1).
 *
 * Musical time counts ticks, QM_TICKS to a quarter note (divisible by 2..10, 12, 16,
 * 32). A tempo segment starts at an exact tick and an unrounded frame; every conversion
 * starts from its segment, so nothing accumulates over a song's length. An entry marked
 * `ramp` is reached from the entry before; on the way the tempo is linear in beats: t(q)
 * = 60/k ln(1 + k q / b0), k bpm per quarter. Before 1.1.1 (negative ticks) the first
 * tempo holds. */
#ifndef QM_SEQ_CLOCK_H
#define QM_SEQ_CLOCK_H

#include "model/session.h"

enum { QM_TICKS = 20160 };

/* Frames saturate here: far enough for 740 years, and every double below it is exact.
 * Whoever takes positions from outside refuses what reaches it. */
#define QM_MAX_FRAME (INT64_C(1) << 52)

/* Tempo is taken to the 10^-9 bpm, meters have up to 1024 beats of 1, 2, 4 ... 64. */
enum { QM_MIN_BPM = 1, QM_MAX_BPM = 1000, QM_MAX_BEATS = 1024, QM_MAX_BEAT_UNIT = 64 };

typedef struct QmClock QmClock; /* immutable once made; any thread */

/* Errors: QM_ERR_INPUT (entries out of order, not on a bar...), QM_ERR_MEMORY. */
QmStatus qm_clock_new(const QmSession *session, QmArena *arena, QmDiag *diag,
                      QmClock **clock);

int64_t qm_clock_tick(const QmClock *clock, QmPosition at); /* BARS positions */
int64_t qm_clock_frame_of_tick(const QmClock *clock,
                               int64_t tick);                /* rounded to nearest */
int64_t qm_clock_frame(const QmClock *clock, QmPosition at); /* any position */
/* The frames of a length that starts at `from` (it may cross tempo and meter changes). */
int64_t qm_clock_length(const QmClock *clock, int64_t from_frame, QmLength length);
/* The frame of a tick plus `offset` unrounded frames: still one rounding. */
int64_t qm_clock_frame_near(const QmClock *clock, int64_t tick, double offset);
/* The unrounded frames between two ticks. */
double qm_clock_span(const QmClock *clock, int64_t from_tick, int64_t to_tick);
/* The unrounded frames of a time length; and the ticks of a musical one from `tick`
 * on. */
double qm_clock_time(const QmClock *clock, QmLength length);
int64_t qm_clock_ticks(const QmClock *clock, int64_t tick, QmLength length);
bool qm_length_is_time(QmLength length);
/* The tick at or before a frame; of several on this frame one that starts a 1/192, if
 * there is one, so that it finds back what qm_clock_frame_of_tick rounded. */
int64_t qm_clock_tick_of_frame(const QmClock *clock, int64_t frame);
/* The quarter notes from 1.1.1 to a frame, in 2^-32 (modulo 2^64: negative before), and
 * the tempo there. */
uint64_t qm_clock_beat(const QmClock *clock, int64_t frame, double *bpm);
/* bar.beat.sixteenth of a tick, for people. */
QmPosition qm_clock_position(const QmClock *clock, int64_t tick);
/* The first tick at or after `tick` that starts a bar. */
int64_t qm_clock_next_bar(const QmClock *clock, int64_t tick);
/* Ticks of one beat and one bar of the meter in force at `tick`. */
int64_t qm_clock_beat_ticks(const QmClock *clock, int64_t tick);
int64_t qm_clock_bar_ticks(const QmClock *clock, int64_t tick);

#endif
