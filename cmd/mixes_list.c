/* The time beside a mix is that of its file, in the user's time zone: of no interest to
 * machines, who get the log's hash. */
#include "cmd/mixes_list.h"

#include "base/number.h"
#include "base/text.h"
#include "cmd/cli.h"
#include "cmd/json.h"
#include "formats/file.h"
#include "formats/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

size_t mixes_decisions(const QmDecisionLog *log)
{
    const QmDecision *const decisions = log->decisions.items;
    size_t n = 0;
    for (size_t i = 0; i < log->decisions.count; i++)
        n += !qm_decision_is_note(&decisions[i]);
    return n;
}

/* ---- for people ---- */

static void print_number(QmMeasured value, bool edited)
{
    char number[QM_NUMBER_TEXT];
    qm_fixed_text(value.value, 1, number);
    printf(" %7s", value.why || edited ? "-" : number);
}

static void print_time(int64_t written_s)
{
    const time_t at = (time_t)written_s;
    struct tm parts;
    char text[32] = "-";
    if (localtime_r(&at, &parts))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    printf("  %-16s", text);
}

static bool is_current(const MixEntry *entry, const char *now, size_t size)
{
    return now && entry->size == size && memcmp(entry->text, now, size) == 0;
}

QmStatus mixes_list(const MixStore *store, const MixEntry *entries, size_t n,
                    QmArena *arena, QmDiag *diag)
{
    struct stat info;
    char *now = NULL;
    size_t size = 0, width = 4;
    if (stat(store->log, &info) == 0) {
        const QmStatus status =
            qm_file_read(store->log, QM_YAML_MAX_SIZE, arena, diag, &now, &size);
        if (status != QM_OK)
            return status;
    }
    for (size_t i = 0; i < n; i++)
        width = strlen(entries[i].name) > width ? strlen(entries[i].name) : width;
    if (n == 0)
        printf("no mixes of '%s' are saved\n", store->log);
    else
        printf("  %-*s %7s %7s %9s  %-16s  %s\n", (int)width, "name", "LUFS", "dBTP",
               "decisions", "saved", "note");
    for (size_t i = 0; i < n; i++) {
        const MixEntry *const e = &entries[i];
        printf("%c %-*s", is_current(e, now, size) ? '*' : ' ', (int)width, e->name);
        print_number(e->facts.lufs, e->edited);
        print_number(e->facts.true_peak, e->edited);
        printf(" %9zu", mixes_decisions(&e->log));
        print_time(e->written_s);
        printf("  ");
        cli_print_name(e->facts.note);
        printf("%s\n", e->edited ? " (changed since it was measured)" : "");
    }
    return QM_OK;
}

/* ---- for machines ---- */

static json_t *number(QmMeasured value, bool edited)
{
    return value.why || edited ? json_null() : json_real(value.value);
}

static void inputs_json(CliJson *json, const QmDecisionLog *log)
{
    const QmLogInput *const inputs = log->inputs.items;
    cli_json_key(json, "inputs");
    cli_json_open(json, '[');
    for (size_t i = 0; i < log->inputs.count; i++) {
        cli_json_open(json, '{');
        cli_json_set(json, "strip", cli_json_text(inputs[i].strip));
        cli_json_set(json, "hash", cli_json_text(inputs[i].hash));
        cli_json_set(json, "file", cli_json_text(inputs[i].file));
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void decisions_json(CliJson *json, const QmDecisionLog *log)
{
    const QmDecision *const decisions = log->decisions.items;
    cli_json_key(json, "decisions");
    cli_json_open(json, '[');
    for (size_t i = 0; i < log->decisions.count; i++) {
        const QmDecision *const d = &decisions[i];
        const bool note = qm_decision_is_note(d);
        cli_json_open(json, '{');
        cli_json_set(json, "stage", json_string(qm_stage_names[d->stage]));
        cli_json_set(json, note ? "strip" : "target", cli_json_text(d->target));
        cli_json_set(json, "value", note ? json_null() : cli_json_text(d->value));
        cli_json_set(json, "origin", json_string(qm_origin_names[d->origin]));
        cli_json_set(json, "rule", cli_json_text(d->rule));
        cli_json_set(json, "because", cli_json_text(d->because));
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void head_json(CliJson *json, const QmDecisionLog *log)
{
    cli_json_set(json, "session",
                 log->session ? cli_json_text(log->session) : json_null());
    cli_json_set(json, "template", cli_json_text(log->template));
    cli_json_set(json, "seed", json_integer((json_int_t)log->seed));
    cli_json_set(json, "target", cli_json_text(log->target));
    cli_json_set(json, "target_lufs", json_real(log->lufs));
    cli_json_set(json, "target_ceiling", json_real(log->ceiling));
}

static void entry_json(CliJson *json, const MixEntry *entry, bool decisions)
{
    const QmSavedFacts *const facts = &entry->facts;
    char hash[17];
    mix_store_hash(entry->text, entry->size, hash);
    cli_json_open(json, '{');
    cli_json_set(json, "name", cli_json_text(entry->name));
    cli_json_set(json, "note", cli_json_text(facts->note));
    cli_json_set(json, "log", json_string(hash));
    cli_json_set(json, "lufs", number(facts->lufs, entry->edited));
    cli_json_set(json, "lra", number(facts->lra, entry->edited));
    cli_json_set(json, "true_peak", number(facts->true_peak, entry->edited));
    cli_json_set(json, "seconds", number(facts->seconds, entry->edited));
    cli_json_set(json, "count", json_integer((json_int_t)mixes_decisions(&entry->log)));
    head_json(json, &entry->log);
    if (decisions) {
        inputs_json(json, &entry->log);
        decisions_json(json, &entry->log);
    }
    cli_json_close(json, '}');
}

QmStatus mixes_json(const MixStore *store, const MixEntry *entries, size_t n,
                    bool decisions, QmDiag *diag)
{
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "log", cli_json_text(store->log));
    cli_json_key(&json, "mixes");
    cli_json_open(&json, '[');
    for (size_t i = 0; i < n; i++)
        entry_json(&json, &entries[i], decisions);
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}
