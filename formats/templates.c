/* The program's own path is what /proc/self/exe points at: links in bin folders lead to
 * where it really is. */
#include "formats/templates.h"

#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folders beside that of the program, in which templates may be. */
static const char *const places[] = {"/../share/qmix/templates/", "/../templates/"};

/* `length` bytes of folder, then middle and name; NULL: out of memory. */
static const char *join(const char *folder, size_t length, const char *middle,
                        const char *name, QmArena *arena)
{
    QmText text;
    qm_text_init(&text, arena);
    qm_text_add_n(&text, folder, length);
    qm_text_add(&text, middle);
    qm_text_add(&text, name);
    return text.failed ? NULL : text.data;
}

QmStatus qm_template_path_of(const char *program, const char *folder, const char *name,
                             QmArena *arena, QmDiag *diag, const char **path)
{
    const char *const slash = strrchr(program, '/');
    const size_t length = slash ? (size_t)(slash - program) : 0;
    const char *found;
    if (folder) {
        found = join(folder, strlen(folder), "/", name, arena);
        if (!found) {
            return qm_fail_memory(diag);
        }
        if (access(found, R_OK) != 0) {
            return qm_fail_plain(diag, QM_ERR_INPUT,
                                 "cannot read '%s', where QMIX_TEMPLATES points", found);
        }
        *path = found;
        return QM_OK;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        found = join(program, length, places[i], name, arena);
        if (!found) {
            return qm_fail_memory(diag);
        }
        if (access(found, R_OK) == 0) {
            *path = found;
            return QM_OK;
        }
    }
    return qm_fail_plain(diag, QM_ERR_INPUT,
                         "cannot find '%s' in ../share/qmix/templates or ../templates "
                         "beside the program; QMIX_TEMPLATES names another folder",
                         name);
}

QmStatus qm_template_path(const char *name, QmArena *arena, QmDiag *diag,
                          const char **path)
{
    char program[PATH_MAX] = "";
    const char *const folder = getenv("QMIX_TEMPLATES");
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    return qm_template_path_of(program, folder && *folder ? folder : NULL, name, arena,
                               diag, path);
}
