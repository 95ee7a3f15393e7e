/* links: formats */
/* tests: formats/wav */
/* Sound files as they come: every kind gives the samples libsndfile gives; pipes work; a
 * header that lies, a file cut off, and what is no sound at all end in one clear
 * message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/audio_read.h"
#include "formats/wav.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES = 9001, CHANNELS = 2, RATE = 44100 };

static char folder[] = "/tmp/qmix-test.XXXXXX";
static QmDiag diag;

static const char *in_folder(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int setup(void **unused)
{
    (void)unused;
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **unused)
{
    (void)unused;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        remove(in_folder(entry->d_name));
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

static QmStatus open_reader(const char *name, QmAudioReader *reader)
{
    memset(&diag, 0, sizeof diag);
    return qm_audio_open(NULL, name, (QmPlace){"song.yaml", 9, 3}, &diag, reader);
}

/* ---- good files -------------------------------------------------------------------- */

static const struct {
    const char *name, *described;
    int format;
    bool seekable;
} GOOD[] = {
    {"u8.wav", "WAV pcm8", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, true},
    {"s16.wav", "WAV pcm16", SF_FORMAT_WAV | SF_FORMAT_PCM_16, true},
    {"s24.wav", "WAV pcm24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, true},
    {"s32.wav", "WAV pcm32", SF_FORMAT_WAV | SF_FORMAT_PCM_32, true},
    {"f32.wav", "WAV float32", SF_FORMAT_WAV | SF_FORMAT_FLOAT, true},
    {"f64.wav", "WAV float64", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, true},
    {"ex24.wav", "WAV pcm24", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, true},
    {"exf.wav", "WAV float32", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, true},
    {"rf64", "RF64 pcm24", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, true},
    {"big.wav", "WAV pcm24", SF_FORMAT_WAV | SF_FORMAT_PCM_24 | SF_ENDIAN_BIG, true},
    {"alaw.wav", "WAV a-law", SF_FORMAT_WAV | SF_FORMAT_ALAW, true},
    {"ima.wav", "WAV compressed", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, false},
    {"s16.w64", "W64 pcm16", SF_FORMAT_W64 | SF_FORMAT_PCM_16, true},
    {"s24.aiff", "AIFF pcm24", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, true},
    {"f32.aiff", "AIFF float32", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, true},
    {"s16.au", "AU pcm16", SF_FORMAT_AU | SF_FORMAT_PCM_16, true},
    {"s24.caf", "CAF pcm24", SF_FORMAT_CAF | SF_FORMAT_PCM_24, true},
    {"s24.flac", "FLAC pcm24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, false},
    {"v.ogg", "Ogg Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, false},
};

static void make(const char *name, int format, const float *audio)
{
    SF_INFO info = {.samplerate = RATE, .channels = CHANNELS, .format = format};
    SNDFILE *file = sf_open(name, SFM_WRITE, &info);
    assert_non_null(file);
    assert_int_equal(sf_writef_float(file, audio, FRAMES), FRAMES);
    sf_close(file);
}

/* All frames from `from` on, in pieces of `piece`. */
static uint32_t read_from(QmAudioReader *reader, int64_t from, uint32_t piece, float *out)
{
    uint32_t frames = 0, got = 1;
    while (got) {
        assert_int_equal(reader->read(reader->self, from + frames, piece,
                                      out + frames * CHANNELS, &got, &diag),
                         QM_OK);
        frames += got;
    }
    return frames;
}

static void test_every_kind_gives_what_libsndfile_gives(void **unused)
{
    (void)unused;
    static float audio[FRAMES * CHANNELS], expected[FRAMES * CHANNELS],
        got[2 * FRAMES * CHANNELS];
    uint32_t x = 1;
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        x = x * 1664525 + 1013904223;
        audio[i] = (float)(int32_t)x * 0x1p-31f * 0.99f;
    }
    for (size_t k = 0; k < sizeof GOOD / sizeof GOOD[0]; k++) {
        make(in_folder(GOOD[k].name), GOOD[k].format, audio);
        SF_INFO info = {0};
        SNDFILE *file = sf_open(in_folder(GOOD[k].name), SFM_READ, &info);
        const sf_count_t frames = sf_readf_float(file, expected, FRAMES);
        sf_close(file);
        QmAudioReader reader;
        assert_int_equal(open_reader(in_folder(GOOD[k].name), &reader), QM_OK);
        assert_string_equal(reader.info.format, GOOD[k].described);
        assert_int_equal(reader.info.rate, RATE);
        assert_int_equal(reader.info.channels, CHANNELS);
        assert_int_equal(reader.info.seekable, GOOD[k].seekable);
        assert_int_equal(reader.info.frames, GOOD[k].seekable ? FRAMES : -1);
        const uint32_t all = read_from(&reader, 0, 4096, got);
        assert_true(all >= frames);
        assert_memory_equal(got, expected, (size_t)frames * CHANNELS * sizeof(float));
        for (uint32_t at = 0; GOOD[k].seekable && at <= FRAMES; at += 1234) {
            assert_int_equal(read_from(&reader, at, 999, got), FRAMES - at);
            assert_memory_equal(got, expected + at * CHANNELS,
                                (FRAMES - at) * CHANNELS * sizeof(float));
        }
        assert_int_equal(reader.not_finite(reader.self), 0);
        reader.close(reader.self);
    }
}

static void test_floats_are_cleaned_but_not_clipped(void **unused)
{
    (void)unused;
    static const int FORMATS[] = {SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                                  SF_FORMAT_AIFF | SF_FORMAT_FLOAT,
                                  SF_FORMAT_WAV | SF_FORMAT_DOUBLE};
    static float audio[FRAMES * CHANNELS], got[2 * FRAMES * CHANNELS];
    audio[0] = 4.0f;
    audio[1] = -1e30f;
    audio[2] = 1e-38f;
    audio[1000] = 0.0f / 0.0f;
    audio[17001] = -1.0f / 0.0f;
    for (int f = 0; f < 3; f++) {
        make(in_folder("dirty"), FORMATS[f], audio);
        QmAudioReader reader;
        assert_int_equal(open_reader(in_folder("dirty"), &reader), QM_OK);
        assert_int_equal(read_from(&reader, 0, FRAMES, got), FRAMES);
        assert_true(got[0] == 4.0f && got[1] == -1e30f && got[2] == 0.0f);
        assert_true(got[1000] == 0.0f && got[17001] == 0.0f);
        assert_int_equal(reader.not_finite(reader.self), 2);
        reader.close(reader.self);
    }
}

/* ---- WAV by hand ------------------------------------------------------------------- */

typedef struct Bytes {
    uint8_t data[4096];
    size_t size;
} Bytes;

/* Adds what `format` says: letters as they are, 1 2 4 8: an integer of so many bytes from
 * the arguments, z: so many zeros. */
static void add(Bytes *bytes, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *f = format; *f; f++) {
        uint8_t *to = bytes->data + bytes->size;
        if (*f == '1' || *f == '2' || *f == '4' || *f == '8') {
            const unsigned long long value = va_arg(args, unsigned long long);
            bytes->size += (size_t)(*f - '0');
            for (int k = 0; k < *f - '0'; k++) {
                to[k] = (uint8_t)(value >> 8 * k);
            }
        } else if (*f == 'z') {
            bytes->size += va_arg(args, unsigned long long); /* they are 0 */
        } else {
            *to = (uint8_t)*f;
            bytes->size++;
        }
    }
    va_end(args);
}

#define U(x) ((unsigned long long)(x))
#define FMT(channels, bits)                                                              \
    "fmt 4224422", U(16), U(1), U(channels), U(RATE), U(RATE *(channels) * (bits) / 8),  \
        U((channels) * (bits) / 8), U(bits)

static void put(const char *name, const Bytes *bytes)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    fclose(file);
}

/* A stereo file of 16 bits: RIFF and data sizes as said, 100 frames there, `after` bytes
 * after. */
static Bytes stereo(uint64_t riff, uint64_t data, uint64_t after)
{
    Bytes bytes = {.size = 0};
    add(&bytes, "RIFF4WAVE", U(riff));
    add(&bytes, FMT(2, 16));
    add(&bytes, "data4", U(data));
    add(&bytes, "zz", U(400), U(after));
    return bytes;
}

static void test_what_counts_is_what_is_there(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t riff, data, after;
        int64_t frames; /* in a file */
        bool warns;
    } CASES[] = {
        {436, 400, 0, 100, false},
        {436, 400, 10, 100, false},
        {0, 0, 0, 100, false}, /* never finished */
        {36, 0, 0, 100, false},
        {500, 0, 64, 0, false},                  /* really empty, other chunks behind */
        {0xffffffff, 0xffffffff, 0, 100, false}, /* from a pipe */
        {0x7ffff024, 0x7ffff000, 0, 100, false}, /* sox, from a pipe */
        {1036, 1000, 0, 100, true},              /* cut off */
        {436, 398, 0, 99, false},                /* not whole frames */
        {439, 403, 0, 100, false},               /* all whole frames are there */
        {0xf0000024, 0xf0000000, 3, 100, true},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof CASES[0]; k++) {
        const Bytes bytes = stereo(CASES[k].riff, CASES[k].data, CASES[k].after);
        put(in_folder("x"), &bytes);
        QmAudioReader reader;
        static float got[2 * FRAMES];
        assert_int_equal(open_reader(in_folder("x"), &reader), QM_OK);
        assert_int_equal(reader.info.frames, CASES[k].frames);
        assert_int_equal(read_from(&reader, 0, 64, got), CASES[k].frames);
        assert_int_equal(diag.n_warnings, CASES[k].warns);
        reader.close(reader.self);
    }
    assert_non_null(
        strstr(diag.warnings[0], "is cut off: it has 100 of 1006632960 frames"));
}

/* RF64 whose ds64 claims 2^63 bytes: nothing may be allocated or counted by it. */
static void test_rf64_may_lie(void **unused)
{
    (void)unused;
    Bytes bytes = {.data = "RF64\xff\xff\xff\xffWAVEds64", .size = 16};
    add(&bytes, "48884", U(28), U(INT64_MAX), U(INT64_MAX - 8), U(1) << 61, U(0));
    add(&bytes, FMT(2, 16));
    add(&bytes, "data4z", U(0xffffffff), U(400));
    put(in_folder("lie"), &bytes);
    QmAudioReader reader;
    assert_int_equal(open_reader(in_folder("lie"), &reader), QM_OK);
    assert_int_equal(reader.info.frames, 100);
    reader.close(reader.self);
}

static void refuses(const char *name, const char *message)
{
    QmAudioReader reader;
    assert_int_equal(open_reader(name, &reader), QM_ERR_INPUT);
    char expected[QM_DIAG_TEXT];
    snprintf(expected, sizeof expected, "song.yaml:9:3: cannot open '%s': %s", name,
             message);
    assert_string_equal(diag.text, expected);
}

static void test_broken_headers_are_told(void **unused)
{
    (void)unused;
    static const struct {
        uint32_t tag, channels, rate, align, bits;
        const char *message;
    } CASES[] = {
        {1, 0, 48000, 4, 16, "it has 0 channels"},
        {1, 33, 48000, 66, 16, "it has more than 32 channels"},
        {1, 65535, 48000, 65534, 16, "it has more than 32 channels"},
        {1, 2, 0, 4, 16, "its sample rate is 0"},
        {1, 2, 48000, 1, 16, "its block size contradicts its channels and bits"},
        {1, 2, 48000, 0, 0, "its samples have an impossible number of bits"},
        {1, 2, 48000, 16, 64, "its samples have an impossible number of bits"},
        {3, 2, 48000, 4, 16, "its samples have an impossible number of bits"},
        {0xfffe, 2, 48000, 4, 16, "its format chunk is too short"},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof CASES[0]; k++) {
        Bytes bytes = {.size = 0};
        add(&bytes, "RIFF4WAVEfmt 4224422data4z", U(436), U(16), U(CASES[k].tag),
            U(CASES[k].channels), U(CASES[k].rate), U(0), U(CASES[k].align),
            U(CASES[k].bits), U(400), U(400));
        put(in_folder("h"), &bytes);
        refuses(in_folder("h"), CASES[k].message);
    }
}

/* A good file cut after every byte of its header, and with every byte of it changed,
 * never gets further than a message or a plausible sound. */
static void test_no_header_does_harm(void **unused)
{
    (void)unused;
    const Bytes good = stereo(436, 400, 0);
    for (size_t size = 0; size < 44; size++) {
        Bytes cut = good;
        cut.size = size;
        put(in_folder("cut"), &cut);
        QmAudioReader reader;
        assert_int_equal(open_reader(in_folder("cut"), &reader), QM_ERR_INPUT);
    }
    static float out[32 * 512];
    for (size_t at = 0; at < 44; at++) {
        for (int value = 0; value < 256; value += 15) {
            Bytes changed = good;
            changed.data[at] = (uint8_t)value;
            put(in_folder("changed"), &changed);
            QmAudioReader reader;
            if (open_reader(in_folder("changed"), &reader)) {
                assert_non_null(strstr(diag.text, "song.yaml:9:3: cannot open '"));
                continue;
            }
            assert_true(reader.info.frames <= 400 && reader.info.channels <= 32);
            uint32_t got;
            assert_int_equal(reader.read(reader.self, 0, 512, out, &got, &diag), QM_OK);
            assert_true(reader.info.frames < 0 || got == reader.info.frames);
            reader.close(reader.self);
        }
    }
}

static void test_what_is_no_sound_is_told(void **unused)
{
    (void)unused;
    refuses(in_folder("none.wav"), "not found");
    refuses(folder, "it is a folder");
    refuses("/dev/zero", "it is a device, not a sound file");
    refuses("/dev/null", "it is a device, not a sound file");
    assert_int_equal(symlink("loop", in_folder("loop")), 0);
    refuses(in_folder("loop"), "a link that leads to itself");
    Bytes bytes = {.size = 0};
    put(in_folder("empty"), &bytes);
    refuses(in_folder("empty"), "it is empty");
    add(&bytes, "This is no sound at all, but a sentence.");
    put(in_folder("text.wav"), &bytes);
    refuses(in_folder("text.wav"), "not a sound file, or of a kind we do not know");
    bytes.size = 0;
    add(&bytes, "RIFF4AVI LIST4", U(100), U(92));
    add(&bytes, "z", U(92));
    put(in_folder("film.avi"), &bytes);
    refuses(in_folder("film.avi"), "not a sound file, or of a kind we do not know");
}

/* ---- pipes ------------------------------------------------------------------------- */

static const Bytes *feed;

static void *write_feed(void *arg)
{
    const int fd = open(arg, O_WRONLY);
    for (size_t at = 0; at < feed->size; at += 13) { /* in drops */
        const size_t rest = feed->size - at;
        if (write(fd, feed->data + at, rest < 13 ? rest : 13) < 0) {
            break;
        }
    }
    close(fd);
    return NULL;
}

/* How many frames a pipe with `bytes` gives; -1: it is refused. */
static int64_t through_pipe(const Bytes *bytes)
{
    char *name = strdup(in_folder("fifo"));
    mkfifo(name, 0600);
    feed = bytes;
    pthread_t thread;
    pthread_create(&thread, NULL, write_feed, name);
    QmAudioReader reader;
    int64_t frames = -1;
    static float got[2 * FRAMES];
    if (!open_reader(name, &reader)) {
        assert_false(reader.info.seekable);
        assert_int_equal(reader.info.frames, -1);
        frames = read_from(&reader, 0, 64, got);
        reader.close(reader.self);
    }
    pthread_join(thread, NULL);
    free(name);
    return frames;
}

static void test_pipes_give_wav(void **unused)
{
    (void)unused;
    Bytes bytes = stereo(0xffffffff, 0xffffffff, 0);
    assert_int_equal(through_pipe(&bytes), 100);
    bytes = stereo(0x7ffff024, 0x7ffff000, 0);
    assert_int_equal(through_pipe(&bytes), 100);
    bytes = stereo(0, 0, 0);
    assert_int_equal(through_pipe(&bytes), 100);
    bytes = stereo(500, 400, 64); /* believed: what follows is no sound */
    assert_int_equal(through_pipe(&bytes), 100);
    assert_int_equal(diag.n_warnings, 0);
    bytes = stereo(836, 800, 0);
    assert_int_equal(through_pipe(&bytes), 100);
    assert_int_equal(diag.n_warnings, 1); /* it broke off */
    assert_non_null(strstr(diag.warnings[0], "is cut off: it has 100 of 200 frames"));
    bytes.size = 20;
    assert_int_equal(through_pipe(&bytes), -1);
    assert_non_null(strstr(diag.text, "it ends within its header"));
    bytes.size = 0;
    add(&bytes, "fLaCz", U(100));
    assert_int_equal(through_pipe(&bytes), -1);
    assert_non_null(strstr(diag.text, "a pipe must carry plain WAV"));
}

static void test_standard_input(void **unused)
{
    (void)unused;
    const Bytes bytes = stereo(436, 400, 0);
    put(in_folder("in"), &bytes);
    const int saved = dup(STDIN_FILENO);
    const int fd = open(in_folder("in"), O_RDONLY);
    dup2(fd, STDIN_FILENO);
    close(fd);
    QmAudioReader reader;
    static float got[2 * FRAMES];
    assert_int_equal(open_reader("-", &reader), QM_OK);
    assert_false(reader.info.seekable);
    assert_int_equal(read_from(&reader, 0, 64, got), 100);
    reader.close(reader.self);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD) >= 0, 1); /* not ours to close */
    dup2(saved, STDIN_FILENO);
    close(saved);
}

/* ---- headers we write -------------------------------------------------------------- */

static void test_headers_of_any_size(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t bytes;
        bool rf64;
    } CASES[] = {{0, false},
                 {600, false},
                 {4294966800, false},
                 {4294967298, true},
                 {(uint64_t)1 << 45, true}};
    for (size_t k = 0; k < 5; k++) {
        for (QmWavSample sample = QM_WAV_S16; sample <= QM_WAV_F32; sample++) {
            const QmWavFormat format = {96000, 6, sample};
            uint8_t header[QM_WAV_HEADER];
            const size_t size =
                qm_wav_header(&format, CASES[k].bytes, false, true, header);
            assert_int_equal(size, qm_wav_header(&format, 0, false, true, header));
            qm_wav_header(&format, CASES[k].bytes, false, true, header);
            FILE *file = fopen(in_folder("header"), "wb+");
            fwrite(header, 1, size, file);
            rewind(file);
            QmWav wav;
            const char *problem;
            assert_int_equal(qm_wav_open(&wav, fileno(file),
                                         (int64_t)(size + CASES[k].bytes), &problem),
                             QM_WAV_OK);
            assert_int_equal(wav.rf64, CASES[k].rf64);
            assert_int_equal(wav.bytes, CASES[k].bytes);
            assert_true(wav.claimed == CASES[k].bytes || CASES[k].bytes == 0);
            assert_int_equal(wav.at, size);
            assert_int_equal(wav.format.sample, sample);
            assert_int_equal(wav.format.channels, 6);
            assert_int_equal(wav.format.rate, 96000);
            fclose(file);
        }
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a reader may leave before its writer */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_kind_gives_what_libsndfile_gives, clear_diag),
        cmocka_unit_test_setup(test_floats_are_cleaned_but_not_clipped, clear_diag),
        cmocka_unit_test_setup(test_what_counts_is_what_is_there, clear_diag),
        cmocka_unit_test_setup(test_rf64_may_lie, clear_diag),
        cmocka_unit_test_setup(test_broken_headers_are_told, clear_diag),
        cmocka_unit_test_setup(test_no_header_does_harm, clear_diag),
        cmocka_unit_test_setup(test_what_is_no_sound_is_told, clear_diag),
        cmocka_unit_test_setup(test_pipes_give_wav, clear_diag),
        cmocka_unit_test_setup(test_standard_input, clear_diag),
        cmocka_unit_test_setup(test_headers_of_any_size, clear_diag),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
