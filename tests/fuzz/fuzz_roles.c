/* links: formats */
/* Whatever text comes, as names of roles and as targets: a message with a status, or rows
 * that are what their headers say. */
#include "formats/roles_yaml.h"
#include "formats/targets_yaml.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static QmDiag diag;

static void roles(const char *text, size_t size)
{
    QmArena arena = {0};
    const QmRoleAlias *aliases = NULL;
    uint32_t n = 0;
    memset(&diag, 0, sizeof diag);
    const QmStatus status =
        qm_roles_parse(text, size, "fuzz.yaml", &arena, &diag, &aliases, &n);
    assert(status == diag.status && (status == QM_OK) == (diag.text[0] == '\0'));
    assert(status == QM_OK || n == 0);
    for (uint32_t i = 0; i < n; i++) {
        assert(aliases[i].role < QM_ROLE_COUNT && aliases[i].word[0] != '\0');
        assert(aliases[i].weight > 0 && aliases[i].weight <= 1);
    }
    qm_arena_release(&arena);
}

static void targets(const char *text, size_t size)
{
    QmArena arena = {0};
    QmTargets found = {0};
    memset(&diag, 0, sizeof diag);
    const QmStatus status =
        qm_targets_parse(text, size, "fuzz.yaml", &arena, &diag, &found);
    assert(status == diag.status && (status == QM_OK) == (diag.text[0] == '\0'));
    for (uint32_t i = 0; i < found.n; i++) {
        assert(found.targets[i].lufs >= -70 && found.targets[i].lufs <= 0);
        assert(found.targets[i].ceiling <= 0 && found.targets[i].source);
    }
    qm_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    roles((const char *)data, size);
    targets((const char *)data, size);
    return 0;
}
