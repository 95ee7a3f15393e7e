/* What differs between two mixes, told. */
#ifndef QM_CMD_MIXES_DIFF_H
#define QM_CMD_MIXES_DIFF_H

#include "cmd/json.h"
#include "mix/mix_diff.h"

/* On standard output, strip by strip; a line that says so if nothing does. */
void mixes_diff_print(const QmMixDiff *diff);
/* "head": [...], "changes": [...] inside of an object. */
void mixes_diff_json(CliJson *json, const QmMixDiff *diff);

#endif
