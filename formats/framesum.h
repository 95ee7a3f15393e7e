/* Sums of samples, a line a block: two renders are the same bits, or one sees where they
 * first are not.
 *
 *   qmix-framesum 1
 *   rate 48000
 *   channels 2
 *   block 16384
 *   0 af63bd4c8601b7df          first frame of the block, hash of its floats
 *   16384 08f0e207b4eab2a4
 *   frames 30000                how many there were
 *   sha256 9f86d081...          of all of them, as little-endian interleaved floats
 *
 * Blocks lie on absolute frames, so the sums do not depend on how the audio was cut into
 * calls, and a range of a song has the same sums for the blocks that it holds whole.
 * Every bit counts, the sign of a zero too. */
#ifndef QM_FORMATS_FRAMESUM_H
#define QM_FORMATS_FRAMESUM_H

#include "base/arena.h"
#include "graph/sink.h"

#include <stdbool.h>

enum { QM_FRAMESUM_BLOCK = 16384 };

/* A sink that writes sums to the file `name` ("-": standard output), there when finish
 * succeeded (file_out.h). Errors: QM_ERR_IO, QM_ERR_MEMORY. */
QmStatus qm_framesum_sink_open(const char *name, uint32_t rate, uint32_t channels,
                               QmArena *arena, QmDiag *diag, QmSink *sink);

/* A sink that compares with the sums in the file `name` ("-": standard input). The first
 * block that differs fails with QM_ERR_INPUT and says its frames and time, `song.sum:7:1:
 * frames 16384-32767 (0.341-0.683 s) differ`; so does audio that is longer or shorter.
 * Sums at another rate, of other channels, or what is no such file at all, are refused
 * with their place. */
QmStatus qm_verify_sink_open(const char *name, uint32_t rate, uint32_t channels,
                             QmArena *arena, QmDiag *diag, QmSink *sink);

/* Whether a sink of the above failed because audio and sums differ (rather than for a
 * broken file): the tools then exit with 1. */
bool qm_verify_differs(const QmSink *sink);

#endif
