/* What each strip is. Who says so, the first that does:
 *
 *     the user, or the session            stands as it is
 *     its name, or its file's             when the words are sure (role_name.h)
 *     its sound                           when it is sure (role_sound.h)
 *     its name                            when the words are weak, but not too weak
 *
 * Nobody: the role is `other`, and the user is asked. All other rules read strip->role,
 * which is set here. */
#include "mix/mix.h"
#include "mix/role_name.h"
#include "mix/role_sound.h"

enum { NAME, SOUND, WEAK };

static const QmParam params[] = {
    [NAME] = {.name = "name",
              .help = "least confidence with which a name tells",
              .max = 1,
              .def = 0.6},
    [SOUND] = {.name = "sound",
               .help = "least confidence with which the sound tells, where the name does "
                       "not",
               .max = 1,
               .def = 0.5},
    [WEAK] = {.name = "weak",
              .help = "least confidence with which a name tells where the sound does not",
              .max = 1,
              .def = 0.4},
};

/* What the strip's name says, or, if it says more, that of its file. */
static QmRoleGuess by_name(QmMix *mix, const QmMixStrip *strip)
{
    const QmTemplate *const t = mix->template;
    const QmRoleGuess guess = qm_role_by_name(t->aliases, t->n_aliases, strip->name);
    const char *const last = strip->file ? qm_path_last(strip->file) : "";
    const char *const file = qm_arena_strndup(mix->arena, last, qm_path_stem(last));
    if (!file)
        return guess;
    const QmRoleGuess other = qm_role_by_name(t->aliases, t->n_aliases, file);
    return other.confidence > guess.confidence ? other : guess;
}

/* "name=lead-vox" */
static void say_name(QmMix *mix, QmReason *reason, const char *words)
{
    char *const one = qm_arena_strdup(mix->arena, words);
    for (char *c = one; c && *c; c++)
        *c = *c == ' ' ? '-' : *c;
    qm_reason_word(reason, "name", one ? one : "");
}

static void ask(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                const QmRoleHeard *heard)
{
    QmReason reason = qm_reason(mix);
    qm_reason_word(&reason, "role", "unknown");
    qm_reason_word(&reason, "sound", qm_role_names[heard->role]);
    qm_reason_number(&reason, "confidence", heard->confidence, 2);
    qm_note(mix, rule, &reason, strip->name);
    qm_warn(mix->diag, (QmPlace){0}, NULL,
            "what is '%s'? neither its name nor its sound tells: say %s.role=...",
            strip->name, strip->name);
}

static QmRole guess(QmMix *mix, const QmRule *rule, const QmMixStrip *strip,
                    const double *s, QmReason *reason)
{
    const QmRoleGuess named = by_name(mix, strip);
    const QmRoleHeard heard = qm_role_by_sound(strip->raw);
    const bool sure = named.confidence >= s[NAME];
    if (!sure && heard.confidence >= s[SOUND] && heard.confidence > named.confidence) {
        qm_reason_word(reason, "sound", qm_role_names[heard.role]);
        qm_reason_number(reason, "confidence", heard.confidence, 2);
        return heard.role;
    }
    if (sure || named.confidence >= s[WEAK]) {
        say_name(mix, reason, named.word);
        qm_reason_number(reason, "confidence", named.confidence, 2);
        return named.role;
    }
    qm_reason_word(reason, "role", "unknown");
    if (!strip->raw->silent && !qm_overruled(mix, "%s.role", strip->name))
        ask(mix, rule, strip, &heard);
    return QM_ROLE_OTHER;
}

static void decide(QmMix *mix, const QmRule *rule, QmMixStrip *strip, const double *s,
                   uint32_t n_groups)
{
    (void)n_groups;
    QmReason reason = qm_reason(mix);
    const char *const own = mix->base->strips[strip->at].role;
    const bool known = own && qm_role_find(own) != QM_ROLE_COUNT;
    if (!known || qm_overruled(mix, "%s.role", strip->name)) {
        const QmRole role = guess(mix, rule, strip, s, &reason);
        qm_decide_word(mix, rule, &reason, qm_role_names[role], "%s.role", strip->name);
    }
    const char *const said = mix->session->strips[strip->at].role;
    const QmRole role = said ? qm_role_find(said) : QM_ROLE_OTHER;
    strip->role = role == QM_ROLE_COUNT ? QM_ROLE_OTHER : role;
    if (role == QM_ROLE_COUNT)
        qm_warn(mix->diag, (QmPlace){0}, NULL, "%s.role: '%s' is no role", strip->name,
                said);
}

const QmRule qm_rule_role_role = {
    .id = "role.role",
    .key = "role",
    .stage = QM_STAGE_ROLE,
    .passes = QM_PASS_STEMS,
    .reads = "names of strips and files; centroid, roll-off, parts of the power, "
             "transient ratio, crest, flatness, onsets, attack",
    .writes = "STRIP.role",
    .doc = "Finds out what each strip is: by its name, else by its sound.",
    .params = params,
    .n_params = QM_COUNT(params),
    .on = true,
    .strip = decide,
};
