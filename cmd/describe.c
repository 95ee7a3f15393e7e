/* Printed straight from the tables that parse and check, so that it cannot be out of
 * date. */
#include "cmd/describe.h"

#include "base/text.h"
#include "base/units.h"
#include "proc/generator.h"
#include "proc/modulator.h"
#include "proc/proc.h"
#include "render/lv2.h"

#include <stdio.h>
#include <string.h>

/* In front of a plug-in's URI. */
#define PLUGIN "lv2:"

static void print_line(const char *name, const char *kind, const char *summary)
{
    printf("%-12s %-9s %s\n", name, kind, summary);
}

void describe_list(void)
{
    for (uint32_t i = 0; i < qm_gen_count(); i++)
        print_line(qm_gen_at(i)->name, "source", qm_gen_at(i)->summary);
    for (uint32_t i = 0; i < qm_proc_count(); i++)
        print_line(qm_proc_at(i)->name, "insert", qm_proc_at(i)->summary);
    for (uint32_t i = 0; i < qm_mod_count(); i++)
        print_line(qm_mod_at(i)->name, "modulator", qm_mod_at(i)->summary);
}

static const char *number(double value, QmUnit unit, char text[QM_NUMBER_TEXT + 16])
{
    qm_quantity_text(value, unit, text);
    return text;
}

static void print_range(const QmParam *row)
{
    char min[QM_NUMBER_TEXT + 16], max[QM_NUMBER_TEXT + 16], def[QM_NUMBER_TEXT + 16];
    if (row->kind == QM_PARAM_SWITCH) {
        printf("yes or no, default %s", row->def > 0.5 ? "yes" : "no");
    } else if (row->kind == QM_PARAM_CHOICE) {
        for (uint32_t c = 0; row->choices[c]; c++)
            printf("%s%s", c ? ", " : "", row->choices[c]);
        printf("; default %s", row->choices[(uint32_t)row->def]);
    } else {
        printf("%s to %s%s, default %s", number(row->min, QM_UNIT_NONE, min),
               number(row->max, row->unit, max),
               row->kind == QM_PARAM_INTEGER ? ", whole" : "",
               number(row->def, row->unit, def));
    }
}

void describe_rows(const QmParam *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        printf("  %-16s %s\n  %-16s ", rows[i].name, rows[i].help, "");
        print_range(&rows[i]);
        printf("%s\n", rows[i].flags & QM_PARAM_STRUCTURAL ? "; fixed for a render" : "");
    }
}

static void print_key(void)
{
    printf("  %-16s %s\n", "key", "the strip that is listened to instead of the input");
}

/* Asked as an insert, then as an instrument: the host says which it is not. */
static int describe_plugin(const CliTool *tool, const char *uri)
{
    QmArena arena;
    QmLv2 *host = NULL;
    const QmPlugin *plugin = NULL;
    QmDiag diag = {.status = QM_OK};
    qm_arena_init(&arena);
    QmPluginQuery query = {.name.uri = uri, .rate = 48000};
    QmStatus status = qm_lv2_new("", &arena, &diag, &host);
    if (status == QM_OK)
        status = qm_lv2_plugins(host)->find(host, &query, &diag, &plugin);
    if (status != QM_OK) {
        QmDiag again = {.status = QM_OK};
        query.instrument = true;
        if (host && qm_lv2_plugins(host)->find(host, &query, &again, &plugin) == QM_OK)
            diag = again;
    }
    if (plugin) {
        const QmProcDesc *proc = plugin->proc;
        printf("lv2: %s%s%s, an %s, %s\n", plugin->name, plugin->version[0] ? " " : "",
               plugin->version, proc ? "insert" : "instrument", plugin->library);
        describe_rows(proc ? proc->params : plugin->generator->params,
                      proc ? proc->n_params : plugin->generator->n_params);
        if (proc && proc->flags & QM_PROC_KEYED)
            print_key();
    }
    const CliCommon common = {0};
    const int code = cli_report(tool, &common, &diag);
    qm_lv2_release(host);
    qm_arena_release(&arena);
    return code;
}

static int describe_modulator(const QmModDesc *mod)
{
    printf("%s: %s\n", mod->name, mod->summary);
    if (mod->flags & QM_MOD_LISTENS)
        printf("  %-16s %s\n", "strip", "the strip that is heard");
    if (mod->flags & QM_MOD_GATED)
        printf("  %-16s %s\n", "strip", "the source whose notes it is told");
    describe_rows(mod->params, mod->n_params);
    if (mod->group_name) {
        printf("%s: a list of 1 to %u, each\n", mod->group_name, mod->max_groups);
        describe_rows(mod->group, 1);
    }
    return 0;
}

static int unknown(const CliTool *tool, const char *name)
{
    const char *names[256];
    size_t n = 0;
    for (uint32_t i = 0; i < qm_gen_count(); i++)
        names[n++] = qm_gen_at(i)->name;
    for (uint32_t i = 0; i < qm_proc_count(); i++)
        names[n++] = qm_proc_at(i)->name;
    for (uint32_t i = 0; i < qm_mod_count(); i++)
        names[n++] = qm_mod_at(i)->name;
    const char *meant = qm_near_miss(name, names, n);
    if (!meant)
        return cli_usage_error(tool, "there is no processor", name);
    fprintf(stderr, "%s: there is no processor '%s', did you mean '%s'?\n", tool->name,
            name, meant);
    return QM_ERR_USAGE;
}

int describe_one(const CliTool *tool, const char *name)
{
    if (qm_starts_with(name, PLUGIN))
        return describe_plugin(tool, name + strlen(PLUGIN));
    const QmGenDesc *gen = qm_gen_find(name);
    const QmProcDesc *proc = qm_proc_find(name);
    if (qm_mod_find(name))
        return describe_modulator(qm_mod_find(name));
    if (gen) {
        printf("%s: %s\n", gen->name, gen->summary);
        describe_rows(gen->params, gen->n_params);
        return 0;
    }
    if (!proc)
        return unknown(tool, name);
    printf("%s: %s\n", proc->name, proc->summary);
    describe_rows(proc->params, proc->n_params);
    if (proc->flags & QM_PROC_KEYED)
        print_key();
    for (uint32_t i = 0; i < proc->n_readings; i++)
        printf("  %-16s %s (measured, told by -v)\n", proc->readings[i].name,
               proc->readings[i].help);
    if (proc->group_name) {
        printf("%s: up to %u, each with\n", proc->group_name, proc->max_groups);
        describe_rows(proc->group, proc->n_group);
    }
    return 0;
}
