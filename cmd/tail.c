/* Processors declare their tails for the worst case; render/trim finds out how much of
 * them is there. */
#include "cmd/tail.h"

enum { TRIM_BYTES = 256 << 20 }; /* of silence that is waited for at the end, at most */

bool tail_open_ended(const Loaded *loaded) { return loaded->session->tail.value < 0; }

QmStatus tail_trim(Loaded *loaded, const QmPlan *plan, QmSink *outputs, uint32_t n,
                   QmTrim *trim, QmDiag *diag, QmSink *trimmed)
{
    const uint32_t channels = 2 * plan->n_outputs;
    const int64_t tail = plan->frames - loaded->timeline.end + 1;
    const int64_t room = TRIM_BYTES / (int64_t)(channels * sizeof(float));
    return qm_trim_open(trim, outputs, n, channels, loaded->timeline.end,
                        (uint32_t)(tail < room ? tail : room), &loaded->arena, diag,
                        trimmed);
}
