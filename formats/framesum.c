/* Both sinks gather audio into blocks that end where the absolute frame is a multiple of
 * QM_FRAMESUM_BLOCK (the first and the last may be shorter) and give each to a function
 * of their own: one writes a line, the other reads one and compares.
 *
 * The file is read line by line as blocks come, never whole; a line has a fixed most
 * length, and what does not look exactly like what we write is refused with its place. */
#include "formats/framesum.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/units.h"
#include "formats/file_out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 1, LINE_MAX_BYTES = 96 };

/* Audio on its way into blocks. */
typedef struct Blocks {
    uint32_t rate, channels;
    float *audio;   /* [QM_FRAMESUM_BLOCK][channels] */
    int64_t first;  /* absolute frame of audio[0] */
    uint32_t n;     /* frames in it */
    int64_t frames; /* in all */
    QmSha256 total;
    QmStatus (*emit)(void *self, QmDiag *diag); /* a block is complete */
} Blocks;

typedef struct Writer {
    Blocks blocks; /* first: a Writer is a Blocks */
    QmFileOut file;
} Writer;

typedef struct Verifier {
    Blocks blocks;
    FILE *file;
    QmPlace place; /* of the line last read */
    char line[LINE_MAX_BYTES];
    bool differs;
} Verifier;

/* ---- blocks ------------------------------------------------------------------------ */

static QmStatus init_blocks(Blocks *blocks, uint32_t rate, uint32_t channels,
                            QmStatus (*emit)(void *, QmDiag *), QmArena *arena,
                            QmDiag *diag)
{
    *blocks = (Blocks){.rate = rate, .channels = channels, .emit = emit};
    qm_sha256_init(&blocks->total);
    blocks->audio = QM_NEW_ARRAY(arena, float, (size_t)QM_FRAMESUM_BLOCK *channels);
    return blocks->audio ? QM_OK : qm_fail_memory(diag);
}

static uint64_t block_hash(const Blocks *blocks)
{
    return qm_hash64(blocks->audio, (size_t)blocks->n * blocks->channels * sizeof(float));
}

static QmStatus end_block(Blocks *blocks, QmDiag *diag)
{
    qm_sha256_add(&blocks->total, blocks->audio,
                  (size_t)blocks->n * blocks->channels * sizeof(float));
    const QmStatus status = blocks->emit(blocks, diag);
    blocks->n = 0;
    return status;
}

static QmStatus write_blocks(void *self, int64_t frame, const float *audio, uint32_t n,
                             QmDiag *diag)
{
    Blocks *blocks = self;
    while (n) {
        const uint32_t left = QM_FRAMESUM_BLOCK - (uint32_t)(frame % QM_FRAMESUM_BLOCK);
        const uint32_t m = n < left ? n : left;
        blocks->first = blocks->n ? blocks->first : frame;
        memcpy(blocks->audio + (size_t)blocks->n * blocks->channels, audio,
               (size_t)m * blocks->channels * sizeof *audio);
        blocks->n += m;
        blocks->frames += m;
        frame += m;
        n -= m;
        audio += (size_t)m * blocks->channels;
        const QmStatus status = m == left ? end_block(blocks, diag) : QM_OK;
        if (status) {
            return status;
        }
    }
    return QM_OK;
}

/* The last block; then `sha` has the hash of everything. */
static QmStatus end_blocks(Blocks *blocks, char sha[QM_SHA256_TEXT], QmDiag *diag)
{
    const QmStatus status = blocks->n ? end_block(blocks, diag) : QM_OK;
    uint8_t digest[QM_SHA256_BYTES];
    qm_sha256_end(&blocks->total, digest);
    qm_sha256_text(digest, sha);
    return status;
}

/* ---- writing sums ------------------------------------------------------------------ */

static QmStatus write_line(void *self, QmDiag *diag)
{
    Writer *writer = self;
    char line[LINE_MAX_BYTES];
    const int length = snprintf(line, sizeof line, "%" PRId64 " %016" PRIx64 "\n",
                                writer->blocks.first, block_hash(&writer->blocks));
    return qm_file_out_write(&writer->file, line, (size_t)length, diag);
}

static QmStatus finish_writer(void *self, QmDiag *diag)
{
    Writer *writer = self;
    char sha[QM_SHA256_TEXT], tail[2 * LINE_MAX_BYTES];
    QmStatus status = end_blocks(&writer->blocks, sha, diag);
    const int length = snprintf(tail, sizeof tail, "frames %" PRId64 "\nsha256 %s\n",
                                writer->blocks.frames, sha);
    status =
        status ? status : qm_file_out_write(&writer->file, tail, (size_t)length, diag);
    return status ? status : qm_file_out_commit(&writer->file, diag);
}

static void close_writer(void *self) { qm_file_out_close(&((Writer *)self)->file); }

QmStatus qm_framesum_sink_open(const char *name, uint32_t rate, uint32_t channels,
                               QmArena *arena, QmDiag *diag, QmSink *sink)
{
    Writer *writer = QM_NEW(arena, Writer);
    QmStatus status = writer ? QM_OK : qm_fail_memory(diag);
    status = status
                 ? status
                 : init_blocks(&writer->blocks, rate, channels, write_line, arena, diag);
    status = status ? status : qm_file_out_open(name, arena, diag, &writer->file);
    if (status) {
        return status;
    }
    char head[2 * LINE_MAX_BYTES];
    const int length = snprintf(head, sizeof head,
                                "qmix-framesum %d\nrate %u\nchannels %u\n"
                                "block %d\n",
                                VERSION, rate, channels, QM_FRAMESUM_BLOCK);
    status = qm_file_out_write(&writer->file, head, (size_t)length, diag);
    if (status) {
        close_writer(writer);
        return status;
    }
    *sink = (QmSink){write_blocks, finish_writer, close_writer, writer, channels};
    return QM_OK;
}

/* ---- comparing --------------------------------------------------------------------- */

/* Reads the next line, without its end, into v->line. */
static QmStatus next_line(Verifier *v, QmDiag *diag)
{
    v->place.line++;
    size_t length = 0;
    int c;
    while ((c = getc(v->file)) != EOF && c != '\n' && c != '\0' &&
           length + 1 < sizeof v->line) {
        v->line[length++] = (char)c;
    }
    v->line[length] = '\0';
    if (ferror(v->file)) {
        return qm_fail(diag, QM_ERR_IO, v->place, NULL, "cannot read it: %s",
                       strerrordesc_np(errno));
    }
    v->place.column = c == '\n' ? 1 : (uint32_t)length + 1;
    return c == '\n' ? QM_OK
                     : qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                               "expected the end of a line, "
                               "found %s",
                               c == EOF ? "the end of the file" : "more of it");
}

/* A whole number from `text` on; returns what follows it, NULL: none. */
static const char *parse_number(const char *text, int64_t *value)
{
    const char *p = text;
    for (*value = 0; *p >= '0' && *p <= '9'; p++) {
        if (*value > (INT64_MAX - 9) / 10) {
            return NULL;
        }
        *value = 10 * *value + (*p - '0');
    }
    return p > text ? p : NULL;
}

static QmStatus not_expected(const Verifier *v, const char *expected, QmDiag *diag)
{
    return qm_fail(diag, QM_ERR_INPUT, v->place, NULL, "expected %s, found '%s'",
                   expected, v->line);
}

/* The line last read as `word` and a number. */
static QmStatus parse_entry(const Verifier *v, const char *word, int64_t *value,
                            QmDiag *diag)
{
    const size_t length = strlen(word);
    const char *end = strncmp(v->line, word, length) == 0 && v->line[length] == ' '
                          ? parse_number(v->line + length + 1, value)
                          : NULL;
    char expected[LINE_MAX_BYTES];
    snprintf(expected, sizeof expected, "'%s' and a number", word);
    return end && !*end ? QM_OK : not_expected(v, expected, diag);
}

static QmStatus next_entry(Verifier *v, const char *word, int64_t *value, QmDiag *diag)
{
    const QmStatus status = next_line(v, diag);
    return status ? status : parse_entry(v, word, value, diag);
}

/* The line last read as a block's. */
static QmStatus parse_block(const Verifier *v, int64_t *first, uint64_t *hash,
                            QmDiag *diag)
{
    const char *p = parse_number(v->line, first);
    const char *digits = "0123456789abcdef";
    if (p && *p == ' ' && strspn(p + 1, digits) == 16 && !p[17]) {
        *hash = 0;
        for (p++; *p; p++) {
            *hash = *hash << 4 | (uint64_t)(strchr(digits, *p) - digits);
        }
        return QM_OK;
    }
    return not_expected(v, "a frame and a sum of 16 digits", diag);
}

static QmStatus block_differs(Verifier *v, QmDiag *diag)
{
    const Blocks *blocks = &v->blocks;
    char from[QM_NUMBER_TEXT], to[QM_NUMBER_TEXT];
    const int64_t end = blocks->first + blocks->n;
    qm_fixed_text((double)blocks->first / blocks->rate, 3, from);
    qm_fixed_text((double)end / blocks->rate, 3, to);
    v->differs = true;
    return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                   "frames %lld-%lld (%s-%s s) differ", (long long)blocks->first,
                   (long long)(end - 1), from, to);
}

static QmStatus compare_block(void *self, QmDiag *diag)
{
    Verifier *v = self;
    int64_t first;
    uint64_t hash;
    QmStatus status = next_line(v, diag);
    if (!status && qm_starts_with(v->line, "frames ")) {
        v->differs = true;
        return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                       "the audio goes on where the sums end, at frame %lld",
                       (long long)v->blocks.first);
    }
    status = status ? status : parse_block(v, &first, &hash, diag);
    if (status) {
        return status;
    }
    if (first != v->blocks.first) {
        v->differs = true;
        return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                       "the sums are of a block at frame %lld, the audio is at %lld",
                       (long long)first, (long long)v->blocks.first);
    }
    return hash == block_hash(&v->blocks) ? QM_OK : block_differs(v, diag);
}

static QmStatus finish_verifier(void *self, QmDiag *diag)
{
    Verifier *v = self;
    char sha[QM_SHA256_TEXT];
    QmStatus status = end_blocks(&v->blocks, sha, diag);
    status = status ? status : next_line(v, diag);
    if (status) {
        return status;
    }
    int64_t first, frames;
    uint64_t hash;
    if (!qm_starts_with(v->line, "frames ") && !parse_block(v, &first, &hash, NULL)) {
        v->differs = true;
        return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                       "the audio has %lld frames, the sums are of more",
                       (long long)v->blocks.frames);
    }
    status = parse_entry(v, "frames", &frames, diag);
    status = status ? status : next_line(v, diag);
    if (status) {
        return status;
    }
    char expected[LINE_MAX_BYTES];
    snprintf(expected, sizeof expected, "sha256 %s", sha);
    if (frames != v->blocks.frames || !qm_same(v->line, expected)) {
        v->differs = true;
        return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                       "every block is the same, but not the total: the file was edited");
    }
    return QM_OK;
}

static void close_verifier(void *self)
{
    Verifier *v = self;
    if (v->file) {
        fclose(v->file);
        v->file = NULL;
    }
}

static QmStatus read_head(Verifier *v, QmDiag *diag)
{
    const struct {
        const char *word;
        int64_t value;
    } ENTRIES[] = {
        {"qmix-framesum", VERSION},
        {"rate", v->blocks.rate},
        {"channels", v->blocks.channels},
        {"block", QM_FRAMESUM_BLOCK},
    };
    for (size_t i = 0; i < sizeof ENTRIES / sizeof ENTRIES[0]; i++) {
        int64_t value;
        const QmStatus status = next_entry(v, ENTRIES[i].word, &value, diag);
        if (status) {
            return status;
        }
        if (value != ENTRIES[i].value) {
            return qm_fail(diag, QM_ERR_INPUT, v->place, NULL,
                           "expected '%s %lld', found '%s'", ENTRIES[i].word,
                           (long long)ENTRIES[i].value, v->line);
        }
    }
    return QM_OK;
}

QmStatus qm_verify_sink_open(const char *name, uint32_t rate, uint32_t channels,
                             QmArena *arena, QmDiag *diag, QmSink *sink)
{
    Verifier *v = QM_NEW(arena, Verifier);
    char *own_name = qm_arena_strdup(arena, name);
    QmStatus status = v && own_name ? QM_OK : qm_fail_memory(diag);
    status = status ? status
                    : init_blocks(&v->blocks, rate, channels, compare_block, arena, diag);
    if (status) {
        return status;
    }
    v->place.file = own_name;
    v->file = qm_same(name, "-") ? fdopen(dup(STDIN_FILENO), "re") : fopen(name, "re");
    if (!v->file) {
        return qm_fail_plain(diag, QM_ERR_INPUT, "cannot open '%s': %s", name,
                             errno == ENOENT ? "not found" : strerrordesc_np(errno));
    }
    status = read_head(v, diag);
    if (status) {
        close_verifier(v);
        return status;
    }
    *sink = (QmSink){write_blocks, finish_verifier, close_verifier, v, channels};
    return QM_OK;
}

bool qm_verify_differs(const QmSink *sink)
{
    return ((const Verifier *)sink->self)->differs;
}
