/* links: formats */
/* Whatever bytes are taken for a grid of beats: a message, or beats in order that read
 * back as they were written. */
#include "formats/grid_text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static QmDiag diag;
    diag.status = QM_OK;
    QmArena arena;
    qm_arena_init(&arena);
    QmGrid grid, again;
    const QmStatus status =
        qm_grid_parse("fuzz", (const char *)data, size, &arena, &diag, &grid);
    assert(status == diag.status);
    if (!status) {
        QmText text;
        qm_text_init(&text, &arena);
        qm_grid_print(&grid, &text);
        assert(!qm_grid_parse("again", text.data, text.length, &arena, &diag, &again));
        assert(again.n_beats == grid.n_beats);
        for (size_t i = 0; i < grid.n_beats; i++) {
            assert(again.beats[i].time == grid.beats[i].time);
            assert(again.beats[i].position == grid.beats[i].position);
            assert(!i || grid.beats[i].time > grid.beats[i - 1].time);
        }
    }
    qm_arena_release(&arena);
    return 0;
}
