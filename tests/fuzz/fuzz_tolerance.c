/* links: formats */
/* Whatever bytes are taken for tolerances: a message, or names that are measured and
 * values that can be kept to. */
#include "formats/tolerance_yaml.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const QmTolerance *t)
{
    const QmNamed named = qm_tolerance_named(t->name);
    assert(named.kind != QM_NAMED_NOTHING);
    if (named.kind != QM_NAMED_LIMIT)
        assert(t->value >= 0 && t->allow != QM_ALLOW_FLAG);
    if (named.kind == QM_NAMED_WORD)
        assert(t->value == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static QmDiag diag;
    QmArena arena;
    QmList list = {0};
    qm_arena_init(&arena);
    diag.status = QM_OK;
    QmStatus status =
        qm_tolerances_parse("fuzz", (const char *)data, size, &arena, &diag, &list);
    assert(status == diag.status);
    diag.status = QM_OK;
    const char *const text = qm_arena_strndup(&arena, (const char *)data, size);
    status = qm_tolerance_argument(text, &arena, &diag, &list);
    assert(status == diag.status && (!status || status == QM_ERR_USAGE));
    for (size_t i = 0; i < list.count; i++)
        check((const QmTolerance *)list.items + i);
    qm_arena_release(&arena);
    return 0;
}
