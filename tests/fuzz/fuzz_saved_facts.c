/* links: formats */
/* Whatever bytes are taken for the facts of a saved mix: a message, or facts that print
 * and read back as the same text. */
#include "formats/saved_facts.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const QmSavedFacts *facts, QmArena *arena, QmText *text)
{
    qm_text_init(text, arena);
    qm_saved_facts_print(facts, text);
    assert(!text->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static QmDiag diag;
    QmArena arena;
    QmSavedFacts facts, again;
    QmText text, same;
    qm_arena_init(&arena);
    diag.status = QM_OK;
    const QmStatus status =
        qm_saved_facts_parse((const char *)data, size, "fuzz", &arena, &diag, &facts);
    assert(status == diag.status);
    if (status == QM_OK) {
        if (!facts.log[0])
            memcpy(facts.log, "0000000000000000", sizeof facts.log);
        print(&facts, &arena, &text);
        assert(qm_saved_facts_parse(text.data, text.length, "again", &arena, &diag,
                                    &again) == QM_OK);
        print(&again, &arena, &same);
        assert(qm_same(text.data, same.data));
    }
    qm_arena_release(&arena);
    return 0;
}
