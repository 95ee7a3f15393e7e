/* Files that are read more than once: what can be read only once, a pipe, is copied to a
 * nameless temporary file first. */
#ifndef QM_CMD_COPIES_H
#define QM_CMD_COPIES_H

#include "model/audio_reader.h"
#include "render/spool.h"

enum { COPIES_MAX = 2 };

typedef struct Copy {
    const char *name; /* borrowed */
    QmAudioInfo info;
    uint64_t not_finite;
    QmSpool spool;
} Copy;

typedef struct Copies {
    QmAudioOpen open; /* of the files themselves */
    void *context;
    Copy items[COPIES_MAX];
    uint32_t n;
} Copies;

/* Whether `name` can be read only once. */
bool copies_needed(const char *name);

/* Copies `name` if that is needed. Errors: those of reading it, of writing the copy, and
 * QM_ERR_USAGE for standard input named twice. */
QmStatus copies_add(Copies *copies, const char *name, QmDiag *diag);
void copies_release(Copies *copies);

/* A QmAudioOpen whose context is a Copies. */
QmStatus copies_open(void *context, const char *name, QmPlace place, QmDiag *diag,
                     QmAudioReader *reader);

#endif
