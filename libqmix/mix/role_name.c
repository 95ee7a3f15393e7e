/* A name is cut into words at what is neither a letter nor a digit, where letters and
 * digits meet, and before a capital behind a small letter. An alias matches where all its
 * words stand one behind the other:
 *
 *     as they are, or nearly (an s behind)         its weight, a tenth more for each word
 *                                                  more: "bass drum" is more than "bass"
 *     at the begin or the end of a longer word     0.7 of its weight: "bassslap"; never
 *                                                  weak ones: "track" is no "rack"
 *
 * Of matches as good the last one tells, as the last noun does in English. What another
 * role has outside of its words counts against it: c = w / (w + w' / 2), but for the
 * weak words that surround it. */
#include "mix/role_name.h"

#include "base/text.h"

#include <string.h>

enum {
    WORDS = 24,    /* looked at in a name */
    LETTERS = 32,  /* of a word */
    PART_LEAST = 4 /* letters of an alias that is found in a longer word */
};
#define MORE_WORDS 0.1
#define PLURAL     0.99 /* "bass" is bass before it is many a bas */
#define PART       0.7

typedef struct Words {
    uint32_t n;
    char word[WORDS][LETTERS];
} Words;

typedef struct Match {
    const QmRoleAlias *alias;
    uint32_t first, end; /* words of the name */
    double weight;
} Match;

typedef enum Kind { APART, SMALL, CAPITAL, DIGIT } Kind;

static Kind kind_of(char c)
{
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c >= 'A' && c <= 'Z')
        return CAPITAL;
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ? SMALL : APART;
}

/* Whether a word begins at text[i] that does not end one before. */
static bool is_cut(const char *text, size_t i)
{
    const Kind here = kind_of(text[i]), before = i ? kind_of(text[i - 1]) : APART;
    return before == APART || (here == DIGIT) != (before == DIGIT) ||
           (here == CAPITAL && before == SMALL);
}

static void cut(const char *text, Words *words)
{
    uint32_t length = 0;
    words->n = 0;
    for (size_t i = 0; text[i]; i++) {
        if (kind_of(text[i]) == APART)
            continue;
        if (is_cut(text, i)) {
            if (words->n == WORDS)
                return;
            words->n++;
            length = 0;
        }
        char *const word = words->word[words->n - 1];
        if (length + 1 < LETTERS)
            word[length++] =
                kind_of(text[i]) == CAPITAL ? (char)(text[i] - 'A' + 'a') : text[i];
        word[length] = '\0';
    }
}

/* How well a word of a name is the word of an alias, 0: not at all. */
static double likeness(const char *word, const char *alias, bool last, bool only)
{
    const size_t length = strlen(alias), long_ = strlen(word);
    if (long_ < length)
        return 0;
    const bool begins = strncmp(word, alias, length) == 0;
    if (begins && long_ == length)
        return 1;
    if (begins && last && qm_same(word + length, "s"))
        return PLURAL;
    const bool ends = qm_same(word + long_ - length, alias);
    return only && length >= PART_LEAST && (begins || ends) ? PART : 0;
}

static double match_at(const Words *name, uint32_t at, const Words *alias, bool weak)
{
    double worst = 1;
    if (alias->n == 0 || at + alias->n > name->n)
        return 0;
    for (uint32_t i = 0; i < alias->n && worst > 0; i++) {
        const double like = likeness(name->word[at + i], alias->word[i],
                                     i + 1 == alias->n, alias->n == 1 && !weak);
        worst = like < worst ? like : worst;
    }
    return worst * (1 + MORE_WORDS * (alias->n - 1));
}

/* Of equal ones the later, then the longer word: "guitars" is no "gt". */
static bool is_better(const Match *a, const Match *b)
{
    if (a->weight != b->weight)
        return a->weight > b->weight;
    return a->first >= b->first;
}

static bool is_other(const Match *a, const Match *best)
{
    return a->alias->role != best->alias->role &&
           (a->end <= best->first || a->first >= best->end ||
            (a->first == best->first && a->end == best->end));
}

static void keep_best(const QmRoleAlias *aliases, uint32_t n, const Words *words,
                      const Match *best, Match *found)
{
    for (uint32_t i = 0; i < n; i++) {
        Words alias;
        cut(aliases[i].word, &alias);
        for (uint32_t at = 0; at < words->n; at++) {
            const double like = match_at(words, at, &alias, aliases[i].weight < 1);
            const Match match = {&aliases[i], at, at + alias.n, aliases[i].weight * like};
            if (like > 0 && (!best || is_other(&match, best)) &&
                (!found->alias || is_better(&match, found)))
                *found = match;
        }
    }
}

QmRoleGuess qm_role_by_name(const QmRoleAlias *aliases, uint32_t n, const char *name)
{
    QmRoleGuess guess = {QM_ROLE_OTHER, 0, ""};
    Words words;
    Match best = {0}, other = {0};
    cut(name, &words);
    keep_best(aliases, n, &words, NULL, &best);
    if (!best.alias)
        return guess;
    keep_best(aliases, n, &words, &best, &other);
    const double against = other.alias && other.weight >= best.weight ? other.weight : 0;
    guess.role = best.alias->role;
    const double sure = best.weight < 1 ? best.weight : 1;
    guess.confidence = sure * (best.weight / (best.weight + against / 2));
    guess.word = best.alias->word;
    return guess;
}
