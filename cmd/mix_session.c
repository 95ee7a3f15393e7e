/* Sounds are named relative to the folder of the session that names them; a session in
 * another folder calls them by other names: up to what both paths have in common, and
 * down from there. */
#include "base/text.h"
#include "cmd/mix_tell.h"
#include "formats/session_yaml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* `path` as seen from `folder`, both absolute, the folder with a slash at its end. */
static void add_relative(QmText *text, const char *folder, const char *path)
{
    size_t common = 0;
    for (size_t i = 0; folder[i] && folder[i] == path[i]; i++)
        if (folder[i] == '/')
            common = i + 1;
    for (const char *at = folder + common; *at; at++)
        if (*at == '/')
            qm_text_add(text, "../");
    qm_text_add(text, path + common);
}

/* The folder that a file called `name` is in, absolute, with a slash; false: there is
 * none. */
static bool folder_of(const char *name, QmArena *arena, char folder[PATH_MAX])
{
    const size_t length = (size_t)(qm_path_last(name) - name);
    const char *const said =
        qm_arena_strndup(arena, length ? name : "./", length ? length : 2);
    if (!said || !realpath(said, folder) || strlen(folder) + 2 > PATH_MAX)
        return false;
    if (folder[strlen(folder) - 1] != '/')
        strcat(folder, "/");
    return true;
}

static const char *seen_from(const Mixing *mixing, const char *folder, const char *name,
                             QmArena *arena)
{
    char said[LOAD_PATH], path[PATH_MAX];
    QmText text;
    if (!name || name[0] == '/' || qm_same(name, "-") ||
        !load_sound_path(&mixing->base, name, said) || !realpath(said, path))
        return name;
    qm_text_init(&text, arena);
    add_relative(&text, folder, path);
    return text.failed ? NULL : text.data;
}

QmStatus mix_session_print(Mixing *mixing, const char *name, QmText *text)
{
    QmArena *const arena = &mixing->arena;
    QmSession session = *mixing->edited.session;
    session.mix = (QmMixWish){0}; /* what it wished for is done */
    char folder[PATH_MAX];
    if (!qm_same(name, "-") && folder_of(name, arena, folder)) {
        QmSound *const sounds = QM_NEW_ARRAY(arena, QmSound, session.n_sounds + 1);
        if (!sounds)
            return qm_fail_memory(mixing->diag);
        for (uint32_t i = 0; i < session.n_sounds; i++) {
            sounds[i] = session.sounds[i];
            sounds[i].file = seen_from(mixing, folder, sounds[i].file, arena);
            sounds[i].right = seen_from(mixing, folder, sounds[i].right, arena);
            if (qm_sound_is_path(sounds[i].name))
                sounds[i].name = sounds[i].file; /* a sound that was not listed */
        }
        session.sounds = sounds;
    }
    qm_session_print(&session, text);
    return text->failed ? qm_fail_memory(mixing->diag) : QM_OK;
}
