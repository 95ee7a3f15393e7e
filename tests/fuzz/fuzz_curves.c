/* links: formats */
/* Whatever text comes: a message with a status, or curves that can be asked anything. */
#include "formats/curves_yaml.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmArena arena = {0};
    static QmDiag diag;
    memset(&diag, 0, sizeof diag);
    QmTargetCurves curves = {0};
    const QmStatus status =
        qm_curves_parse((const char *)data, size, "fuzz.yaml", &arena, &diag, &curves);
    assert(status == diag.status && (status == QM_OK) == (diag.text[0] == '\0'));
    for (uint32_t i = 0; i < curves.n; i++) {
        const QmTargetCurve *const curve = &curves.curves[i];
        const QmTargetCurve *found = NULL;
        assert(curve->n >= 2 && curve->name && curve->source);
        double db = 0;
        for (double hz = 0.5; hz < 2e6; hz *= 1.1)
            if (qm_curve_at(curve, hz, &db))
                assert(db >= -200.001 && db <= 200.001);
        assert(qm_curve_at(curve, curve->points[0].hz, &db) &&
               qm_curve_at(curve, curve->points[curve->n - 1].hz, &db));
        if (i < 8)
            assert(qm_curves_find(&curves, curve->name, &arena, &diag, &found) == QM_OK &&
                   strcmp(found->name, curve->name) == 0);
    }
    qm_arena_release(&arena);
    return 0;
}
