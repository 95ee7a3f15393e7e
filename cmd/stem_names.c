/* A file's name is cut into words at spaces and at . _ - and the like; which of them are
 * kept is decided over all files, and what is kept is written as it stood, in letters
 * that a name may have. */
#include "cmd/stem_names.h"

#include "base/text.h"
#include "model/session.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    WORDS = 64,       /* of a name; what is behind them stays with the last */
    LONGEST = 60,     /* bytes of a name */
    COMMON_LEAST = 3, /* files: of two, what they share may be what they are */
};

static const char apart[] = " ._-()[]{}+,;=&~!@#'\t";

/* --- sides -------------------------------------------------------------------------- */

static const struct {
    const char *word;
    StemSide side;
} sides[] = {
    {"left", STEM_LEFT},
    {"right", STEM_RIGHT},
    {"l", STEM_LEFT},
    {"r", STEM_RIGHT},
};

StemSide stem_side(const char *path, size_t *length)
{
    const size_t begin = (size_t)(qm_path_last(path) - path);
    size_t end = qm_path_stem(path);
    *length = end;
    while (end > begin && strchr(")] ", path[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        const size_t word = strlen(sides[i].word);
        if (end < begin + word + 2 || /* something, what parts it, the word */
            strncasecmp(path + end - word, sides[i].word, word) != 0 ||
            !strchr(apart, path[end - word - 1]))
            continue;
        *length = end - word;
        while (*length > begin + 1 && strchr(apart, path[*length - 1]))
            --*length;
        return sides[i].side;
    }
    return STEM_WHOLE;
}

/* --- words -------------------------------------------------------------------------- */

typedef struct Words {
    const char *text;
    uint32_t first, end; /* those that are kept */
    uint32_t from[WORDS], to[WORDS];
} Words;

static void cut(const char *text, size_t length, Words *words)
{
    uint32_t n = 0;
    *words = (Words){.text = text};
    for (size_t at = 0; at < length;) {
        while (at < length && strchr(apart, text[at]))
            at++;
        size_t to = at;
        while (to < length && !strchr(apart, text[to]))
            to++;
        if (to > at && n < WORDS) {
            words->from[n] = (uint32_t)at;
            words->to[n++] = (uint32_t)to;
        } else if (to > at) {
            words->to[n - 1] = (uint32_t)to;
        }
        at = to;
    }
    words->end = n;
}

static bool same_word(const Words *a, uint32_t i, const Words *b, uint32_t k)
{
    const size_t length = a->to[i] - a->from[i];
    return length == b->to[k] - b->from[k] &&
           strncasecmp(a->text + a->from[i], b->text + b->from[k], length) == 0;
}

/* "01", "7", "10b", "003": as tracks are counted; "808" is none. */
static bool is_count(const Words *words, uint32_t i)
{
    const char *const word = words->text + words->from[i];
    const size_t length = words->to[i] - words->from[i];
    size_t digits = 0;
    while (digits < length && isdigit((unsigned char)word[digits]))
        digits++;
    const bool letter = digits + 1 == length && isalpha((unsigned char)word[digits]);
    return digits > 0 && (digits <= 2 || (digits == 3 && word[0] == '0')) &&
           (digits == length || letter);
}

/* Whether more words are there than the first (or last): one is left in any case. */
static bool has_more(const Words *words) { return words->end - words->first > 1; }

/* One number among many names is a part of its name: "12 string". */
static void drop_counts(Words *words, uint32_t n)
{
    uint32_t counted = 0;
    for (uint32_t i = 0; i < n; i++)
        counted += has_more(&words[i]) && is_count(&words[i], words[i].first);
    for (uint32_t i = 0; (counted > 1 || n == 1) && i < n; i++)
        if (has_more(&words[i]) && is_count(&words[i], words[i].first))
            words[i].first++;
}

static bool all_begin_alike(const Words *words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!has_more(&words[i]) ||
            !same_word(&words[0], words[0].first, &words[i], words[i].first))
            return false;
    return true;
}

static bool all_end_alike(const Words *words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!has_more(&words[i]) ||
            !same_word(&words[0], words[0].end - 1, &words[i], words[i].end - 1))
            return false;
    return true;
}

static void drop_common(Words *words, uint32_t n)
{
    if (n < COMMON_LEAST)
        return;
    while (all_begin_alike(words, n))
        for (uint32_t i = 0; i < n; i++)
            words[i].first++;
    while (all_end_alike(words, n))
        for (uint32_t i = 0; i < n; i++)
            words[i].end--;
}

/* --- letters ------------------------------------------------------------------------ */

/* U+00C0 to U+017F without their marks, one letter each; '*': two, below. */
static const char plain[] = "aaaaa**ceeeeiiiidnooooo-ouuuuy**"
                            "aaaaa**ceeeeiiiidnooooo-ouuuuy*y"
                            "aaaaaaccccccccddddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiiiii**jjkkklllllll"
                            "lllnnnnnnnnnoooooo**rrrrrrssssss"
                            "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static const char *two_letters(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *letters;
    } twos[] = {{0xc5, "aa"},  {0xe5, "aa"},  {0xc6, "ae"}, {0xe6, "ae"},
                {0xdf, "ss"},  {0xde, "th"},  {0xfe, "th"}, {0x132, "ij"},
                {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}};
    for (size_t i = 0; i < sizeof twos / sizeof twos[0]; i++)
        if (twos[i].code == code)
            return twos[i].letters;
    return "";
}

/* The letter at *at, which moves behind it; code points of more than two bytes, and what
 * is no text, give '-'. */
static void add_letter(QmText *name, const char *text, size_t end, size_t *at)
{
    const unsigned char c = (unsigned char)text[*at];
    const unsigned char next = *at + 1 < end ? (unsigned char)text[*at + 1] : 0;
    char letter[2] = {'-', '\0'};
    ++*at;
    if (c < 0x80) {
        letter[0] = (char)(isalnum(c) || c == '_' ? tolower(c) : '-');
    } else if (c >= 0xc3 && c <= 0xc5 && (next & 0xc0) == 0x80) {
        ++*at;
        const uint32_t code = (uint32_t)(c & 0x1f) << 6 | (next & 0x3f);
        letter[0] = plain[code - 0xc0];
        if (letter[0] == '*') {
            qm_text_add(name, two_letters(code));
            return;
        }
    }
    const bool again = name->length && name->data[name->length - 1] == '-';
    if (letter[0] != '-' || (name->length && !again))
        qm_text_add(name, letter);
}

static bool is_name(const QmText *name)
{
    return name->length && strpbrk(name->data, "abcdefghijklmnopqrstuvwxyz") &&
           qm_name_valid(name->data);
}

/* The words that are kept; "stem-1", "stem-808" where they make no name. */
static const char *spell(const Words *words, uint32_t number, QmArena *arena)
{
    QmText name, other;
    qm_text_init(&name, arena);
    qm_text_init(&other, arena);
    const bool any = words->end > words->first;
    size_t at = any ? words->from[words->first] : 0;
    const size_t end = any ? words->to[words->end - 1] : 0;
    while (at < end && name.length < LONGEST)
        add_letter(&name, words->text, end, &at);
    while (name.length && strchr("-_", name.data[name.length - 1]))
        name.data[--name.length] = '\0';
    if (is_name(&name) || name.failed)
        return name.failed ? NULL : name.data;
    qm_text_add(&other, "stem-");
    if (name.length)
        qm_text_add(&other, name.data);
    else
        qm_text_printf(&other, "%u", number + 1);
    return other.failed ? NULL : other.data;
}

/* Whether the name is another's, or has a meaning in addresses. */
static bool is_taken(const char *const *names, uint32_t n, const char *name)
{
    static const char *const meant[] = {"master", "tempo"};
    for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++)
        if (qm_same(name, meant[i]))
            return true;
    for (uint32_t i = 0; i < n; i++)
        if (qm_same(names[i], name))
            return true;
    return false;
}

static const char *make_unique(const char *const *names, uint32_t n, const char *name,
                               QmArena *arena)
{
    QmText other = {.data = (char *)name};
    for (uint32_t number = 2; is_taken(names, n, other.data); number++) {
        qm_text_init(&other, arena);
        qm_text_printf(&other, "%s-%u", name, number);
        if (other.failed)
            return NULL;
    }
    return other.data;
}

QmStatus stem_names(const char *const *paths, const size_t *lengths, uint32_t n,
                    QmArena *arena, QmDiag *diag, const char **names)
{
    Words *const words = QM_NEW_ARRAY(arena, Words, n);
    if (!words)
        return qm_fail_memory(diag);
    for (uint32_t i = 0; i < n; i++) {
        const char *const last = qm_path_last(paths[i]);
        cut(last, lengths[i] - (size_t)(last - paths[i]), &words[i]);
    }
    drop_counts(words, n);
    drop_common(words, n);
    drop_counts(words, n);
    for (uint32_t i = 0; i < n; i++) {
        const char *const name = spell(&words[i], i, arena);
        names[i] = name ? make_unique(names, i, name, arena) : NULL;
        if (!names[i])
            return qm_fail_memory(diag);
    }
    return QM_OK;
}
