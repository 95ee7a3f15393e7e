/* Two files that were compared, in the forms that people and machines read. */
#ifndef QM_CMD_COMPARED_H
#define QM_CMD_COMPARED_H

#include "analysis/verdict.h"
#include "render/compare.h"

typedef struct Compared {
    const char *names[2];
    QmCompared samples;
    const QmFinding *findings;    /* in the order of the tables */
    const QmFinding *worst_first; /* the same: beyond, within, not judged */
    size_t n_findings, n_judged, n_beyond;
} Compared;

enum { COMPARED_TEXT = 160 };

/* A finding in words: "-14.02", "-13.50", "+0.52 LU", "0.1"; "" for what it does not
 * have. Of the difference itself there are b, "-24.60 dB", and "at most -60". */
typedef struct ComparedWords {
    char a[64], b[64], difference[64], allowed[64];
} ComparedWords;
ComparedWords compared_words(const QmFinding *finding);
/* Whether somebody wants it judged. */
bool compared_judged(const QmFinding *finding);

/* For people, on standard output. Verbose: also what is the same, and not judged. */
void compared_print(const Compared *compared, bool verbose);
/* One object. Errors: QM_ERR_MEMORY, QM_ERR_IO. */
QmStatus compared_print_json(const Compared *compared, QmDiag *diag);
/* Test Anything Protocol 13, a test for each measure that is judged. */
void compared_print_tap(const Compared *compared);
/* The same as JUnit's XML, into a file ("-": standard output). Errors: QM_ERR_IO,
 * QM_ERR_MEMORY. */
QmStatus compared_write_junit(const Compared *compared, const char *path, QmArena *arena,
                              QmDiag *diag);

#endif
