/* Grids are read before anything is analysed: a mistake in one is told at once. */
#include "cmd/grids.h"

#include "base/text.h"
#include "formats/grid_text.h"

#include <unistd.h>

/* "a/song.wav" -> "a/song.beats" */
static const char *beside(const char *name, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, name, qm_path_stem(name));
    qm_text_add(&text, ".beats");
    return text.failed ? NULL : text.data;
}

static QmStatus read_one(const char *path, QmArena *arena, QmDiag *diag,
                         const QmGrid **grid)
{
    QmGrid *const read = QM_NEW(arena, QmGrid);
    if (!read)
        return qm_fail_memory(diag);
    *grid = read;
    return qm_grid_read(path, arena, diag, read);
}

QmStatus grids_read(const CliList *files, const char *given, QmArena *arena, QmDiag *diag,
                    const QmGrid *const **grids)
{
    if (given && files->count != 1)
        return qm_fail_plain(diag, QM_ERR_USAGE, "--grid is for one file");
    const QmGrid **const read = QM_NEW_ARRAY(arena, const QmGrid *, files->count);
    *grids = read;
    if (!read)
        return qm_fail_memory(diag);
    QmStatus status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < files->count; i++) {
        const char *const path = given ? given : beside(files->items[i], arena);
        if (!path)
            return qm_fail_memory(diag);
        if (given || access(path, F_OK) == 0)
            status = read_one(path, arena, diag, &read[i]);
    }
    return status;
}
