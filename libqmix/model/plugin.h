/* Plug-ins: processors from outside, found while a session is read.
 *
 * A session names a plug-in by its URI. Whoever reads the session asks a QmPlugins for
 * it, and gets a QmPlugin: a descriptor whose table was made from the plug-in's ports, so
 * that params are checked, printed, addressed and automated like those of any processor.
 * What hosts plug-ins is outside of this library (render/lv2.h); nothing here knows how.
 *
 * Before a graph is made, the host gives each insert and input its `instance`
 * (QmProcSpec.instance); it is run by one executor at a time.
 *
 * What a plug-in computes is its own affair: a session that uses one is outside of the
 * promise of equal samples. */
#ifndef QM_MODEL_PLUGIN_H
#define QM_MODEL_PLUGIN_H

#include "base/diag.h"
#include "proc/generator.h"
#include "proc/proc.h"

/* As written; NULL: not said. */
typedef struct QmPluginName {
    const char *uri;
    const char *preset; /* label or URI of one of the plug-in's presets */
    const char *state;  /* a saved state, relative to the session's folder */
} QmPluginName;

typedef struct QmPlugin {
    QmPluginName said;
    const char *name;       /* what its author calls it */
    const char *version;    /* "minor.micro"; "" when it has none */
    const char *library;    /* file and hash of the code: "fil4.so 0123456789abcdef" */
    const QmProcDesc *proc; /* as an insert, else NULL */
    const QmGenDesc *generator; /* as an instrument, else NULL */
} QmPlugin;

typedef struct QmPluginQuery {
    QmPluginName name;
    bool instrument; /* a source begins with it; else an insert */
    uint32_t rate;   /* of the session, Hz */
    QmPlace place;
    const char *path; /* for messages; good during the call */
} QmPluginQuery;

/* Finds a plug-in; it lives as long as the host. Errors: QM_ERR_INPUT (there is none,
 * it cannot be hosted), QM_ERR_MEMORY. */
typedef struct QmPlugins {
    QmStatus (*find)(void *self, const QmPluginQuery *query, QmDiag *diag,
                     const QmPlugin **plugin);
    void *self;
} QmPlugins;

#endif
