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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmArena arena = {0};
    QmDiag diag = {0};
    QmSession *session, *again;
    QmText first, second;
    const QmStatus status =
        qm_session_parse((const char *)data, size, "fuzz.yaml", &arena, &diag, &session);
    demand(status == QM_OK || (diag.status == status && diag.text[0] != '\0'));
    if (status == QM_OK) {
        qm_text_init(&first, &arena);
        qm_session_print(session, &first);
        demand(!first.failed);
        demand(qm_session_parse(first.data, first.length, "printed.yaml", &arena, &diag,
                                &again) == QM_OK);
        qm_text_init(&second, &arena);
        qm_session_print(again, &second);
        demand(!second.failed && strcmp(first.data, second.data) == 0);
    }
    qm_arena_release(&arena);
    return 0;
}
