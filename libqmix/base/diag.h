/* The first failure, told so that a person can mend it: place, key path, expected, found.
 * Warnings are gathered beside it. The library fills a QmDiag; only the tools print it.
 *
 *   song.yaml:12:14: kick.fader.gain: expected a level from -120 to 24 dB, found 'loud'
 */
#ifndef QM_BASE_DIAG_H
#define QM_BASE_DIAG_H

#include "base/status.h"

#include <stdint.h>

enum { QM_DIAG_TEXT = 640, QM_DIAG_PATH = 200, QM_DIAG_WARNINGS = 32 };

/* Where in a text: 1-based; line 0 means "the file as a whole", file NULL "nowhere". */
typedef struct QmPlace {
    const char *file; /* borrowed; lives as long as whoever owns the diagnosed thing */
    uint32_t line, column;
} QmPlace;

typedef struct QmDiag {
    QmStatus status; /* QM_OK while nothing failed */
    /* The whole line, place and path included, without a line end. */
    char text[QM_DIAG_TEXT];
    /* All of them, also those beyond QM_DIAG_WARNINGS that were not kept. */
    uint32_t n_warnings;
    char warnings[QM_DIAG_WARNINGS][QM_DIAG_TEXT];
} QmDiag;

/* Notes a failure and returns `status`. Only the first is kept. `diag` may be NULL.
 * `path` is a key path or NULL. The format knows %s %d %u %zu %lld %c %% (no floats:
 * format those with qm_number_text). Control characters in what is inserted are shown as
 * '?'. */
QmStatus qm_fail(QmDiag *diag, QmStatus status, QmPlace place, const char *path,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same without a place. */
QmStatus qm_fail_plain(QmDiag *diag, QmStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "out of memory"; returns QM_ERR_MEMORY. */
QmStatus qm_fail_memory(QmDiag *diag);

/* Adds a warning. `diag` may be NULL. */
void qm_warn(QmDiag *diag, QmPlace place, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
