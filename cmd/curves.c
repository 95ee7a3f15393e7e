/* Target curves are data: templates/curves.yaml. */
#include "cmd/curves.h"

#include <stdio.h>

QmStatus curves_print(QmArena *arena, QmDiag *diag)
{
    QmTargetCurves curves = {0};
    const QmStatus status = qm_curves_load(arena, diag, &curves);
    for (uint32_t i = 0; status == QM_OK && i < curves.n; i++)
        printf("%-14s %s\n", curves.curves[i].name, curves.curves[i].source);
    return status;
}

QmStatus curves_choose(const char *name, QmArena *arena, QmDiag *diag,
                       const QmTargetCurve **curve)
{
    QmTargetCurves curves = {0};
    *curve = NULL;
    if (!name)
        return QM_OK;
    const QmStatus status = qm_curves_load(arena, diag, &curves);
    if (status != QM_OK)
        return status;
    return qm_curves_find(&curves, name, arena, diag, curve);
}
