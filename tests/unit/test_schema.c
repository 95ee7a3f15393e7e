/* links: formats */
/* tests: formats/schema formats/schema_types */
/* A struct described by a table: read from a map, printed back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/schema.h"

#include <string.h>

/* ---- what a new table looks like ---- */

typedef struct Note {
    QmPosition at;
    QmLength length;
    QmPlace place;
} Note;

typedef struct Song {
    const char *title;
    double level;
    uint32_t takes;
    bool loud;
    enum { SLOW, FAST } pace;
    Note *notes;
    uint32_t n_notes;
} Song;

static const char *const paces[] = {"slow", "fast", NULL};
static const QmParam level = {
    .name = "level", .unit = QM_UNIT_DB, .min = -60, .max = 6, .def = -3};
static const QmParam takes = {
    .name = "takes", .kind = QM_PARAM_INTEGER, .min = 1, .max = 9, .def = 1};
static const QmParam loud = {.name = "loud", .kind = QM_PARAM_SWITCH, .max = 1};
static const QmParam pace = {.name = "pace", .kind = QM_PARAM_CHOICE, .choices = paces};

static const QmField note_fields[] = {
    {.key = "at",
     .type = &qm_field_position,
     .offset = offsetof(Note, at),
     .required = true},
    {.key = "length",
     .type = &qm_field_length,
     .offset = offsetof(Note, length),
     .def = "1/4"},
};
static const QmSchema note_schema = {"note", note_fields, QM_COUNT(note_fields),
                                     sizeof(Note), offsetof(Note, place)};

static const QmField song_fields[] = {
    {.key = "title", .type = &qm_field_text, .offset = offsetof(Song, title)},
    {.key = "level",
     .type = &qm_field_number,
     .offset = offsetof(Song, level),
     .row = &level},
    {.key = "takes",
     .type = &qm_field_whole,
     .offset = offsetof(Song, takes),
     .row = &takes},
    {.key = "loud",
     .type = &qm_field_switch,
     .offset = offsetof(Song, loud),
     .row = &loud},
    {.key = "pace",
     .type = &qm_field_choice,
     .offset = offsetof(Song, pace),
     .row = &pace},
    {.key = "notes",
     .type = &qm_field_list,
     .offset = offsetof(Song, notes),
     .items = &note_schema,
     .count_offset = offsetof(Song, n_notes),
     .max_items = 3},
};
static const QmSchema song_schema = {"song", song_fields, QM_COUNT(song_fields),
                                     sizeof(Song), 0};
static const QmUnbuilt unbuilt[] = {{"song", "lyrics"}, {NULL, NULL}};

/* A second part: rows of a processor's table, and a key of the caller's own. */
static const QmParam rows[] = {
    {.name = "drive", .min = 0, .max = 10},
    {.name = "tone", .unit = QM_UNIT_HZ, .min = 20, .max = 20000, .def = 1000},
};
static const char *const taken[] = {"mine"};

typedef struct Read {
    QmArena arena;
    QmDiag diag;
    QmStatus status;
    Song song;
    double values[2];
} Read;

static uint32_t parts_of(Read *read, QmPart parts[3])
{
    parts[0] = (QmPart){.schema = &song_schema, .base = &read->song};
    parts[1] = (QmPart){.rows = rows, .n_rows = 2, .values = read->values};
    parts[2] = (QmPart){.taken = taken, .n_taken = 1};
    return 3;
}

static void read_song(Read *read, const char *text)
{
    const QmYamlNode *root;
    QmPart parts[3];
    *read = (Read){.values = {rows[0].def, rows[1].def}};
    read->status =
        qm_yaml_parse(text, strlen(text), "x.yaml", &read->arena, &read->diag, &root);
    assert_int_equal(read->status, QM_OK);
    QmReader reader = {.arena = &read->arena,
                       .diag = &read->diag,
                       .file = "x.yaml",
                       .unbuilt = unbuilt};
    qm_schema_defaults(&song_schema, &read->song);
    read->status = qm_schema_read(&reader, root, "song", parts, parts_of(read, parts));
}

static void test_reads_every_type(void **unused)
{
    (void)unused;
    Read read;
    read_song(&read, "title: A b\n"
                     "level: -12 dB\n"
                     "takes: 3\n"
                     "loud: on\n"
                     "pace: fast\n"
                     "notes: [{at: 2.3, length: 250 ms}, {at: 1 s}]\n"
                     "tone: 2 kHz\n"
                     "mine: {whatever: 1}\n");
    assert_int_equal(read.status, QM_OK);
    assert_string_equal(read.song.title, "A b");
    assert_true(read.song.level == -12);
    assert_int_equal(read.song.takes, 3);
    assert_true(read.song.loud);
    assert_int_equal(read.song.pace, FAST);
    assert_int_equal(read.song.n_notes, 2);
    assert_int_equal(read.song.notes[0].at.beat, 3);
    assert_int_equal(read.song.notes[0].length.kind, QM_LEN_MS);
    assert_int_equal(read.song.notes[0].place.column, 9);
    assert_int_equal(read.song.notes[1].length.denominator, 4); /* by default */
    assert_true(read.values[0] == 0);
    assert_true(read.values[1] == 2000);
    qm_arena_release(&read.arena);
}

static void test_defaults(void **unused)
{
    (void)unused;
    Read read;
    QmPart parts[3];
    read_song(&read, "");
    assert_int_equal(read.status, QM_OK);
    assert_null(read.song.title);
    assert_true(read.song.level == -3);
    assert_int_equal(read.song.takes, 1);
    assert_int_equal(read.song.pace, SLOW);
    assert_true(qm_schema_is_default(parts, parts_of(&read, parts)));
    read.values[1] = 1001;
    assert_false(qm_schema_is_default(parts, parts_of(&read, parts)));
    qm_arena_release(&read.arena);
}

static void prints(const char *text, const char *expected)
{
    Read read;
    QmText out;
    QmPart parts[3];
    read_song(&read, text);
    assert_int_equal(read.status, QM_OK);
    qm_text_init(&out, &read.arena);
    QmPrinter printer = {.yaml = {.text = &out}};
    qm_text_init(&printer.scratch, &read.arena);
    qm_yaml_begin_map(&printer.yaml, false);
    qm_schema_print(&printer, parts, parts_of(&read, parts));
    qm_yaml_end(&printer.yaml);
    assert_string_equal(out.data, expected);
    qm_arena_release(&read.arena);
}

/* In the table's order, and only what differs from the defaults. */
static void test_prints(void **unused)
{
    (void)unused;
    prints("", "{}\n");
    prints("tone: 2000 Hz\nloud: true\nlevel: -3.0\ntitle: x\n",
           "title: x\nloud: yes\ntone: 2000\n");
    prints("notes: [{length: 1/4, at: 2.1.1}, {at: 3, length: 2 beats}]\npace: fast",
           "pace: fast\nnotes:\n  - {at: 2}\n  - {at: 3, length: 2 beats}\n");
    prints("level: -1.50\ntakes: 9\n", "level: -1.5\ntakes: 9\n");
}

static void refuses(const char *text, const char *message)
{
    Read read;
    read_song(&read, text);
    assert_int_equal(read.status, QM_ERR_INPUT);
    assert_string_equal(read.diag.text, message);
    qm_arena_release(&read.arena);
}

static void test_refuses(void **unused)
{
    (void)unused;
    refuses("tilte: x", "x.yaml:1:1: unknown key 'tilte', did you mean 'title'?");
    refuses("ton: 1", "x.yaml:1:1: unknown key 'ton', did you mean 'tone'?");
    refuses("mime: 1", "x.yaml:1:1: unknown key 'mime', did you mean 'mine'?");
    refuses("zebra: 1", "x.yaml:1:1: unknown key 'zebra'");
    refuses("lyrics: 1", "x.yaml:1:1: 'lyrics' is not built yet");
    refuses("[1]", "x.yaml:1:1: expected a map, found a list");
    refuses("word", "x.yaml:1:1: expected a map, found 'word'");
    refuses("level: 7",
            "x.yaml:1:8: level: expected a number from -60 to 6 dB, found '7'");
    refuses("level: -6 Hz",
            "x.yaml:1:8: level: expected a number from -60 to 6 dB, found '-6 Hz'");
    refuses("level: {}",
            "x.yaml:1:8: level: expected a number from -60 to 6 dB, found a map");
    refuses("level:",
            "x.yaml:1:7: level: expected a number from -60 to 6 dB, found nothing");
    refuses("takes: 1.5",
            "x.yaml:1:8: takes: expected a whole number from 1 to 9, found '1.5'");
    refuses("loud: maybe", "x.yaml:1:7: loud: expected yes or no, found 'maybe'");
    refuses("pace: fats", "x.yaml:1:7: pace: expected one of slow, fast, found 'fats', "
                          "did you mean 'fast'?");
    refuses("title: [a]", "x.yaml:1:8: title: expected a text, found a list");
    refuses("notes: 1", "x.yaml:1:8: notes: expected a list, found '1'");
    refuses("notes: [{at: 0}]",
            "x.yaml:1:14: notes.1.at: expected a position such as 5, 5.3.2 "
            "or 2.5 s, found '0'");
    refuses(
        "notes: [{at: 1}, {at: 1, length: 4}]",
        "x.yaml:1:34: notes.2.length: expected a length such as 4 bars, 1/16 or 250 ms, "
        "found '4'");
    refuses("notes: [{at: 1, length: -1/4}]",
            "x.yaml:1:25: notes.1.length: expected a length that is not negative, found "
            "'-1/4'");
    refuses("notes: [{length: 1/4}]", "x.yaml:1:9: notes.1: 'at' is missing");
    refuses("notes: [{at: 1}, {at: 1}, {at: 1}, {at: 1}]",
            "x.yaml:1:8: notes: expected at most 3 entries, found 4");
}

/* A path that is longer than there is room for is cut, not overrun. */
static void test_long_paths(void **unused)
{
    (void)unused;
    QmReader reader = {0};
    size_t marks[100];
    for (size_t i = 0; i < 100; i++) {
        marks[i] = qm_reader_push(&reader, "abcdefgh");
    }
    assert_int_equal(strlen(reader.path), QM_DIAG_PATH - 1);
    for (size_t i = 100; i-- > 1;) {
        qm_reader_pop(&reader, marks[i]);
    }
    assert_string_equal(reader.path, "abcdefgh");
    qm_reader_push_item(&reader, 12);
    assert_string_equal(reader.path, "abcdefgh.12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_every_type), cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_prints),           cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_long_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
