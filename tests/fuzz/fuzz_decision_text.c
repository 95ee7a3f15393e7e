/* links: formats */
/* Whatever bytes are taken for a decision log: a message, or a log whose text reads back
 * as the same text. */
#include "formats/decision_text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static QmDiag diag;
    QmArena arena;
    QmDecisionLog log, again;
    QmText text, second;
    qm_arena_init(&arena);
    qm_text_init(&text, &arena);
    qm_text_init(&second, &arena);
    diag.status = QM_OK;
    QmStatus status = qm_log_parse((const char *)data, size, "fuzz", &arena, &diag, &log);
    assert(status == diag.status);
    if (!status) {
        qm_log_print(&log, &text);
        status = qm_log_parse(text.data, text.length, "again", &arena, &diag, &again);
        assert(!status && again.decisions.count == log.decisions.count);
        qm_log_print(&again, &second);
        assert(strcmp(text.data, second.data) == 0);
    }
    qm_arena_release(&arena);
    return 0;
}
