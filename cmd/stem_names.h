/* What stems are called, from the names of their files. */
#ifndef QM_CMD_STEM_NAMES_H
#define QM_CMD_STEM_NAMES_H

#include "base/arena.h"
#include "base/diag.h"

/* Which side of a pair a file says that it is. */
typedef enum StemSide { STEM_WHOLE, STEM_LEFT, STEM_RIGHT } StemSide;

/* The side that the end of a file's name says: "x.L.wav", "x_L", "x-left", "x (R)";
 * *length: how much of `path` comes before that, for comparing. Without a side all up to
 * the suffix. */
StemSide stem_side(const char *path, size_t *length);

/* Names for `n` stems of which the parts of paths up to `lengths` are to be made use of:
 * valid names of a session (qm_name_valid), in lower case, all different.
 *
 *   "01 Song - Kick_IN.wav", "02 Song - Snare.wav"    kick_in, snare
 *
 * Numbers in front are dropped when two files have one (or there is only one file), then
 * words that all files (three or more) begin or end with. Letters with marks lose them.
 * What is left without a letter is called "stem-1"; what is there already, or means
 * something by itself ("master"), gets a number behind. */
QmStatus stem_names(const char *const *paths, const size_t *lengths, uint32_t n,
                    QmArena *arena, QmDiag *diag, const char **names);

#endif
