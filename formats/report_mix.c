/* The page of a mix: what it was made of, what it came to in large figures, what was
 * noticed; then pictures before and after, numbers, and every decision.
 *
 * It is written part by part: the text of one is gone before the next begins. */
#include "formats/report_mix.h"

#include "base/number.h"
#include "formats/report_mix_parts.h"

static void add_fact(QmText *text, const char *word, const char *value)
{
    if (!value || !value[0])
        return;
    qm_text_printf(text, "%s ", word);
    qm_xml_add(text, value);
    qm_text_add(text, " \xc2\xb7 ");
}

static void add_target(QmText *text, const QmDecisionLog *log)
{
    char number[QM_NUMBER_TEXT];
    qm_text_add(text, "target ");
    if (log->target && log->target[0]) {
        qm_xml_add(text, log->target);
        qm_text_add(text, ", ");
    }
    qm_number_text(log->lufs, number);
    qm_text_printf(text, "%s LUFS, ", number);
    qm_number_text(log->ceiling, number);
    qm_text_printf(text, "%s dBTP \xc2\xb7 ", number);
}

static size_t count(const QmDecisionLog *log)
{
    const QmDecision *const all = log->decisions.items;
    size_t n = 0;
    for (size_t i = 0; i < log->decisions.count; i++)
        n += !qm_decision_is_note(&all[i]);
    return n;
}

static void part_begin(const MixPart *part)
{
    QmText *text = part->page.text;
    const QmMix *const mix = part->report->mix;
    const size_t n = count(&mix->log);
    const char *const name = qm_path_last(part->report->name);
    report_head(text, name);
    qm_text_add(text, "<article>\n<h1>");
    qm_xml_add(text, name);
    qm_text_add(text, "</h1>\n<p class=\"facts\">");
    add_fact(text, "session", mix->log.session);
    add_fact(text, "template", mix->log.template);
    add_target(text, &mix->log);
    qm_text_printf(text, "seed %llu \xc2\xb7 %u %s \xc2\xb7 %zu %s</p>\n",
                   (unsigned long long)mix->log.seed, mix->n_strips,
                   mix->n_strips == 1 ? "strip" : "strips", n,
                   n == 1 ? "decision" : "decisions");
}

static void part_end(const MixPart *part)
{
    qm_text_add(part->page.text, "</article>\n");
    report_tail(part->page.text, "qmix");
}

static void (*const PARTS[])(const MixPart *) = {
    part_begin,         mix_part_notes,    mix_part_numbers, mix_part_balance,
    mix_part_masking,   mix_part_spectrum, mix_part_stereo,  mix_part_loudness,
    mix_part_decisions, part_end,
};

static QmStatus write_parts(QmFileOut *out, const QmMixReport *report, QmDiag *diag)
{
    QmArena texts, scratch;
    QmText text;
    QmStatus status = QM_OK;
    qm_arena_init(&texts);
    qm_text_init(&text, &texts);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS && status == QM_OK; i++) {
        qm_arena_init(&scratch);
        PARTS[i](&(MixPart){{&text, 0, NULL}, report, &scratch});
        qm_arena_release(&scratch);
        status = report_flush(out, &text, diag);
    }
    qm_arena_release(&texts);
    return status;
}

QmStatus qm_report_mix(const char *path, const QmMixReport *report, QmDiag *diag)
{
    QmArena names;
    QmFileOut out = {.fd = -1};
    qm_arena_init(&names);
    QmStatus status = qm_file_out_open(path, &names, diag, &out);
    if (status == QM_OK)
        status = write_parts(&out, report, diag);
    if (status == QM_OK)
        status = qm_file_out_commit(&out, diag);
    qm_file_out_close(&out);
    qm_arena_release(&names);
    return status;
}
