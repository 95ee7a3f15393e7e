/* A template is shown as it was resolved, not as it was written: first what is for all,
 * then for each role what is different there. A line is a rule, what is on or off, the
 * style, and every setting that is not its table's default; the tables end it. */
#include "cmd/templates.h"

#include "base/text.h"
#include "cmd/describe.h"
#include "formats/template_yaml.h"
#include "mix/rule.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, INDENT = 15, TEXT = QM_NUMBER_TEXT + 16 };

/* ---- text on a terminal ---- */

/* `text` from column `indent` on, its lines broken at spaces. */
static void print_wrapped(const char *text, size_t indent)
{
    size_t column = indent;
    while (*text) {
        const size_t length = strcspn(text, " ");
        char word[WIDTH + 1];
        if (column > indent && column + 1 + length > WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            printf(" ");
            column++;
        }
        for (size_t done = 0; done < length;) {
            const size_t n = length - done < WIDTH ? length - done : WIDTH;
            memcpy(word, text + done, n);
            word[n] = '\0';
            cli_print_name(word);
            done += n;
        }
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    printf("\n");
}

static void add_value(QmText *text, const QmParam *row, double value)
{
    char number[TEXT];
    qm_text_printf(text, " %s ", row->name);
    if (row->kind == QM_PARAM_SWITCH) {
        qm_text_add(text, value > 0.5 ? "yes" : "no");
    } else if (row->kind == QM_PARAM_CHOICE) {
        qm_text_add(text, row->choices[(uint32_t)value]);
    } else {
        qm_quantity_text(value, row->unit, number);
        qm_text_add(text, number);
    }
}

/* ---- a template ---- */

/* "glue: threshold -20 dB, ratio 3:1; why", without the reason if `last` was the same. */
static void add_settings(QmText *text, const QmRule *rule, const QmSettings *s,
                         const char *last)
{
    const char *between = ":";
    qm_text_add(text, s->on ? s->style[0] ? s->style : "yes" : "none");
    for (uint32_t i = 0; s->on && i < rule->n_params; i++) {
        if (i == 0 || s->values[i] != rule->params[i].def) {
            qm_text_add(text, between);
            add_value(text, &rule->params[i], s->values[i]);
            between = ",";
        }
    }
    for (uint32_t g = 0; s->on && g < s->n_groups; g++) {
        qm_text_printf(text, "%s %s %u", between, rule->group_name, g + 1);
        between = ",";
        for (uint32_t i = 0; i < rule->n_group; i++) {
            add_value(text, &rule->group[i],
                      s->values[rule->n_params + g * rule->n_group + i]);
        }
    }
    if (s->why[0] && !qm_same(s->why, last)) {
        qm_text_printf(text, "; %s", s->why);
    }
}

static void print_settings(QmArena *arena, const QmRule *rule, const QmSettings *s,
                           const char *last)
{
    QmText text;
    qm_text_init(&text, arena);
    add_settings(&text, rule, s, last);
    printf("  %-*s", INDENT - 2, rule->key);
    print_wrapped(text.failed ? "" : text.data, INDENT);
}

static bool is_same(const QmRule *rule, const QmSettings *a, const QmSettings *b)
{
    const size_t n = rule->n_params + (size_t)a->n_groups * rule->n_group;
    return a->on == b->on && a->n_groups == b->n_groups && qm_same(a->style, b->style) &&
           (!a->on || memcmp(a->values, b->values, n * sizeof *a->values) == 0);
}

/* What is for `role` and not for all; QM_ROLE_COUNT: what is for all. */
static void print_role(QmArena *arena, const QmTemplate *template, QmRole role)
{
    const bool is_all = role == QM_ROLE_COUNT;
    const char *last = "";
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        const QmRule *rule = qm_rule_at(i);
        const QmSettings *all = qm_template_settings(template, rule, QM_ROLE_COUNT);
        const QmSettings *s = qm_template_settings(template, rule, role);
        const bool shown =
            is_all ? rule->stage != QM_STAGE_MASTER && s->on : !is_same(rule, s, all);
        if (shown) {
            print_settings(arena, rule, s, last);
            last = s->why;
        }
    }
}

static void print_master(QmArena *arena, const QmTemplate *template)
{
    const char *last = "";
    printf("\nmaster\n");
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        const QmRule *rule = qm_rule_at(i);
        const QmSettings *s = qm_template_settings(template, rule, QM_ROLE_COUNT);
        if (rule->stage == QM_STAGE_MASTER) {
            print_settings(arena, rule, s, last);
            last = s->why;
        }
    }
}

static void print_target(const QmTemplateTarget *target)
{
    char lufs[TEXT], ceiling[QM_NUMBER_TEXT];
    qm_quantity_text(target->lufs, QM_UNIT_LUFS, lufs);
    qm_number_text(target->ceiling, ceiling);
    printf("%s, %s dBTP", lufs, ceiling);
}

static void print_template(QmArena *arena, const QmTemplate *template)
{
    printf("%-*s", INDENT, template->name);
    print_wrapped(template->about, INDENT);
    printf("%-*s%s, ", INDENT, "target", template->target.name);
    print_target(&template->target);
    printf("\n%-*s%s\n", INDENT, "curve",
           template->curve ? template->curve->name : "none");
    for (const char *const *source = template->sources; *source; source++) {
        printf("%-*s", INDENT, source == template->sources ? "sources" : "");
        print_wrapped(*source, INDENT);
    }
    printf("\nall\n");
    print_role(arena, template, QM_ROLE_COUNT);
    for (uint32_t role = 0; role < QM_ROLE_COUNT; role++) {
        printf("\n%-*s%s (%s)\n", INDENT, qm_roles[role].name, qm_roles[role].about,
               qm_family_names[qm_roles[role].family]);
        print_role(arena, template, (QmRole)role);
    }
    print_master(arena, template);
    printf("\nsettings that are not named have their default:\n");
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        printf("\n%s\n", qm_rule_at(i)->id);
        describe_rows(qm_rule_at(i)->params, qm_rule_at(i)->n_params);
    }
}

/* ---- a rule ---- */

static void print_rule(const QmRule *rule)
{
    printf("%s\n%*s", rule->id, INDENT, "");
    print_wrapped(rule->doc, INDENT);
    printf("%-*s", INDENT, "reads");
    print_wrapped(rule->reads ? rule->reads : "-", INDENT);
    printf("%-*s", INDENT, "writes");
    print_wrapped(rule->writes[0] ? rule->writes : "-", INDENT);
    printf("%-*s%s\n", INDENT, "is on",
           rule->on ? "unless a template says none" : "where a template says so");
    printf("%-*s%s '%s'", INDENT, "in templates",
           rule->stage == QM_STAGE_MASTER ? "master:" : "all, families, roles:",
           rule->key);
    if (rule->n_params > 0)
        printf("; a value by itself is its %s", rule->params[0].name);
    printf("\n");
    describe_rows(rule->params, rule->n_params);
    if (rule->group_name) {
        printf("%s: up to %u, each with\n", rule->group_name, rule->max_groups);
        describe_rows(rule->group, rule->n_group);
    }
}

/* All rules of that id or key; how many there were. */
static uint32_t print_rules(const char *name)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < qm_rule_count(); i++) {
        const QmRule *rule = qm_rule_at(i);
        if (qm_same(rule->id, name) || qm_same(rule->key, name)) {
            printf("%s", n++ ? "\n" : "");
            print_rule(rule);
        }
    }
    return n;
}

/* ---- what is asked for ---- */

/* Whether it is a rule's name rather than a template's that was probably meant; printed
 * then. */
static bool is_near_rule(const CliTool *tool, const char *name)
{
    const char *names[512];
    size_t n = 0;
    for (uint32_t i = 0; i < qm_rule_count() && n + 2 <= QM_COUNT(names); i++) {
        names[n++] = qm_rule_at(i)->key;
        names[n++] = qm_rule_at(i)->id;
    }
    const char *meant = qm_near_miss(name, names, n);
    if (meant)
        fprintf(stderr, "%s: there is no template or rule '%s', did you mean '%s'?\n",
                tool->name, name, meant);
    return meant != NULL;
}

int templates_describe(const CliTool *tool, const char *name)
{
    const CliCommon common = {0};
    QmArena arena;
    QmDiag diag = {.status = QM_OK};
    const QmTemplate *template = NULL;
    if (print_rules(name) > 0)
        return 0;
    qm_arena_init(&arena);
    const QmStatus status = qm_template_load(name, &arena, &diag, &template);
    int code;
    if (status == QM_OK)
        print_template(&arena, template);
    if (status != QM_OK && !strstr(diag.text, "did you mean") && !strpbrk(name, "./") &&
        is_near_rule(tool, name))
        code = QM_ERR_USAGE;
    else
        code = cli_report(tool, &common, &diag);
    qm_arena_release(&arena);
    return code;
}

static QmStatus list(QmArena *arena, QmDiag *diag)
{
    const char *const *names = NULL;
    QmTargets targets = {0};
    QmStatus status = qm_template_names(arena, diag, &names);
    status = status ? status : qm_targets_load(arena, diag, &targets);
    for (; status == QM_OK && *names; names++) {
        const QmTemplate *template = NULL;
        status = qm_template_load(*names, arena, diag, &template);
        if (status == QM_OK) {
            printf("%-*s", INDENT, *names);
            print_wrapped(template->about, INDENT);
        }
    }
    for (uint32_t i = 0; status == QM_OK && i < targets.n; i++) {
        printf("%s%-*s target, ", i == 0 ? "\n" : "", INDENT + 1,
               targets.targets[i].name);
        print_target(&targets.targets[i]);
        printf("\n");
    }
    return status;
}

int templates_list(const CliTool *tool)
{
    const CliCommon common = {0};
    QmArena arena;
    QmDiag diag = {.status = QM_OK};
    qm_arena_init(&arena);
    list(&arena, &diag);
    const int code = cli_report(tool, &common, &diag);
    qm_arena_release(&arena);
    return code;
}
