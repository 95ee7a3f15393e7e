/* links: formats */
/* Whatever text comes: a message with a status, or settings that every rule can be asked
 * with. */
#include "formats/template_yaml.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const QmParam *row, double value)
{
    assert(value >= row->min && value <= row->max);
}

static void check(const QmTemplate *template)
{
    for (uint32_t r = 0; r < qm_rule_count(); r++) {
        const QmRule *rule = qm_rule_at(r);
        for (uint32_t role = 0; role <= QM_ROLE_COUNT; role++) {
            const QmSettings *s = qm_template_settings(template, rule, role);
            assert(s->style && s->why && s->n_groups <= rule->max_groups);
            for (uint32_t i = 0; i < rule->n_params; i++)
                check_row(&rule->params[i], s->values[i]);
            for (uint32_t i = 0; i < s->n_groups * rule->n_group; i++)
                check_row(&rule->group[i % rule->n_group], s->values[rule->n_params + i]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const QmTemplateTarget row = {"spotify", "source", -14, -1};
    static const QmTargetPoint points[] = {{20, 0}, {20000, 0}};
    static const QmTargetCurve curve = {"pop", "source", points, 2};
    static const QmTargets targets = {&row, 1};
    static const QmTargetCurves curves = {&curve, 1, "curves.yaml"};
    static QmDiag diag;
    QmArena arena = {0};
    QmTemplateDocument document = {"fuzz.yaml", NULL};
    const QmTemplate *template = NULL;
    memset(&diag, 0, sizeof diag);
    QmStatus status = qm_yaml_parse((const char *)data, size, document.file, &arena,
                                    &diag, &document.root);
    const QmTemplateMakings makings = {.documents = &document,
                                       .n = 1,
                                       .targets = &targets,
                                       .curves = &curves};
    status = status ? status : qm_template_make(&makings, &arena, &diag, &template);
    assert(status == diag.status && (status == QM_OK) == (diag.text[0] == '\0'));
    assert((status == QM_OK) == (template != NULL));
    if (template)
        check(template);
    qm_arena_release(&arena);
    return 0;
}
