/* The tables that role.h's list makes. */
#include "mix/role.h"

#include "base/text.h"

const QmRoleRow qm_roles[QM_ROLE_COUNT] = {
#define QM_ROLE(id, name, family, centred, about)                                        \
    [QM_ROLE_##id] = {name, QM_FAMILY_##family, centred, about},
    QM_ROLES
#undef QM_ROLE
};

const char *const qm_role_names[QM_ROLE_COUNT + 1] = {
#define QM_ROLE(id, name, family, centred, about) [QM_ROLE_##id] = name,
    QM_ROLES
#undef QM_ROLE
};

const char *const qm_family_names[QM_FAMILIES + 1] = {
    [QM_FAMILY_DRUMS] = "drums",     [QM_FAMILY_BASS] = "bass",
    [QM_FAMILY_MUSIC] = "music",     [QM_FAMILY_VOICES] = "voices",
    [QM_FAMILY_EFFECTS] = "effects",
};

QmRole qm_role_find(const char *name)
{
    uint32_t role = 0;
    while (role < QM_ROLE_COUNT && !qm_same(qm_role_names[role], name))
        role++;
    return (QmRole)role;
}
