/* Folders are walked in the order of names as bytes, so that every machine gives the
 * same list. */
#include "cmd/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEEPEST = 32 /* folders within folders: a circle of links ends there */ };

typedef struct Walk {
    QmArena *arena;
    QmDiag *diag;
    CliList *files;
} Walk;

static const char *const endings[] = {"wav",  "wave", "rf64", "w64",  "aif",
                                      "aiff", "aifc", "au",   "snd",  "caf",
                                      "flac", "ogg",  "oga",  "opus", "mp3"};

static bool is_sound(const char *name)
{
    const char *const dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0)
            return true;
    return false;
}

static QmStatus add(Walk *walk, const char *path)
{
    CliList *const files = walk->files;
    if (files->count == CLI_MAX_LIST)
        return qm_fail_plain(walk->diag, QM_ERR_USAGE, "more than %d files",
                             CLI_MAX_LIST);
    files->items[files->count++] = path;
    return QM_OK;
}

static int shown(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static const char *join(QmArena *arena, const char *folder, const char *name)
{
    const size_t length = strlen(folder), size = length + strlen(name) + 2;
    const bool slash = length > 0 && folder[length - 1] == '/';
    char *const path = QM_NEW_ARRAY(arena, char, size);
    if (path)
        snprintf(path, size, "%s%s%s", folder, slash ? "" : "/", name);
    return path;
}

static QmStatus walk_folder(Walk *walk, const char *folder, int depth)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, shown, by_bytes);
    if (n < 0)
        return qm_fail_plain(walk->diag, QM_ERR_INPUT, "cannot read folder '%s': %s",
                             folder, strerror(errno));
    QmStatus status = QM_OK;
    for (int i = 0; i < n; i++) {
        struct stat info;
        const char *const path = join(walk->arena, folder, entries[i]->d_name);
        if (status == QM_OK && !path)
            status = qm_fail_memory(walk->diag);
        if (status == QM_OK && stat(path, &info) == 0) {
            if (S_ISDIR(info.st_mode) && depth < DEEPEST)
                status = walk_folder(walk, path, depth + 1);
            else if (S_ISREG(info.st_mode) && is_sound(path))
                status = add(walk, path);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

QmStatus folder_expand(const CliList *operands, QmArena *arena, QmDiag *diag,
                       CliList *files)
{
    Walk walk = {arena, diag, files};
    files->items = QM_NEW_ARRAY(arena, const char *, CLI_MAX_LIST);
    if (!files->items)
        return qm_fail_memory(diag);
    for (size_t i = 0; i < operands->count; i++) {
        const char *const operand = operands->items[i];
        const size_t before = files->count;
        struct stat info;
        const bool folder = stat(operand, &info) == 0 && S_ISDIR(info.st_mode);
        const QmStatus status =
            folder ? walk_folder(&walk, operand, 0) : add(&walk, operand);
        if (status != QM_OK)
            return status;
        if (files->count == before)
            return qm_fail_plain(diag, QM_ERR_INPUT, "no sound files in folder '%s'",
                                 operand);
    }
    return QM_OK;
}
