/* The log line by line: words parted by white space, a reason to the end of the line.
 * Texts are escaped (formats/line_text), and in a value a word behind the first that is
 * an origin's name, since the origin ends the value: so each log has a text that reads
 * back as that log.
 *
 * Columns are fixed and not as wide as the widest word, so that one new decision is one
 * new line in a diff. */
#include "formats/decision_text.h"

#include "base/units.h"
#include "formats/line_text.h"
#include "model/address.h"

#include <string.h>

enum { HASH_DIGITS = 16 };

static const char because_word[] = "because", no_hash[] = "-";

/* ---- printing ---------------------------------------------------------------------- */

/* Where the columns of a decision begin. */
enum { TARGET_AT = 12, VALUE_AT = 42, ORIGIN_AT = 56, RULE_AT = 66, BECAUSE_AT = 88 };

/* At least one space, and on to the column. */
static void next_column(QmText *text, size_t column)
{
    qm_text_add(text, " ");
    qm_text_pad(text, column);
}

void qm_decision_print(const QmDecision *decision, QmText *text)
{
    qm_text_add(text, qm_stage_names[decision->stage]);
    next_column(text, TARGET_AT);
    qm_line_put(text, decision->target, QM_LINE_WORD, NULL);
    next_column(text, VALUE_AT);
    qm_line_put(text, decision->value, QM_LINE_WORDS, qm_origin_names);
    next_column(text, ORIGIN_AT);
    qm_text_add(text, qm_origin_names[decision->origin]);
    next_column(text, RULE_AT);
    qm_line_put(text, decision->rule, QM_LINE_WORD, NULL);
    if (decision->because[0] != '\0') {
        next_column(text, BECAUSE_AT);
        qm_text_add(text, because_word);
        qm_text_add(text, " ");
        qm_line_put(text, decision->because, QM_LINE_REST, NULL);
    }
    qm_text_add(text, "\n");
}

/* Nothing, where nothing is to be said. */
static void print_text(QmText *text, const char *word, const char *said)
{
    if (said && said[0] != '\0') {
        qm_text_add(text, word);
        qm_text_add(text, " ");
        qm_line_put(text, said, QM_LINE_REST, NULL);
        qm_text_add(text, "\n");
    }
}

static void print_seed(QmText *text, uint64_t seed)
{
    qm_text_printf(text, "seed %llu\n", (unsigned long long)seed);
}

static void print_target(QmText *text, const QmDecisionLog *log)
{
    char lufs[QM_NUMBER_TEXT], ceiling[QM_NUMBER_TEXT];
    qm_number_text(log->lufs, lufs);
    qm_number_text(log->ceiling, ceiling);
    qm_text_add(text, "target ");
    if (log->target && log->target[0] != '\0') {
        qm_line_put(text, log->target, QM_LINE_WORD, NULL);
        qm_text_add(text, " ");
    }
    qm_text_printf(text, "%s LUFS %s dBTP\n", lufs, ceiling);
}

static void print_input(QmText *text, const QmLogInput *input)
{
    qm_text_add(text, "input ");
    qm_line_put(text, input->strip, QM_LINE_WORD, NULL);
    qm_text_printf(text, " %s ", input->hash[0] != '\0' ? input->hash : no_hash);
    qm_line_put(text, input->file, QM_LINE_REST, NULL);
    qm_text_add(text, "\n");
}

void qm_log_print(const QmDecisionLog *log, QmText *text)
{
    const QmLogInput *inputs = log->inputs.items;
    const QmDecision *decisions = log->decisions.items;
    qm_text_add(text, "qmix ");
    qm_line_put(text, log->version, QM_LINE_REST, NULL);
    qm_text_add(text, "\n");
    print_text(text, "session", log->session);
    print_text(text, "template", log->template);
    print_seed(text, log->seed);
    print_target(text, log);
    for (size_t i = 0; i < log->inputs.count; i++) {
        print_input(text, &inputs[i]);
    }
    for (size_t i = 0; i < log->decisions.count; i++) {
        if (i == 0 || decisions[i].stage != decisions[i - 1].stage) {
            qm_text_add(text, "\n");
        }
        qm_decision_print(&decisions[i], text);
    }
}

/* ---- reading ----------------------------------------------------------------------- */

typedef struct Reader {
    QmArena *arena;
    QmDiag *diag;
    QmPlace place;         /* of the line */
    const char *line, *at; /* its beginning; what is not read of it */
    const char *end;       /* of the line */
    uint32_t said;         /* bit i: head line i was there */
    QmDecisionLog *log;
} Reader;

/* A piece of a line, as it stands there. */
typedef struct Piece {
    const char *at;
    size_t length;
} Piece;

static QmPlace place_of(const Reader *reader, const char *at)
{
    QmPlace place = reader->place;
    place.column = (uint32_t)(at - reader->line) + 1;
    return place;
}

/* The piece as a text of its own, for messages; "" when there is no memory. */
static const char *shown(const Reader *reader, Piece piece)
{
    const char *text = qm_arena_strndup(reader->arena, piece.at, piece.length);
    return text ? text : "";
}

static void skip_blanks(Reader *reader)
{
    while (reader->at < reader->end && qm_line_blank(*reader->at)) {
        reader->at++;
    }
}

/* The next word; of length 0 at the end of the line. */
static Piece next_word(Reader *reader)
{
    skip_blanks(reader);
    Piece word = {reader->at, 0};
    while (reader->at < reader->end && !qm_line_blank(*reader->at)) {
        reader->at++;
    }
    word.length = (size_t)(reader->at - word.at);
    return word;
}

/* All that is left of the line. */
static Piece rest(Reader *reader)
{
    skip_blanks(reader);
    Piece piece = {reader->at, (size_t)(reader->end - reader->at)};
    while (piece.length > 0 && qm_line_blank(piece.at[piece.length - 1])) {
        piece.length--;
    }
    reader->at = reader->end;
    return piece;
}

static QmStatus take(const Reader *reader, Piece piece, QmLineSpaces spaces,
                     const char **text)
{
    char *said = QM_NEW_ARRAY(reader->arena, char, piece.length + 1);
    if (!said) {
        return qm_fail_memory(reader->diag);
    }
    const char *wrong = qm_line_take(piece.at, piece.length, spaces, said);
    if (wrong) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, wrong), NULL,
                       "expected one of \\n \\t \\r \\xHH, or \\\\ for a backslash");
    }
    *text = said;
    return QM_OK;
}

static QmStatus missing(const Reader *reader, const char *what, const char *behind)
{
    return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, reader->end), NULL,
                   "expected %s behind '%s'", what, behind);
}

static QmStatus is_end(Reader *reader)
{
    const Piece word = next_word(reader);
    return word.length == 0
               ? QM_OK
               : qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                         "expected the end of the line, found '%s'", shown(reader, word));
}

/* ---- the head ---------------------------------------------------------------------- */

static QmStatus read_text(Reader *reader, const char *word, const char **text)
{
    const Piece piece = rest(reader);
    return piece.length == 0 ? missing(reader, "something", word)
                             : take(reader, piece, QM_LINE_REST, text);
}

static QmStatus read_version(Reader *reader)
{
    return take(reader, rest(reader), QM_LINE_REST, &reader->log->version);
}

static QmStatus read_session(Reader *reader)
{
    return read_text(reader, "session", &reader->log->session);
}

static QmStatus read_template(Reader *reader)
{
    return read_text(reader, "template", &reader->log->template);
}

static QmStatus read_seed(Reader *reader)
{
    const Piece word = next_word(reader);
    uint64_t seed = 0;
    bool good = word.length > 0;
    for (size_t i = 0; good && i < word.length; i++) {
        const uint64_t digit = (uint64_t)(word.at[i] - '0');
        good =
            word.at[i] >= '0' && word.at[i] <= '9' && seed <= (UINT64_MAX - digit) / 10;
        seed = 10 * seed + digit;
    }
    if (!good) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                       "expected a whole number from 0 to 18446744073709551615, found "
                       "'%s'",
                       shown(reader, word));
    }
    reader->log->seed = seed;
    return is_end(reader);
}

static bool is_word(Piece piece, const char *word)
{
    const char *const words[] = {word, NULL};
    return qm_line_find(piece.at, piece.length, words) == 0;
}

/* "-14 LUFS" as two words. */
static QmStatus read_level(Reader *reader, const char *unit, double *value)
{
    const Piece number = next_word(reader), word = next_word(reader);
    const Piece both = {number.at, (size_t)(reader->at - number.at)};
    const char *text;
    const QmStatus status = take(reader, number, QM_LINE_WORD, &text);
    if (status != QM_OK || (qm_number_parse(text, value) && is_word(word, unit))) {
        return status;
    }
    return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, number.at), NULL,
                   "expected a level such as -14 %s, found '%s'", unit,
                   shown(reader, both));
}

/* A name, if there is one, and two levels. */
static QmStatus read_target(Reader *reader)
{
    QmDecisionLog *log = reader->log;
    const char *begin = reader->at;
    const Piece first = next_word(reader), second = next_word(reader);
    QmStatus status = QM_OK;
    if (is_word(second, "LUFS")) {
        reader->at = begin;
    } else {
        reader->at = first.at + first.length;
        status = take(reader, first, QM_LINE_WORD, &log->target);
    }
    if (status == QM_OK) {
        status = read_level(reader, "LUFS", &log->lufs);
    }
    if (status == QM_OK) {
        status = read_level(reader, "dBTP", &log->ceiling);
    }
    return status == QM_OK ? is_end(reader) : status;
}

static QmStatus read_hash(Reader *reader, Piece word, char hash[HASH_DIGITS + 1])
{
    bool good = word.length == HASH_DIGITS;
    if (is_word(word, no_hash)) {
        return QM_OK;
    }
    for (size_t i = 0; good && i < HASH_DIGITS; i++) {
        good = qm_hex_digit(word.at[i]) >= 0;
        hash[i] = word.at[i];
    }
    return good ? QM_OK
                : qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                          "expected a hash of %d hex digits or '-', found '%s'",
                          HASH_DIGITS, shown(reader, word));
}

static QmStatus read_input(Reader *reader)
{
    QmLogInput input = {.file = ""};
    const Piece strip = next_word(reader), hash = next_word(reader), file = rest(reader);
    if (file.length == 0) {
        return missing(reader, "a strip, a hash and a file", "input");
    }
    QmStatus status = take(reader, strip, QM_LINE_WORD, &input.strip);
    if (status == QM_OK) {
        status = read_hash(reader, hash, input.hash);
    }
    if (status == QM_OK) {
        status = take(reader, file, QM_LINE_REST, &input.file);
    }
    if (status != QM_OK) {
        return status;
    }
    QmLogInput *added = qm_list_add(&reader->log->inputs, sizeof *added, reader->arena);
    if (!added) {
        return qm_fail_memory(reader->diag);
    }
    *added = input;
    return QM_OK;
}

enum { VERSION, SESSION, TEMPLATE, SEED, TARGET, INPUT, HEADS };
static const char *const head_words[HEADS + 1] = {
    [VERSION] = "qmix", [SESSION] = "session", [TEMPLATE] = "template",
    [SEED] = "seed",    [TARGET] = "target",   [INPUT] = "input",
};
static QmStatus (*const head_readers[HEADS])(Reader *reader) = {
    [VERSION] = read_version, [SESSION] = read_session, [TEMPLATE] = read_template,
    [SEED] = read_seed,       [TARGET] = read_target,   [INPUT] = read_input,
};

static QmStatus read_head(Reader *reader, Piece word, uint32_t head)
{
    const uint32_t bit = UINT32_C(1) << head;
    if ((reader->said & bit) && head != INPUT) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                       "'%s' is said already", head_words[head]);
    }
    reader->said |= bit;
    return head_readers[head](reader);
}

/* ---- decisions --------------------------------------------------------------------- */

/* No word behind the value's first, which ends at `from`, is an origin: perhaps one was
 * meant to be. */
static QmStatus no_origin(Reader *reader, Piece value, const char *from)
{
    reader->at = from;
    for (Piece word = next_word(reader); word.length > 0; word = next_word(reader)) {
        const char *text = shown(reader, word);
        const char *meant =
            qm_near_miss(text, qm_origin_names, QM_COUNT(qm_origin_names) - 1);
        if (meant) {
            return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                           "unknown origin '%s', did you mean '%s'?", text, meant);
        }
    }
    return missing(reader, "auto, template or user", shown(reader, value));
}

/* The value: all words up to the origin, one at least. */
static QmStatus read_value(Reader *reader, QmDecision *decision)
{
    Piece value = next_word(reader);
    const char *behind = reader->at;
    if (value.length == 0) {
        return missing(reader, "a value", decision->target);
    }
    for (Piece word = next_word(reader);; word = next_word(reader)) {
        if (word.length == 0) {
            return no_origin(reader, value, behind);
        }
        const uint32_t origin = qm_line_find(word.at, word.length, qm_origin_names);
        if (qm_origin_names[origin]) {
            decision->origin = (QmOrigin)origin;
            return take(reader, value, QM_LINE_WORDS, &decision->value);
        }
        value.length = (size_t)(reader->at - value.at);
    }
}

static QmStatus read_because(Reader *reader, QmDecision *decision)
{
    const Piece word = next_word(reader);
    decision->because = "";
    if (word.length == 0) {
        return QM_OK;
    }
    if (!is_word(word, because_word)) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                       "expected 'because' and a reason, found '%s'",
                       shown(reader, word));
    }
    return take(reader, rest(reader), QM_LINE_REST, &decision->because);
}

static QmStatus read_decision(Reader *reader, uint32_t stage)
{
    const Piece target = next_word(reader);
    QmDecision decision = {.stage = (QmStage)stage,
                           .place = place_of(reader, target.at),
                           .order = (uint32_t)reader->log->decisions.count};
    if (target.length == 0) {
        return missing(reader, "a target", qm_stage_names[stage]);
    }
    QmStatus status = take(reader, target, QM_LINE_WORD, &decision.target);
    if (status == QM_OK) {
        status = read_value(reader, &decision);
    }
    const Piece rule = status == QM_OK ? next_word(reader) : target;
    if (status == QM_OK && rule.length == 0) {
        status = missing(reader, "a rule", qm_origin_names[decision.origin]);
    }
    if (status == QM_OK) {
        status = take(reader, rule, QM_LINE_WORD, &decision.rule);
    }
    if (status == QM_OK) {
        status = read_because(reader, &decision);
    }
    QmDecision *added = status == QM_OK ? qm_list_add(&reader->log->decisions,
                                                      sizeof *added, reader->arena)
                                        : NULL;
    if (!added) {
        return status != QM_OK ? status : qm_fail_memory(reader->diag);
    }
    *added = decision;
    return QM_OK;
}

/* ---- lines ------------------------------------------------------------------------- */

static QmStatus unknown(Reader *reader, Piece word)
{
    const char *known[QM_STAGES + HEADS];
    memcpy(known, qm_stage_names, QM_STAGES * sizeof *known);
    memcpy(known + QM_STAGES, head_words, HEADS * sizeof *known);
    return qm_fail_unknown(reader->diag, place_of(reader, word.at), NULL, "stage",
                           shown(reader, word), known, QM_COUNT(known));
}

static QmStatus read_line(Reader *reader)
{
    const Piece word = next_word(reader);
    if (word.length == 0 || word.at[0] == '#') {
        return QM_OK;
    }
    const uint32_t head = qm_line_find(word.at, word.length, head_words);
    if (head != VERSION && reader->said == 0) {
        return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, word.at), NULL,
                       "this is no decision log: it does not begin with 'qmix' and a "
                       "version");
    }
    if (head < HEADS) {
        return read_head(reader, word, head);
    }
    const uint32_t stage = qm_line_find(word.at, word.length, qm_stage_names);
    return stage < QM_STAGES ? read_decision(reader, stage) : unknown(reader, word);
}

static QmStatus check_bytes(const Reader *reader)
{
    for (const char *at = reader->line; at < reader->end; at++) {
        const unsigned char byte = (unsigned char)*at;
        if ((byte < ' ' && !qm_line_blank(*at)) || byte == 0x7f) {
            return qm_fail(reader->diag, QM_ERR_INPUT, place_of(reader, at), NULL,
                           "a control character, which is written \\x%c%c",
                           "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]);
        }
    }
    return QM_OK;
}

static QmStatus read_lines(Reader *reader, const char *text, size_t size)
{
    const char *end = text + size;
    QmStatus status = QM_OK;
    for (const char *at = text; status == QM_OK && at < end; at = reader->end + 1) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        reader->line = reader->at = at;
        reader->end = newline ? newline : end;
        reader->place.line++;
        status = check_bytes(reader);
        if (status == QM_OK) {
            status = read_line(reader);
        }
    }
    if (status == QM_OK && reader->said == 0) {
        return qm_fail(reader->diag, QM_ERR_INPUT, reader->place, NULL,
                       "this is no decision log: it is empty");
    }
    return status;
}

QmStatus qm_log_parse(const char *text, size_t size, const char *file_name,
                      QmArena *arena, QmDiag *diag, QmDecisionLog *log)
{
    QmDecisionLog read = {.version = "", .template = "", .target = ""};
    Reader reader = {.arena = arena,
                     .diag = diag,
                     .place = {.file = qm_arena_strdup(arena, file_name)},
                     .log = &read};
    if (!reader.place.file) {
        return qm_fail_memory(diag);
    }
    const QmStatus status = read_lines(&reader, text, size);
    if (status == QM_OK) {
        *log = read;
    }
    return status;
}
