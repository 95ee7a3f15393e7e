/* Nothing is measured and nothing decided: the same log is the same samples. */
#include "cmd/mix_again.h"

#include "base/number.h"
#include "base/text.h"
#include "cmd/format.h"
#include "cmd/inputs.h"
#include "cmd/mix_render.h"

#include <stdio.h>

static const char *output_of(const MixAgain *again, QmArena *arena)
{
    QmText text;
    if (again->output)
        return again->output;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, again->log, qm_path_stem(again->log));
    qm_text_add(&text, ".wav");
    return text.failed ? NULL : text.data;
}

static QmStatus render(const MixAgain *again, MixRender *render, const char *output,
                       QmDiag *diag, int64_t *frames)
{
    const QmSession *const session = render->loaded.session;
    QmAudioFormat format = {.rate = session->rate,
                            .channels = 2 * render->plan.n_outputs,
                            .seed = session->seed};
    QmSink sink;
    QmStatus status = format_read(again->bits, again->dither, diag, &format);
    if (status == QM_OK)
        status = qm_audio_sink_open(output, &format, &render->arena, diag, &sink);
    if (status != QM_OK)
        return status;
    CliProgress progress = cli_progress_start(again->common, "rendering");
    const QmOfflineConfig config = {.threads = again->threads,
                                    .progress = {cli_progress_report, &progress},
                                    .cancel = again->cancel};
    status = mix_render_run(render, &config, &sink, 1, diag, frames);
    cli_progress_end(&progress);
    sink.close(sink.self);
    return status;
}

int mix_again(const CliTool *tool, const MixAgain *again)
{
    static MixRender self; /* too large for a stack */
    QmDiag diag = {.status = QM_OK};
    int64_t frames = 0;
    QmStatus status = mix_render_open(again->log, &diag, &self);
    const char *const output = output_of(again, &self.arena);
    if (status == QM_OK && !output)
        status = qm_fail_memory(&diag);
    if (status == QM_OK)
        status = inputs_keep(&self.loaded, output, &diag);
    if (status == QM_OK)
        status = inputs_apart(again->log, output, &diag);
    if (status == QM_OK)
        status = render(again, &self, output, &diag, &frames);
    if (status == QM_OK && !again->common->quiet) {
        char length[QM_NUMBER_TEXT];
        qm_fixed_text((double)frames / self.loaded.session->rate, 2, length);
        fprintf(stderr, "%s: %s s, %zu decisions of %s\n", output, length,
                self.log.decisions.count, again->log);
    }
    const int code = cli_report(tool, again->common, &diag);
    mix_render_release(&self);
    return code;
}
