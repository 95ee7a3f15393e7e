/* qanalyze without --compare: what is in files, each by itself and all together. */
#ifndef QM_CMD_ANSWERS_H
#define QM_CMD_ANSWERS_H

#include "cmd/asked.h"

/* Analyses the request's files and prints what `options` asks for. A file that cannot be
 * read does not stop the others; *worst: the first such failure. Errors: those of writing
 * and of looking at all together. */
QmStatus answers_print(const CliTool *tool, const Options *options,
                       const QmAnalyseRequest *request, QmArena *arena, QmDiag *diag,
                       QmStatus *worst);

#endif
