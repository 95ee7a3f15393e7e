/* links: formats */
/* tests: formats/file_out */
/* How a finished render becomes a file: sinks by name, what lies in the file afterwards,
 * and what happens when the world says no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/dither.h"
#include "formats/audio_read.h"
#include "formats/audio_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES = 10001, CHANNELS = 2, RATE = 48000, SEED = 7 };

static float audio[FRAMES * CHANNELS];
static char folder[] = "/tmp/qmix-test.XXXXXX";
static QmDiag diag;

/* "FOLDER/name", good until the fourth call after. */
static const char *in_folder(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int files_in_folder(void)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return count;
}

static int setup(void **unused)
{
    (void)unused;
    uint32_t x = 1;
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        x = x * 1664525 + 1013904223;
        audio[i] = (float)(int32_t)x * 0x1p-31f;
    }
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **unused)
{
    (void)unused;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        unlink(in_folder(entry->d_name));
    }
    closedir(dir);
    return rmdir(folder);
}

static int clear_diag(void **unused)
{
    (void)unused;
    memset(&diag, 0, sizeof diag);
    return 0;
}

static QmDitherKind dither; /* of the files that follow */

/* Writes `audio` in pieces of `piece` frames, starting at absolute frame `first`. */
static QmStatus write_audio(const char *name, QmBits bits, uint32_t piece, int64_t first,
                            QmPcmStats *stats)
{
    QmArena arena;
    qm_arena_init(&arena);
    QmSink sink;
    const QmAudioFormat format = {RATE, CHANNELS, bits, dither, SEED};
    QmStatus status = qm_audio_sink_open(name, &format, &arena, &diag, &sink);
    if (!status) {
        for (uint32_t at = (uint32_t)first; at < FRAMES && !status; at += piece) {
            const uint32_t n = FRAMES - at < piece ? FRAMES - at : piece;
            status = sink.write(sink.self, at, audio + (size_t)at * CHANNELS, n, &diag);
        }
        if (stats) {
            *stats = qm_audio_sink_stats(&sink);
        }
        status = status ? status : sink.finish(sink.self, &diag);
        sink.close(sink.self);
    }
    qm_arena_release(&arena);
    return status;
}

static void write_ok(const char *name, QmBits bits, uint32_t piece)
{
    if (write_audio(name, bits, piece, 0, NULL)) {
        fail_msg("%s", diag.text);
    }
}

/* The samples libsndfile finds in a file, as integers of full scale 2^31. */
static void read_ints(const char *name, int *ints, SF_INFO *info)
{
    *info = (SF_INFO){0};
    SNDFILE *file = sf_open(name, SFM_READ, info);
    assert_non_null(file);
    assert_int_equal(info->frames, FRAMES);
    assert_int_equal(sf_readf_int(file, ints, FRAMES), FRAMES);
    sf_close(file);
}

static size_t slurp(const char *name, unsigned char **bytes)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    struct stat about;
    fstat(fileno(file), &about);
    *bytes = malloc((size_t)about.st_size);
    assert_int_equal(fread(*bytes, 1, (size_t)about.st_size, file), about.st_size);
    fclose(file);
    return (size_t)about.st_size;
}

static void assert_same_files(const char *a, const char *b)
{
    unsigned char *x, *y;
    const size_t size = slurp(a, &x);
    assert_int_equal(slurp(b, &y), size);
    assert_memory_equal(x, y, size);
    free(x);
    free(y);
}

/* What 24 bits of a sample are, by plain arithmetic. */
static int as24(float x)
{
    const double scaled = (double)x * 0x1p23;
    double whole = (double)(long long)scaled;
    const double rest = scaled - whole;
    if (rest > 0.5 || (rest == 0.5 && ((long long)whole & 1))) {
        whole += 1;
    } else if (rest < -0.5 || (rest == -0.5 && ((long long)whole & 1))) {
        whole -= 1;
    }
    whole = whole > 0x7fffff ? 0x7fffff : whole < -0x800000 ? -0x800000 : whole;
    return (int)whole * 256;
}

static void test_every_format_holds_the_same_24_bits(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        int container;
    } FILES[] = {
        {"a.wav", SF_FORMAT_WAV},  {"a.rf64", SF_FORMAT_RF64},
        {"a.w64", SF_FORMAT_W64},  {"a.aiff", SF_FORMAT_AIFF},
        {"a.AIF", SF_FORMAT_AIFF}, {"a.flac", SF_FORMAT_FLAC},
    };
    static int ints[FRAMES * CHANNELS];
    for (size_t f = 0; f < sizeof FILES / sizeof FILES[0]; f++) {
        write_ok(in_folder(FILES[f].name), QM_BITS_24, 1000);
        SF_INFO info;
        read_ints(in_folder(FILES[f].name), ints, &info);
        assert_int_equal(info.format & SF_FORMAT_TYPEMASK, FILES[f].container);
        assert_int_equal(info.format & SF_FORMAT_SUBMASK, SF_FORMAT_PCM_24);
        assert_int_equal(info.samplerate, RATE);
        for (int i = 0; i < FRAMES * CHANNELS; i++) {
            assert_int_equal(ints[i], as24(audio[i]));
        }
    }
}

static void test_floats_pass_unchanged(void **unused)
{
    (void)unused;
    static const char *const NAMES[] = {"f.wav", "f.aiff", "f.w64"};
    static float back[FRAMES * CHANNELS];
    for (int f = 0; f < 3; f++) {
        write_ok(in_folder(NAMES[f]), QM_BITS_32F, 4096);
        QmAudioReader reader;
        uint32_t got;
        assert_int_equal(qm_audio_open(NULL, in_folder(NAMES[f]), (QmPlace){0}, &diag,
                                       &reader),
                         QM_OK);
        assert_int_equal(reader.read(reader.self, 0, FRAMES, back, &got, &diag), QM_OK);
        assert_int_equal(got, FRAMES);
        assert_memory_equal(back, audio, sizeof audio);
        reader.close(reader.self);
    }
}

static void test_16_bits_are_dithered_by_absolute_frame(void **unused)
{
    (void)unused;
    static int ints[FRAMES * CHANNELS];
    write_ok(in_folder("d.wav"), QM_BITS_16, FRAMES);
    SF_INFO info;
    read_ints(in_folder("d.wav"), ints, &info);
    double squares = 0;
    for (int i = 0; i < FRAMES; i++) {
        for (uint32_t c = 0; c < CHANNELS; c++) {
            float noise;
            const uint64_t key = qm_dither_key(SEED, c);
            qm_dither(&key, 1, i, 1, &noise);
            const int k = i * CHANNELS + (int)c;
            const double error = ints[k] * 0x1p-16 - (double)audio[k] * 0x1p15;
            assert_true(error - (double)noise <= 0.51 && error - (double)noise >= -0.51);
            squares += error * error;
        }
    }
    const double mean = squares / (FRAMES * CHANNELS); /* 1/6 + 1/12 */
    assert_true(mean > 0.24 && mean < 0.26);
}

static void scale_audio(float by)
{
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        audio[i] *= by;
    }
}

/* Each sample is off by its own rounding and noise and by the taps' share of what the
 * five before were off by: with those taken away, what is left is white and 1/4 LSB^2.
 * The samples are soft, so that floats are much finer than the last of 24 bits. */
static void test_shaped_noise_hands_its_errors_on(void **unused)
{
    (void)unused;
    static const double TAPS[5] = {2.033, -2.165, 1.959, -1.590, 0.6149};
    static int ints[FRAMES * CHANNELS];
    static const QmBits BITS[] = {QM_BITS_16, QM_BITS_24};
    dither = QM_DITHER_SHAPED;
    scale_audio(0x1p-6f);
    for (int b = 0; b < 2; b++) {
        write_ok(in_folder("s.wav"), BITS[b], FRAMES);
        SF_INFO info;
        read_ints(in_folder("s.wav"), ints, &info);
        double squares = 0;
        for (int c = 0; c < CHANNELS; c++) {
            double errors[5] = {0};
            for (int i = 0; i < FRAMES; i++) {
                const int k = i * CHANNELS + c;
                double white = ints[k] / (double)(1 << (32 - BITS[b])) -
                               (double)audio[k] * (1 << (BITS[b] - 1));
                for (int t = 0; t < 5; t++) {
                    white += TAPS[t] * errors[t];
                }
                memmove(errors + 1, errors, 4 * sizeof *errors);
                errors[0] = white;
                squares += white * white;
                float noise;
                const uint64_t key = qm_dither_key(SEED, (uint32_t)c);
                qm_dither(&key, 1, i, 1, &noise);
                assert_true(fabs(white - (double)noise) < 0.55);
            }
        }
        const double mean = squares / (FRAMES * CHANNELS);
        assert_true(mean > 0.24 && mean < 0.26);
    }
    scale_audio(64);
    dither = QM_DITHER_AUTO;
}

static void test_dither_that_cannot_be_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        uint32_t rate;
        QmBits bits;
        QmDitherKind dither;
    } CASES[] = {
        {"x.wav", 96000, QM_BITS_16, QM_DITHER_SHAPED},
        {"x.wav", 48000, QM_BITS_32F, QM_DITHER_SHAPED},
        {"x.wav", 48000, QM_BITS_32F, QM_DITHER_TPDF},
        {"x.ogg", 48000, QM_BITS_16, QM_DITHER_TPDF},
        {"x.wav", 44100, QM_BITS_16, QM_DITHER_SHAPED},
        {"x.wav", 96000, QM_BITS_24, QM_DITHER_TPDF},
        {"x.ogg", 48000, QM_BITS_16, QM_DITHER_AUTO},
    };
    enum { REFUSED = 4 };
    for (int k = 0; k < (int)(sizeof CASES / sizeof *CASES); k++) {
        const QmAudioFormat format = {CASES[k].rate, CHANNELS, CASES[k].bits,
                                      CASES[k].dither};
        QmArena arena;
        QmSink sink;
        qm_arena_init(&arena);
        const QmStatus status =
            qm_audio_sink_open(in_folder(CASES[k].name), &format, &arena, &diag, &sink);
        assert_int_equal(status, k < REFUSED ? QM_ERR_USAGE : QM_OK);
        if (!status) {
            sink.close(sink.self);
        }
        qm_arena_release(&arena);
    }
}

static void test_no_dither_is_plain_rounding(void **unused)
{
    (void)unused;
    static int ints[FRAMES * CHANNELS];
    dither = QM_DITHER_NONE;
    write_ok(in_folder("n.wav"), QM_BITS_16, FRAMES);
    dither = QM_DITHER_AUTO;
    SF_INFO info;
    read_ints(in_folder("n.wav"), ints, &info);
    for (int k = 0; k < FRAMES * CHANNELS; k++) {
        const double error = ints[k] * 0x1p-16 - (double)audio[k] * 0x1p15;
        const bool over = (double)audio[k] * 0x1p15 > 0x7fff;
        assert_true(over || (error <= 0.5 && error >= -0.5));
    }
}

static void test_pieces_do_not_matter(void **unused)
{
    (void)unused;
    static const QmBits BITS[] = {QM_BITS_16, QM_BITS_24, QM_BITS_32F};
    for (int b = 0; b < 3; b++) {
        write_ok(in_folder("p1.wav"), BITS[b], FRAMES);
        write_ok(in_folder("p2.wav"), BITS[b], 7);
        assert_same_files(in_folder("p1.wav"), in_folder("p2.wav"));
        write_ok(in_folder("p2.wav"), BITS[b], 4096);
        assert_same_files(in_folder("p1.wav"), in_folder("p2.wav"));
    }
    dither = QM_DITHER_SHAPED;
    write_ok(in_folder("p1.wav"), QM_BITS_16, FRAMES);
    write_ok(in_folder("p2.wav"), QM_BITS_16, 7);
    assert_same_files(in_folder("p1.wav"), in_folder("p2.wav"));
    dither = QM_DITHER_AUTO;
    write_ok(in_folder("p1.flac"), QM_BITS_16, FRAMES);
    write_ok(in_folder("p2.flac"), QM_BITS_16, 100);
    assert_same_files(in_folder("p1.flac"), in_folder("p2.flac"));
}

static void test_a_range_equals_that_span_of_the_whole(void **unused)
{
    (void)unused;
    enum { FIRST = 5000 };
    write_ok(in_folder("whole.wav"), QM_BITS_16, 999);
    assert_int_equal(write_audio(in_folder("range.wav"), QM_BITS_16, 999, FIRST, NULL),
                     QM_OK);
    unsigned char *whole, *range;
    const size_t whole_size = slurp(in_folder("whole.wav"), &whole);
    const size_t size = (FRAMES - FIRST) * CHANNELS * 2;
    const size_t range_size = slurp(in_folder("range.wav"), &range);
    assert_memory_equal(whole + whole_size - size, range + range_size - size, size);
    free(whole);
    free(range);
}

static void test_counts_what_did_not_fit(void **unused)
{
    (void)unused;
    float kept[6];
    memcpy(kept, audio, sizeof kept);
    const float hot[6] = {1.5f, -1.5f, -1.0f, 1.0f, 0.0f / 0.0f, 1.0f / 0.0f};
    memcpy(audio, hot, sizeof hot);
    QmPcmStats stats;
    assert_int_equal(write_audio(in_folder("hot.wav"), QM_BITS_24, 64, 0, &stats), QM_OK);
    static int ints[FRAMES * CHANNELS];
    SF_INFO info;
    read_ints(in_folder("hot.wav"), ints, &info);
    assert_int_equal(ints[0], 0x7fffff00);
    assert_int_equal(ints[1], INT32_MIN);
    assert_int_equal(ints[2], INT32_MIN);
    assert_int_equal(ints[3], 0x7fffff00);
    assert_int_equal(ints[4], 0);
    assert_int_equal(ints[5], 0);
    assert_int_equal(stats.clipped, 3);
    assert_int_equal(stats.not_finite, 2);
    assert_true(stats.peak == 1.5f);
    assert_int_equal(write_audio(in_folder("hot.wav"), QM_BITS_32F, 64, 0, &stats),
                     QM_OK);
    assert_int_equal(stats.clipped, 0);
    assert_int_equal(stats.not_finite, 2);
    memcpy(audio, kept, sizeof kept);
}

static void test_appears_only_when_finished(void **unused)
{
    (void)unused;
    const int before = files_in_folder();
    FILE *old = fopen(in_folder("old.wav"), "w");
    fputs("old", old);
    fclose(old);
    QmArena arena;
    qm_arena_init(&arena);
    QmSink sink;
    const QmAudioFormat format = {RATE, CHANNELS, QM_BITS_24};
    assert_int_equal(qm_audio_sink_open(in_folder("old.wav"), &format, &arena, &diag,
                                        &sink),
                     QM_OK);
    assert_int_equal(sink.write(sink.self, 0, audio, FRAMES, &diag), QM_OK);
    sink.close(sink.self); /* given up */
    unsigned char *bytes;
    assert_int_equal(slurp(in_folder("old.wav"), &bytes), 3);
    free(bytes);
    assert_int_equal(files_in_folder(), before + 1);
    qm_arena_release(&arena);

    write_ok(in_folder("old.wav"), QM_BITS_24, 4096);
    assert_true(slurp(in_folder("old.wav"), &bytes) > 3);
    free(bytes);
    assert_int_equal(files_in_folder(), before + 1);
}

static void test_follows_a_link(void **unused)
{
    (void)unused;
    write_ok(in_folder("target.wav"), QM_BITS_24, 4096);
    assert_int_equal(symlink("target.wav", in_folder("link.wav")), 0);
    write_ok(in_folder("link.wav"), QM_BITS_32F, 4096);
    struct stat about;
    assert_int_equal(lstat(in_folder("link.wav"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    write_ok(in_folder("same.wav"), QM_BITS_32F, 4096);
    assert_same_files(in_folder("target.wav"), in_folder("same.wav"));
}

static void refuses(const char *name, QmBits bits, QmStatus expected, const char *message)
{
    memset(&diag, 0, sizeof diag);
    const int before = files_in_folder();
    assert_int_equal(write_audio(name, bits, 4096, 0, NULL), expected);
    assert_non_null(strstr(diag.text, message));
    assert_int_equal(files_in_folder(), before);
}

static void test_says_what_it_cannot_write(void **unused)
{
    (void)unused;
    refuses(in_folder("x.mp4"), QM_BITS_24, QM_ERR_USAGE,
            "expected a name that ends in .wav");
    refuses(in_folder("plain"), QM_BITS_24, QM_ERR_USAGE,
            "expected a name that ends in .wav");
    refuses(in_folder("x.flac"), QM_BITS_32F, QM_ERR_USAGE, ".flac holds 16 or 24 bits");
    refuses(in_folder("none/x.wav"), QM_BITS_24, QM_ERR_IO, "no such folder");
    refuses(folder, QM_BITS_24, QM_ERR_IO, "it is a folder");
    refuses("/dev/full", QM_BITS_24, QM_ERR_IO, "no space left");
    refuses("/proc/x.wav", QM_BITS_24, QM_ERR_IO, "cannot write '/proc/x.wav'");
    char name[300];
    memset(name, 'n', sizeof name);
    strcpy(name + sizeof name - 5, ".wav");
    refuses(in_folder(name), QM_BITS_24, QM_ERR_IO, "name too long");
    write_ok("/dev/null", QM_BITS_24, 4096);
}

static void test_a_full_disk_is_an_error_not_a_file(void **unused)
{
    (void)unused;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small = {20000, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    refuses(in_folder("full.wav"), QM_BITS_24, QM_ERR_IO, "larger than a file may");
    refuses(in_folder("full.flac"), QM_BITS_24, QM_ERR_IO, "cannot write");
    refuses(in_folder("full.aiff"), QM_BITS_24, QM_ERR_IO, "cannot write");
    setrlimit(RLIMIT_FSIZE, &old);
}

typedef struct Pipe {
    const char *name;
    float *audio;
    uint32_t frames;
    QmStatus status;
    char format[48];
} Pipe;

static void *read_pipe(void *arg)
{
    Pipe *pipe = arg;
    static QmDiag own;
    QmAudioReader reader;
    pipe->status = qm_audio_open(NULL, pipe->name, (QmPlace){0}, &own, &reader);
    if (!pipe->status) {
        pipe->status =
            reader.read(reader.self, 0, 2 * FRAMES, pipe->audio, &pipe->frames, &own);
        memcpy(pipe->format, reader.info.format, sizeof pipe->format);
        reader.close(reader.self);
    }
    return NULL;
}

static void test_a_pipe_carries_wav(void **unused)
{
    (void)unused;
    static float back[2 * FRAMES * CHANNELS];
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    Pipe pipe = {.name = strdup(in_folder("fifo")), .audio = back};
    pthread_t thread;
    pthread_create(&thread, NULL, read_pipe, &pipe);
    write_ok(in_folder("fifo"), QM_BITS_32F, 777);
    pthread_join(thread, NULL);
    assert_int_equal(pipe.status, QM_OK);
    assert_string_equal(pipe.format, "WAV float32");
    assert_int_equal(pipe.frames, FRAMES);
    assert_memory_equal(back, audio, sizeof audio);
    free((char *)pipe.name);
}

static void test_ogg_is_vorbis_of_the_same_length(void **unused)
{
    (void)unused;
    write_ok(in_folder("o.ogg"), QM_BITS_24, 4096);
    static int ints[FRAMES * CHANNELS];
    SF_INFO info;
    read_ints(in_folder("o.ogg"), ints, &info);
    assert_int_equal(info.format & SF_FORMAT_SUBMASK, SF_FORMAT_VORBIS);
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    static const char *const NAMES[] = {"m.wav", "m.flac"};
    const int before = files_in_folder();
    for (int k = 0; k < 2; k++) {
        uint64_t calls = UINT64_MAX;
        for (uint64_t at = 0; at <= calls; at++) { /* 0: none fails */
            QmArena arena;
            QmSink sink;
            qm_arena_init(&arena);
            arena.fail_at = at;
            const QmAudioFormat format = {RATE, CHANNELS, QM_BITS_16, QM_DITHER_SHAPED,
                                          SEED};
            const QmStatus status =
                qm_audio_sink_open(in_folder(NAMES[k]), &format, &arena, &diag, &sink);
            assert_int_equal(status, at ? QM_ERR_MEMORY : QM_OK);
            calls = at ? calls : arena.calls;
            if (!status) {
                sink.close(sink.self);
            }
            qm_arena_release(&arena);
        }
        assert_true(calls > 3);
    }
    assert_int_equal(files_in_folder(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_format_holds_the_same_24_bits, clear_diag),
        cmocka_unit_test_setup(test_floats_pass_unchanged, clear_diag),
        cmocka_unit_test_setup(test_16_bits_are_dithered_by_absolute_frame, clear_diag),
        cmocka_unit_test_setup(test_shaped_noise_hands_its_errors_on, clear_diag),
        cmocka_unit_test_setup(test_no_dither_is_plain_rounding, clear_diag),
        cmocka_unit_test_setup(test_dither_that_cannot_be_is_refused, clear_diag),
        cmocka_unit_test_setup(test_pieces_do_not_matter, clear_diag),
        cmocka_unit_test_setup(test_a_range_equals_that_span_of_the_whole, clear_diag),
        cmocka_unit_test_setup(test_counts_what_did_not_fit, clear_diag),
        cmocka_unit_test_setup(test_appears_only_when_finished, clear_diag),
        cmocka_unit_test_setup(test_follows_a_link, clear_diag),
        cmocka_unit_test_setup(test_says_what_it_cannot_write, clear_diag),
        cmocka_unit_test_setup(test_a_full_disk_is_an_error_not_a_file, clear_diag),
        cmocka_unit_test_setup(test_a_pipe_carries_wav, clear_diag),
        cmocka_unit_test_setup(test_ogg_is_vorbis_of_the_same_length, clear_diag),
        cmocka_unit_test_setup(test_every_allocation_may_fail, clear_diag),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
