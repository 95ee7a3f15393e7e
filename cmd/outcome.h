/* What a render came to: a line for people on standard error, an object on standard
 * output. */
#ifndef QM_CMD_OUTCOME_H
#define QM_CMD_OUTCOME_H

#include "dsp/quantise.h"
#include "graph/meter.h"
#include "model/session.h"

typedef struct Outcome {
    const QmSession *session;
    const char *file; /* NULL: no file was written */
    uint32_t channels;
    int64_t frames;
    double elapsed_s;
    QmPcmStats stats;  /* of the file */
    const char *stems; /* the folder, or NULL */
    uint32_t n_stems;
    const char *sum, *verified; /* the files, or NULL */
    const QmMeter *meters;      /* [session->n_strips], or NULL */
    const QmSlotReadings *readings;
    uint32_t n_readings;
} Outcome;

void outcome_text(const Outcome *outcome);
void outcome_json(const Outcome *outcome);

#endif
