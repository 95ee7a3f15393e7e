/* One table of the numbers; print and parse walk it. */
#include "formats/saved_facts.h"

#include "base/number.h"
#include "formats/yaml_tree.h"
#include "formats/yaml_write.h"

#include <string.h>

static const struct {
    const char *key;
    size_t offset;
    int decimals;
} NUMBERS[] = {
    {"lufs", offsetof(QmSavedFacts, lufs), 2},
    {"lra", offsetof(QmSavedFacts, lra), 1},
    {"true-peak", offsetof(QmSavedFacts, true_peak), 2},
    {"seconds", offsetof(QmSavedFacts, seconds), 3},
};
enum { N_NUMBERS = sizeof NUMBERS / sizeof *NUMBERS };

void qm_saved_facts_init(QmSavedFacts *facts)
{
    *facts = (QmSavedFacts){.note = ""};
    for (size_t i = 0; i < N_NUMBERS; i++)
        *(QmMeasured *)((char *)facts + NUMBERS[i].offset) =
            qm_unmeasured("not measured");
}

void qm_saved_facts_print(const QmSavedFacts *facts, QmText *text)
{
    QmYamlWriter yaml = {.text = text};
    qm_yaml_begin_map(&yaml, false);
    if (facts->note[0]) {
        qm_yaml_key(&yaml, "note");
        qm_yaml_text(&yaml, facts->note);
    }
    qm_yaml_key(&yaml, "log");
    qm_yaml_quoted(&yaml, facts->log);
    for (size_t i = 0; i < N_NUMBERS; i++) {
        const QmMeasured *const number =
            (const QmMeasured *)((const char *)facts + NUMBERS[i].offset);
        char digits[QM_NUMBER_TEXT];
        if (number->why)
            continue;
        qm_fixed_text(number->value, NUMBERS[i].decimals, digits);
        qm_yaml_key(&yaml, NUMBERS[i].key);
        qm_yaml_bare(&yaml, digits);
    }
    qm_yaml_end(&yaml);
}

static QmStatus refuse(const QmYamlNode *node, const char *file, const char *expected,
                       QmDiag *diag)
{
    return qm_fail(diag, QM_ERR_INPUT, (QmPlace){file, node->line, node->column},
                   node->key, "expected %s", expected);
}

static bool is_hash(const QmYamlNode *node)
{
    return strlen(node->text) == 16 && strspn(node->text, "0123456789abcdef") == 16;
}

static QmStatus read_entry(const QmYamlNode *node, const char *file, QmDiag *diag,
                           QmSavedFacts *facts)
{
    if (node->kind != QM_YAML_SCALAR)
        return refuse(node, file, "a text or a number", diag);
    if (qm_same(node->key, "note")) {
        facts->note = node->text;
        return QM_OK;
    }
    if (qm_same(node->key, "log")) {
        if (!is_hash(node))
            return refuse(node, file, "16 hex digits", diag);
        memcpy(facts->log, node->text, 17);
        return QM_OK;
    }
    for (size_t i = 0; i < N_NUMBERS; i++) {
        double value;
        if (!qm_same(node->key, NUMBERS[i].key))
            continue;
        if (!qm_number_parse(node->text, &value))
            return refuse(node, file, "a number", diag);
        *(QmMeasured *)((char *)facts + NUMBERS[i].offset) = qm_measured(value);
        return QM_OK;
    }
    return qm_fail(diag, QM_ERR_INPUT, (QmPlace){file, node->key_line, node->key_column},
                   NULL, "a saved mix has no '%s'", node->key);
}

QmStatus qm_saved_facts_parse(const char *text, size_t size, const char *file_name,
                              QmArena *arena, QmDiag *diag, QmSavedFacts *facts)
{
    const QmYamlNode *root = NULL;
    QmSavedFacts read;
    qm_saved_facts_init(&read);
    QmStatus status = qm_yaml_parse(text, size, file_name, arena, diag, &root);
    if (status == QM_OK && root->kind != QM_YAML_MAP)
        status = qm_fail(diag, QM_ERR_INPUT, (QmPlace){file_name, 1, 1}, NULL,
                         "expected a map of what was measured");
    for (const QmYamlNode *node = status == QM_OK ? root->first : NULL;
         node && status == QM_OK; node = node->next)
        status = read_entry(node, file_name, diag, &read);
    if (status == QM_OK)
        *facts = read;
    return status;
}
