/* Values of table rows as text: the one place where a written value becomes a number, for
 * sessions, overrides and whatever else names a parameter. */
#include "model/address.h"

#include <string.h>

static const char *const switch_names[2][3] = {{"no", "false", "off"},
                                               {"yes", "true", "on"}};

/* Adds `piece` to a message under construction, as far as it fits. */
static void add(char text[QM_EXPECTED_TEXT], const char *piece)
{
    const size_t used = strlen(text), length = strlen(piece);
    const size_t room = QM_EXPECTED_TEXT - 1 - used;
    const size_t n = length < room ? length : room;
    memcpy(text + used, piece, n);
    text[used + n] = '\0';
}

static void add_number(char text[QM_EXPECTED_TEXT], double value)
{
    char number[QM_NUMBER_TEXT];
    qm_number_text(value, number);
    add(text, number);
}

void qm_param_expected(const QmParam *param, char text[QM_EXPECTED_TEXT])
{
    text[0] = '\0';
    if (param->kind == QM_PARAM_SWITCH) {
        add(text, "yes or no");
        return;
    }
    if (param->kind == QM_PARAM_CHOICE) {
        add(text, param->choices[1] ? "one of " : "");
        for (uint32_t i = 0; param->choices[i]; i++) {
            add(text, i == 0 ? "" : ", ");
            add(text, param->choices[i]);
        }
        return;
    }
    add(text,
        param->kind == QM_PARAM_INTEGER ? "a whole number from " : "a number from ");
    add_number(text, param->min);
    add(text, " to ");
    add_number(text, param->max);
    const char *unit = qm_unit_name(param->unit);
    add(text, unit[0] != '\0' && unit[0] != ':' ? " " : "");
    add(text, unit);
}

static bool parse_switch(const char *text, double *value)
{
    for (int on = 0; on < 2; on++) {
        for (size_t i = 0; i < QM_COUNT(switch_names[on]); i++) {
            if (qm_same(text, switch_names[on][i])) {
                *value = on;
                return true;
            }
        }
    }
    return false;
}

static uint32_t count_choices(const QmParam *param)
{
    uint32_t n = 0;
    while (param->choices[n]) {
        n++;
    }
    return n;
}

static bool parse_choice(const QmParam *param, const char *text, double *value)
{
    for (uint32_t i = 0; param->choices[i]; i++) {
        if (qm_same(text, param->choices[i])) {
            *value = i;
            return true;
        }
    }
    return false;
}

static bool parse_value(const QmParam *param, const char *text, double *value)
{
    if (param->kind == QM_PARAM_SWITCH) {
        return parse_switch(text, value);
    }
    if (param->kind == QM_PARAM_CHOICE) {
        return parse_choice(param, text, value);
    }
    double read;
    if (!qm_quantity_parse(text, param->unit, &read) || read < param->min ||
        read > param->max) {
        return false;
    }
    if (param->kind == QM_PARAM_INTEGER && read != (double)(int64_t)read) {
        return false;
    }
    *value = read + 0.0; /* -0 is 0 */
    return true;
}

QmStatus qm_param_parse(const QmParam *param, const char *text, QmPlace place,
                        const char *path, QmDiag *diag, double *value)
{
    if (parse_value(param, text, value)) {
        return QM_OK;
    }
    char expected[QM_EXPECTED_TEXT];
    qm_param_expected(param, expected);
    const char *meant = param->kind == QM_PARAM_CHOICE
                            ? qm_near_miss(text, param->choices, count_choices(param))
                            : NULL;
    if (meant) {
        return qm_fail(diag, QM_ERR_INPUT, place, path,
                       "expected %s, found '%s', did you mean '%s'?", expected, text,
                       meant);
    }
    return qm_fail(diag, QM_ERR_INPUT, place, path, "expected %s, found '%s'", expected,
                   text);
}

void qm_param_print(const QmParam *param, double value, QmText *text)
{
    if (param->kind == QM_PARAM_SWITCH) {
        qm_text_add(text, switch_names[value != 0][0]);
    } else if (param->kind == QM_PARAM_CHOICE) {
        qm_text_add(text, param->choices[(uint32_t)value]);
    } else {
        char number[QM_NUMBER_TEXT];
        qm_number_text(value, number);
        qm_text_add(text, number);
    }
}

QmStatus qm_fail_unknown(QmDiag *diag, QmPlace place, const char *path, const char *what,
                         const char *word, const char *const *candidates, size_t count)
{
    const char *meant = qm_near_miss(word, candidates, count);
    if (meant) {
        return qm_fail(diag, QM_ERR_INPUT, place, path,
                       "unknown %s '%s', did you mean '%s'?", what, word, meant);
    }
    return qm_fail(diag, QM_ERR_INPUT, place, path, "unknown %s '%s'", what, word);
}
