/* For people: text in columns. For machines: the same, a line an object. */
#include "cmd/mix_tell.h"

#include "base/number.h"
#include "cmd/json.h"
#include "formats/decision_text.h"

#include <stdio.h>
#include <string.h>

/* "-14.0", or "-" where there is none. */
static const char *shown(QmMeasured value, int decimals, char text[QM_NUMBER_TEXT])
{
    if (value.why)
        return "-";
    qm_fixed_text(value.value, decimals, text);
    return text;
}

static uint32_t count_notes(const QmDecisionLog *log)
{
    const QmDecision *const decisions = log->decisions.items;
    uint32_t n = 0;
    for (size_t i = 0; i < log->decisions.count; i++)
        n += qm_decision_is_note(&decisions[i]);
    return n;
}

/* ---- for people ---- */

static QmStatus put(const QmText *text, QmDiag *diag)
{
    if (text->failed)
        return qm_fail_memory(diag);
    fwrite(text->data, 1, text->length, stdout);
    return QM_OK;
}

QmStatus mix_tell_log(Mixing *mixing, QmDiag *diag)
{
    QmText text;
    qm_text_init(&text, &mixing->arena);
    qm_log_print(&mixing->mix.log, &text);
    return put(&text, diag);
}

static QmStatus fail_strip(const Mixing *mixing, const char *name, QmDiag *diag)
{
    const QmSession *const session = mixing->edited.session;
    const char *names[QM_MAX_STRIPS];
    for (uint32_t i = 0; i < session->n_strips; i++)
        names[i] = session->strips[i].name;
    const char *const meant = qm_near_miss(name, names, session->n_strips);
    return qm_fail_plain(diag, QM_ERR_USAGE, "--explain: there is no strip '%s'%s%s%s",
                         name, meant ? ", did you mean '" : "", meant ? meant : "",
                         meant ? "'?" : "");
}

static const QmMixStrip *find_strip(const QmMix *mix, const char *name)
{
    for (uint32_t i = 0; i < mix->n_strips; i++)
        if (qm_same(mix->strips[i].name, name))
            return &mix->strips[i];
    return NULL;
}

static void print_facts(const QmMix *mix, const QmMixStrip *strip, QmText *text)
{
    char lufs[QM_NUMBER_TEXT], peak[QM_NUMBER_TEXT], chain[QM_NUMBER_TEXT],
        heard[QM_NUMBER_TEXT];
    qm_text_printf(text, "%s: %s, %s\n", strip->name, qm_roles[strip->role].name,
                   strip->file[0] ? strip->file : "not one file");
    qm_text_printf(text,
                   "%s LUFS and %s dBTP as it came, %s LUFS behind its inserts, %s LUFS "
                   "in the mix\n",
                   shown(strip->raw->lufs, 1, lufs),
                   shown(strip->raw->true_peak, 1, peak),
                   shown(strip->chain->lufs, 1, chain),
                   shown(qm_mix_loudness(mix, strip), 1, heard));
}

QmStatus mix_tell_strip(Mixing *mixing, const char *strip, QmDiag *diag)
{
    const QmMix *const mix = &mixing->mix;
    const QmMixStrip *const source = find_strip(mix, strip);
    const QmDecision *const decisions = mix->log.decisions.items;
    QmText text;
    if (qm_session_strip(mixing->edited.session, strip) == QM_NONE)
        return fail_strip(mixing, strip, diag);
    qm_text_init(&text, &mixing->arena);
    if (source)
        print_facts(mix, source, &text);
    const char *rule = "";
    for (size_t i = 0; i < mix->log.decisions.count; i++) {
        const QmDecision *const d = &decisions[i];
        const QmRule *const of = qm_rule_find(d->rule);
        if (!qm_target_within(d->target, strip))
            continue;
        if (!qm_same(rule, d->rule))
            qm_text_printf(&text, "\n%s%s%s\n", d->rule, of ? ": " : "",
                           of ? of->doc : "");
        rule = d->rule;
        qm_text_add(&text, "  ");
        qm_decision_print(d, &text);
    }
    return put(&text, diag);
}

void mix_tell_summary(const Mixing *mixing, const char *output, const char *log,
                      int64_t frames)
{
    const QmMix *const mix = &mixing->mix;
    char length[QM_NUMBER_TEXT], lufs[QM_NUMBER_TEXT], peak[QM_NUMBER_TEXT],
        target[QM_NUMBER_TEXT], ceiling[QM_NUMBER_TEXT];
    qm_fixed_text((double)frames / mixing->edited.session->rate, 2, length);
    qm_fixed_text(mix->lufs, 1, target);
    qm_fixed_text(mix->ceiling, 1, ceiling);
    fprintf(stderr, "%s: %s s, %s LUFS, %s dBTP (target %s, %s)%s\n", output, length,
            shown(mix->out->lufs, 2, lufs), shown(mix->out->true_peak, 2, peak), target,
            ceiling, mixing->missed ? ": missed" : "");
    const uint32_t notes = count_notes(&mix->log);
    fprintf(stderr, "%u strips, template %s, %zu decisions, %u note%s%s%s\n",
            mix->n_strips, mix->template->name, mix->log.decisions.count - notes, notes,
            notes == 1 ? "" : "s", log ? ": " : "", log ? log : "");
}

/* ---- for machines ---- */

static json_t *number(double value, int decimals)
{
    char text[QM_NUMBER_TEXT];
    double rounded = value;
    qm_fixed_text(value, decimals, text);
    qm_number_parse(text, &rounded);
    return json_real(rounded);
}

static void set_measured(CliJson *json, const char *key, QmMeasured value, int decimals)
{
    cli_json_set(json, key, value.why ? json_null() : number(value.value, decimals));
}

static QmStatus json_head(const Mixing *mixing, QmDiag *diag)
{
    const QmDecisionLog *const log = &mixing->mix.log;
    const QmLogInput *const inputs = log->inputs.items;
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "qmix", cli_json_text(log->version));
    cli_json_set(&json, "session",
                 log->session ? cli_json_text(log->session) : json_null());
    cli_json_set(&json, "template", cli_json_text(log->template));
    cli_json_set(&json, "seed", json_integer((json_int_t)log->seed));
    cli_json_set(&json, "target", cli_json_text(log->target));
    cli_json_set(&json, "lufs", number(log->lufs, 2));
    cli_json_set(&json, "ceiling", number(log->ceiling, 2));
    cli_json_key(&json, "inputs");
    cli_json_open(&json, '[');
    for (size_t i = 0; i < log->inputs.count; i++) {
        cli_json_open(&json, '{');
        cli_json_set(&json, "strip", cli_json_text(inputs[i].strip));
        cli_json_set(&json, "file", cli_json_text(inputs[i].file));
        cli_json_set(&json, "hash", cli_json_text(inputs[i].hash));
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}

static QmStatus json_decision(const QmDecision *d, QmDiag *diag)
{
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "stage", cli_json_text(qm_stage_names[d->stage]));
    cli_json_set(&json, "target", cli_json_text(d->target));
    cli_json_set(&json, "value",
                 qm_decision_is_note(d) ? json_null() : cli_json_text(d->value));
    cli_json_set(&json, "origin", cli_json_text(qm_origin_names[d->origin]));
    cli_json_set(&json, "rule", cli_json_text(d->rule));
    cli_json_set(&json, "because", cli_json_text(d->because));
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}

static QmStatus json_strip(const Mixing *mixing, uint32_t index, QmDiag *diag)
{
    const QmMixStrip *const strip = &mixing->mix.strips[index];
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "strip", cli_json_text(strip->name));
    cli_json_set(&json, "role", cli_json_text(qm_roles[strip->role].name));
    cli_json_set(&json, "file", cli_json_text(strip->file));
    cli_json_set(&json, "heard", json_boolean(qm_mix_heard(&mixing->mix, strip)));
    set_measured(&json, "raw", strip->raw->lufs, 2);
    set_measured(&json, "wanted", mixing->wanted[index], 2);
    set_measured(&json, "loudness", qm_mix_loudness(&mixing->mix, strip), 2);
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}

static QmStatus json_outcome(const Mixing *mixing, const char *output, int64_t frames,
                             QmDiag *diag)
{
    const QmMix *const mix = &mixing->mix;
    CliJson json = {0};
    cli_json_open(&json, '{');
    cli_json_set(&json, "output", output ? cli_json_text(output) : json_null());
    cli_json_set(&json, "frames", output ? json_integer(frames) : json_null());
    cli_json_set(&json, "rate", json_integer(mixing->edited.session->rate));
    set_measured(&json, "integrated", mix->out->lufs, 2);
    set_measured(&json, "true", mix->out->true_peak, 2);
    cli_json_set(&json, "missed", json_boolean(mixing->missed));
    cli_json_set(&json, "passes", json_integer(mixing->passes));
    cli_json_set(&json, "notes", json_integer(count_notes(&mix->log)));
    set_measured(&json, "masking", mixing->after.masking->total, 3);
    set_measured(&json, "masking_heard", mixing->after.masking->heard_total, 3);
    set_measured(&json, "masking_before", mixing->before.masking->total, 3);
    cli_json_close(&json, '}');
    return cli_json_end(&json, diag);
}

QmStatus mix_tell_json(Mixing *mixing, const char *output, int64_t frames, QmDiag *diag)
{
    const QmMix *const mix = &mixing->mix;
    const QmDecision *const decisions = mix->log.decisions.items;
    QmStatus status = json_head(mixing, diag);
    for (size_t i = 0; i < mix->log.decisions.count && status == QM_OK; i++)
        status = json_decision(&decisions[i], diag);
    for (uint32_t i = 0; i < mix->n_strips && status == QM_OK; i++)
        status = json_strip(mixing, i, diag);
    return status == QM_OK ? json_outcome(mixing, output, frames, diag) : status;
}
