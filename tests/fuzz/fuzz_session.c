/* links: formats */
/* Any bytes as a session: an error or a session, and a session prints to a text that
 * means the same and prints to itself. */
#include "formats/session_yaml.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int holds)
{
    if (!holds) {
        abort();
    }
}

/* Any URI is a plug-in with two ports. */
static const QmParam rows[] = {
    {.name = "gain", .help = "", .min = -1, .max = 4, .def = 0.1},
    {.name = "mode", .help = "", .kind = QM_PARAM_INTEGER, .max = 3},
};
static const QmProcDesc proc = {.name = "lv2",
                                .params = rows,
                                .n_params = 2,
                                .flags = QM_PROC_KEYED};
static const QmGenDesc generator = {.name = "lv2", .params = rows, .n_params = 2};

static QmStatus find(void *self, const QmPluginQuery *query, QmDiag *diag,
                     const QmPlugin **plugin)
{
    QmPlugin *found = QM_NEW((QmArena *)self, QmPlugin);
    if (!found) {
        return qm_fail_memory(diag);
    }
    *found = (QmPlugin){.said = query->name, .proc = &proc, .generator = &generator};
    *plugin = found;
    return QM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmArena arena = {0};
    QmDiag diag = {0};
    QmSession *session, *again;
    QmText first, second;
    const QmPlugins plugins = {find, &arena};
    const QmStatus status = qm_session_parse_with((const char *)data, size, "fuzz.yaml",
                                                  &plugins, &arena, &diag, &session);
    demand(status == QM_OK || (diag.status == status && diag.text[0] != '\0'));
    if (status == QM_OK) {
        qm_text_init(&first, &arena);
        qm_session_print(session, &first);
        demand(!first.failed);
        demand(qm_session_parse_with(first.data, first.length, "printed.yaml", &plugins,
                                     &arena, &diag, &again) == QM_OK);
        qm_text_init(&second, &arena);
        qm_session_print(again, &second);
        demand(!second.failed && strcmp(first.data, second.data) == 0);
    }
    qm_arena_release(&arena);
    return 0;
}
