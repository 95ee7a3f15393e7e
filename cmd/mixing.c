/* The order of things is that of the passes: what is known decides, what was decided is
 * rendered, what was rendered is measured. */
#include "cmd/mixing.h"

#include "base/number.h"
#include "base/text.h"

#include <stdio.h>

/* Rounds after which a chain is as it is, and the master's gain. */
enum { CHAIN_ROUNDS = 4, MASTER_ROUNDS = 8 };

/* With -v, what took how long. */
static void tell_step(const Mixing *mixing)
{
    char seconds[QM_NUMBER_TEXT], cpu[QM_NUMBER_TEXT];
    if (!mixing->request->common->verbose || !mixing->progress.label)
        return;
    qm_fixed_text(cli_progress_elapsed(&mixing->progress), 2, seconds);
    qm_fixed_text((double)(clock() - mixing->cpu) / CLOCKS_PER_SEC, 2, cpu);
    fprintf(stderr, "%-20s %6s s, CPU %6s s\n", mixing->progress.label, seconds, cpu);
}

void mixing_step_end(Mixing *mixing)
{
    cli_progress_end(&mixing->progress);
    tell_step(mixing);
    mixing->progress.label = NULL;
}

QmProgress mixing_progress(Mixing *mixing, const char *label)
{
    mixing_step_end(mixing);
    mixing->progress = cli_progress_start(mixing->request->common, label);
    mixing->cpu = clock();
    return (QmProgress){cli_progress_report, &mixing->progress};
}

QmStatus mixing_check(void *self, QmDiag *diag) { return qm_prepared_check(self, diag); }

QmStatus mixing_freeze(Mixing *mixing, Loaded *loaded, const uint16_t *which, uint32_t n,
                       const char *label, QmFreeze **frozen)
{
    const QmFreezeRequest request = {
        .session = loaded->session,
        .graph = &loaded->graph,
        .timeline = &loaded->timeline,
        .assets = qm_prepared_assets(loaded->prepared),
        .clock = loaded->clock,
        .hashes = mixing->hashes,
        .cache = mixing->cache,
        .before = mixing->chains,
        .threads = mixing->request->threads,
        .isa = QM_ISA_BEST,
        .progress = mixing_progress(mixing, label),
        .cancel = mixing->request->cancel,
        .check = mixing_check,
        .check_self = loaded->prepared,
    };
    return qm_freeze(&request, which, n, &mixing->arena, mixing->diag, frozen);
}

GaugeRequest mixing_gauge(Mixing *mixing, uint32_t features, const char *kind,
                          const char *label)
{
    return (GaugeRequest){.features = features,
                          .kind = kind,
                          .cache = mixing->cache,
                          .threads = mixing->request->threads,
                          .progress = mixing_progress(mixing, label),
                          .cancel = mixing->request->cancel};
}

QmStatus mixing_readings(Mixing *mixing, uint16_t strip, const QmSlotReadings *readings,
                         uint32_t n, const QmMixReading **of, uint32_t *n_of)
{
    const QmStrip *const s = &mixing->edited.session->strips[strip];
    QmMixReading *const to =
        QM_NEW_ARRAY(&mixing->arena, QmMixReading, (size_t)n * QM_MAX_READINGS + 1);
    if (!to)
        return qm_fail_memory(mixing->diag);
    *of = to;
    *n_of = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (readings[i].strip != strip)
            continue;
        const QmInsert *const insert = &s->inserts[readings[i].insert];
        for (uint32_t r = 0; r < insert->proc->n_readings; r++)
            to[(*n_of)++] = (QmMixReading){insert->name, insert->proc->readings[r].name,
                                           readings[i].values[r]};
    }
    return QM_OK;
}

QmStatus mixing_edit(Mixing *mixing)
{
    QmSession *session;
    QmStatus status = qm_mix_settle(&mixing->mix);
    if (status == QM_OK)
        status = qm_mix_session(&mixing->mix, &mixing->arena, &session);
    if (status != QM_OK)
        return status;
    if (mixing->is_edited)
        load_release(&mixing->edited);
    mixing->is_edited = true;
    return load_edited(&mixing->base, session, mixing->diag, &mixing->edited);
}

/* ---- passes ---- */

static QmStatus decide_chains(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    uint32_t changed;
    QmStatus status = mixing_edit(mixing);
    if (status == QM_OK)
        status = mixing_chains(mixing, &changed);
    if (status == QM_OK)
        status = qm_mix_pass(mix, QM_PASS_CHAINS, 0);
    for (uint32_t round = 0; status == QM_OK && round < CHAIN_ROUNDS; round++) {
        status = mixing_edit(mixing);
        if (status == QM_OK)
            status = mixing_chains(mixing, &changed);
        if (status == QM_OK && mixing->request->common->verbose)
            fprintf(stderr, "round %u: %u of %u chains changed\n", round + 1, changed,
                    mix->n_strips);
        if (status == QM_OK && round > 0 && changed == 0)
            break;
        if (status == QM_OK)
            status = qm_mix_pass(mix, QM_PASS_AGAIN, round);
    }
    return status;
}

/* What the master's rules have decided so far: when that is nothing new, all is well.
 * Notes change nothing. */
static const char *master_text(Mixing *mixing)
{
    const QmDecision *const decisions = mixing->mix.log.decisions.items;
    QmText text;
    qm_text_init(&text, &mixing->arena);
    for (size_t i = 0; i < mixing->mix.log.decisions.count; i++)
        if (decisions[i].stage == QM_STAGE_MASTER && !qm_same(decisions[i].value, "-"))
            qm_text_printf(&text, "%s=%s ", decisions[i].target, decisions[i].value);
    return text.failed ? NULL : text.data;
}

static QmStatus decide_master(Mixing *mixing)
{
    QmStatus status = mixing_edit(mixing);
    if (status == QM_OK)
        status = mixing_feed(mixing);
    if (status == QM_OK)
        status = qm_mix_pass(&mixing->mix, QM_PASS_SUM, 0);
    for (uint32_t round = 0; status == QM_OK && round < MASTER_ROUNDS; round++) {
        status = mixing_edit(mixing);
        if (status == QM_OK)
            status = mixing_master(mixing);
        mixing->passes = round + 1;
        const char *const before = master_text(mixing);
        if (status == QM_OK)
            status = qm_mix_pass(&mixing->mix, QM_PASS_MASTER, round);
        if (status == QM_OK && qm_same(before, master_text(mixing)))
            break;
    }
    return status;
}

/* Whether the last round left the target where it should be: 0.05 LU and dB. */
static bool is_on_target(const QmMix *mix)
{
    static const double tolerance = 0.05;
    if (mix->out->lufs.why)
        return true; /* there is nothing to be loud */
    const double off = mix->out->lufs.value - mix->lufs;
    return off <= tolerance && off >= -tolerance &&
           mix->out->true_peak.value <= mix->ceiling + tolerance;
}

QmStatus mixing_decide(Mixing *mixing)
{
    QmMix *const mix = &mixing->mix;
    QmStatus status = qm_mix_begin(mix);
    if (status == QM_OK)
        status = mixing_plain_sum(mixing);
    if (status == QM_OK)
        status = qm_mix_pass(mix, QM_PASS_STEMS, 0);
    if (status == QM_OK)
        status = decide_chains(mixing);
    if (status == QM_OK)
        status = decide_master(mixing);
    if (status == QM_OK)
        status = qm_mix_end(mix);
    if (status == QM_OK)
        mixing->missed = !is_on_target(mix);
    mixing_step_end(mixing);
    return status;
}

void mixing_release(Mixing *mixing)
{
    cli_progress_end(&mixing->progress);
    qm_freeze_release(mixing->feed);
    qm_freeze_release(mixing->chains);
    if (mixing->cache)
        qm_cache_trim(mixing->cache);
    qm_analysis_free(mixing->before.analysis);
    qm_analysis_free(mixing->after.analysis);
    qm_spool_close(&mixing->spool);
    if (mixing->is_edited)
        load_release(&mixing->edited);
    load_release(&mixing->base);
    qm_arena_release(&mixing->arena);
}
