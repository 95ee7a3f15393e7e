/* What a strip is in the music. Rules and templates speak of roles, never of names of
 * files. */
#ifndef QM_MIX_ROLE_H
#define QM_MIX_ROLE_H

#include <stdbool.h>
#include <stdint.h>

/* Strips that are alike: they share settings in templates and a bus. */
typedef enum QmFamily {
    QM_FAMILY_DRUMS,  /* what keeps time */
    QM_FAMILY_BASS,   /* what carries the harmony from below */
    QM_FAMILY_MUSIC,  /* what plays it */
    QM_FAMILY_VOICES, /* who sings or speaks */
    QM_FAMILY_EFFECTS,
    QM_FAMILIES,
} QmFamily;

/* One line a role: word in sessions, templates and logs; its family; whether it stays in
 * the middle whatever a strategy says; what it is. */
#define QM_ROLES                                                                         \
    QM_ROLE(KICK, "kick", DRUMS, true, "bass drum, acoustic or not")                     \
    QM_ROLE(SNARE, "snare", DRUMS, true, "snare drum, rim shot")                         \
    QM_ROLE(CLAP, "clap", DRUMS, false, "claps and snaps")                               \
    QM_ROLE(HATS, "hats", DRUMS, false, "hi-hat, shaker")                                \
    QM_ROLE(TOMS, "toms", DRUMS, false, "toms, timpani")                                 \
    QM_ROLE(CYMBALS, "cymbals", DRUMS, false, "crash, ride, overheads, rooms")           \
    QM_ROLE(PERCUSSION, "percussion", DRUMS, false, "everything else that is struck")    \
    QM_ROLE(DRUMS, "drums", DRUMS, true, "a whole kit, a drum loop")                     \
    QM_ROLE(BASS, "bass", BASS, true, "bass guitar, upright or synthetic bass")          \
    QM_ROLE(SUB, "sub", BASS, true, "what is below the bass, 808")                       \
    QM_ROLE(LEAD, "lead", MUSIC, false, "the instrument that leads")                     \
    QM_ROLE(HARMONY, "harmony", MUSIC, false, "what accompanies: riffs, arpeggios")      \
    QM_ROLE(PAD, "pad", MUSIC, false, "held chords")                                     \
    QM_ROLE(GUITAR, "guitar", MUSIC, false, "guitars, plucked strings")                  \
    QM_ROLE(KEYS, "keys", MUSIC, false, "piano, organ, other keyboards, mallets")        \
    QM_ROLE(STRINGS, "strings", MUSIC, false, "bowed strings")                           \
    QM_ROLE(BRASS, "brass", MUSIC, false, "trumpets, horns, trombones")                  \
    QM_ROLE(WINDS, "winds", MUSIC, false, "flutes, reeds, saxophones")                   \
    QM_ROLE(VOCAL, "vocal", VOICES, true, "the voice that leads")                        \
    QM_ROLE(BACKING, "backing", VOICES, false, "doubles, harmonies, choirs")             \
    QM_ROLE(SPEECH, "speech", VOICES, true, "somebody who talks")                        \
    QM_ROLE(FX, "fx", EFFECTS, false, "risers, hits, sweeps, noise")                     \
    QM_ROLE(AMBIENCE, "ambience", EFFECTS, false, "places, audience, room")              \
    QM_ROLE(MUSIC, "music", EFFECTS, false, "finished music under something else")       \
    QM_ROLE(OTHER, "other", MUSIC, false, "not known")

typedef enum QmRole {
#define QM_ROLE(id, name, family, centred, about) QM_ROLE_##id,
    QM_ROLES
#undef QM_ROLE
        QM_ROLE_COUNT,
} QmRole;

typedef struct QmRoleRow {
    const char *name;
    QmFamily family;
    bool centred; /* kick, bass: never panned */
    const char *about;
} QmRoleRow;

extern const QmRoleRow qm_roles[QM_ROLE_COUNT];
/* Their names, ended by NULL: choices of a param that names a role. */
extern const char *const qm_role_names[QM_ROLE_COUNT + 1];
extern const char *const qm_family_names[QM_FAMILIES + 1];

/* QM_ROLE_COUNT: there is none. */
QmRole qm_role_find(const char *name);

#endif
