/* An analysed file on standard output: for people, as a row among others, as JSON. */
#ifndef QM_CMD_ANALYSED_H
#define QM_CMD_ANALYSED_H

#include "cmd/measures.h"
#include "render/analyse.h"

/* The measures of one feature of it. */
MeasureGroup analysed_group(const QmFeatureRun *run);

/* "WAV pcm24, 48000 Hz, 2 channels, 60.000 s" */
void analysed_print_facts(const QmAudioInfo *info);

/* What was asked for, under a line that says what file it is. */
void analysed_print(const QmAnalysedFile *file, QmMeasureView view);

/* A line a file, the most looked at measures side by side, among what was asked for. */
void analysed_print_heads(uint32_t features);
void analysed_print_row(const QmAnalysedFile *file, uint32_t features);

/* One object; with `series` also what changes over time. A file that failed has its
 * "error". Errors: QM_ERR_MEMORY, QM_ERR_IO. */
QmStatus analysed_print_json(const QmAnalysedFile *file, bool series, QmDiag *diag);

/* "rate":48000,... inside of an object. */
void analysed_facts_json(CliJson *json, const QmAudioInfo *info, uint64_t not_finite);

#endif
