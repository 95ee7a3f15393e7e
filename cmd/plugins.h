/* What is told of a session's plug-ins, which are outside of the promise of equal
 * samples. */
#ifndef QM_CMD_PLUGINS_H
#define QM_CMD_PLUGINS_H

#include "base/text.h"
#include "model/session.h"

/* One plug-in of a session that runs. */
typedef struct PluginUse {
    const QmStrip *strip;
    const char *slot;
    const QmPlugin *plugin;
    const QmParam *rows;
    uint32_t n_rows;
    const double *values;
    uint32_t latency; /* frames */
} PluginUse;

/* The next one in session order; *at is 0 at first. False: there is none. */
bool plugins_next(const QmSession *session, uint32_t *at, PluginUse *use);
uint32_t plugins_count(const QmSession *session);
/* For --explain: a paragraph each. Nothing without plug-ins. */
void plugins_explain(const QmSession *session, QmText *text);

#endif
