/* The host of a build without lilv: it says so. */
#include "render/lv2.h"

struct QmLv2 {
    QmPlugins plugins;
};

static QmStatus find(void *self, const QmPluginQuery *query, QmDiag *diag,
                     const QmPlugin **plugin)
{
    (void)self, (void)plugin;
    return qm_fail(diag, QM_ERR_INPUT, query->place, query->path,
                   "this qmix was built without LV2 hosting (it needs lilv)");
}

QmStatus qm_lv2_new(const char *folder, QmArena *arena, QmDiag *diag, QmLv2 **host)
{
    (void)folder;
    QmLv2 *made = QM_NEW(arena, QmLv2);
    if (!made) {
        return qm_fail_memory(diag);
    }
    made->plugins.find = find;
    *host = made;
    return QM_OK;
}

const QmPlugins *qm_lv2_plugins(const QmLv2 *host) { return &host->plugins; }

QmStatus qm_lv2_start(QmLv2 *host, const QmSession *session, QmDiag *diag)
{
    (void)host, (void)session, (void)diag;
    return QM_OK;
}

void qm_lv2_warnings(const QmLv2 *host, QmDiag *diag) { (void)host, (void)diag; }

void qm_lv2_release(QmLv2 *host) { (void)host; }
