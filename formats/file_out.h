/* Output files that exist under their name only when they are whole.
 *
 * What is written goes to a file without a name in the same folder (O_TMPFILE), which
 * gets one when it is committed; so nothing is left behind however the process ends,
 * signals included, and no handler or global is needed for that. Where a file system
 * cannot do it, a name `.out.wav.PID-N.part` stands in until the commit, and only a
 * killed process leaves it. An existing file is replaced by the rename at the end and not
 * touched before; a link is followed. What is not a regular file (a FIFO, /dev/null, "-"
 * for standard output) is written straight. */
#ifndef QM_FORMATS_FILE_OUT_H
#define QM_FORMATS_FILE_OUT_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct QmFileOut {
    int fd;           /* borrow it for what write does not do (libsndfile) */
    bool seekable;    /* a regular file of ours: patching works */
    const char *name; /* as the user said it, for messages */
    const char *path; /* where it will be; NULL: written straight */
    const char *part; /* its name until then; NULL: none */
} QmFileOut;

/* Errors: QM_ERR_IO (`cannot write 'x/out.wav': no such folder`), QM_ERR_MEMORY. */
QmStatus qm_file_out_open(const char *name, QmArena *arena, QmDiag *diag,
                          QmFileOut *file);
QmStatus qm_file_out_write(QmFileOut *file, const void *data, size_t size, QmDiag *diag);
/* Overwrites the start of a seekable file. */
QmStatus qm_file_out_patch(QmFileOut *file, const void *data, size_t size, QmDiag *diag);
/* Puts it under its name. */
QmStatus qm_file_out_commit(QmFileOut *file, QmDiag *diag);
/* Closes; without a commit before, nothing remains. Accepts one that was never opened (fd
 * -1). */
void qm_file_out_close(QmFileOut *file);

/* All of that: a file that holds `size` bytes of `data`. */
QmStatus qm_file_out_whole(const char *name, const void *data, size_t size,
                           QmArena *arena, QmDiag *diag);

/* The failure that errno `error` is: QM_ERR_IO `cannot write 'name': no space left`. */
QmStatus qm_file_out_fail(const QmFileOut *file, int error, QmDiag *diag);

#endif
