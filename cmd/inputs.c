/* Two names are one file when device and inode are equal; names that are not there yet,
 * pipes and devices are nobody's input. */
#include "cmd/inputs.h"

#include "base/text.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool same_file(const struct stat *a, const char *path)
{
    struct stat b;
    return stat(path, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* Whether there is something to lose. */
static bool is_file(const char *output, struct stat *file)
{
    return output && !qm_same(output, "-") && stat(output, file) == 0 &&
           S_ISREG(file->st_mode);
}

QmStatus inputs_keep(const Loaded *loaded, const char *output, QmDiag *diag)
{
    const QmSession *session = loaded->session;
    struct stat file;
    char path[LOAD_PATH];
    if (!is_file(output, &file))
        return QM_OK;
    if (same_file(&file, session->file))
        return qm_fail_plain(diag, QM_ERR_USAGE, "'%s' is the session itself", output);
    for (uint32_t i = 0; i < 2 * session->n_sounds; i++) {
        const QmSound *const sound = &session->sounds[i / 2];
        const char *const name = i % 2 ? sound->right : sound->file;
        if (name && load_sound_path(loaded, name, path) && same_file(&file, path))
            return qm_fail_plain(diag, QM_ERR_USAGE,
                                 "'%s' is the sound '%s': choose another output", output,
                                 sound->name);
    }
    return QM_OK;
}

QmStatus inputs_spare(const CliList *files, const char *output, QmDiag *diag)
{
    struct stat file;
    if (!is_file(output, &file))
        return QM_OK;
    for (size_t i = 0; i < files->count; i++)
        if (same_file(&file, files->items[i]))
            return qm_fail_plain(diag, QM_ERR_USAGE,
                                 "'%s' is what is read: choose another output", output);
    return QM_OK;
}

/* The folder of a file that need not be there yet. */
static bool folder_of(const char *path, struct stat *folder)
{
    char copy[LOAD_PATH];
    snprintf(copy, sizeof copy, "%s", path);
    return stat(dirname(copy), folder) == 0;
}

QmStatus inputs_apart(const char *output, const char *other, QmDiag *diag)
{
    struct stat a, b;
    if (output && qm_same(output, "-") && qm_same(other, "-"))
        return qm_fail_plain(diag, QM_ERR_USAGE, "standard output is asked for twice");
    if (!output || !other || qm_same(output, "-") ||
        !qm_same(qm_path_last(output), qm_path_last(other)) || !folder_of(output, &a) ||
        !folder_of(other, &b) || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
        return QM_OK;
    return qm_fail_plain(diag, QM_ERR_USAGE, "'%s' is asked for twice", output);
}
