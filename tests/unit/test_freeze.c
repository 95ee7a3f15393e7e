/* Freezing: random sessions rendered with frozen strips have the bits of a plain render,
 * whatever is frozen, cached, broken, and however many threads and chunks there are. */
/* links: render */
/* tests: render/freeze render/frozen_file */
#include "render/freeze.h"

#include "render/frozen_file.h"
#include "tests/support/random_song.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { RATE = 8000, FRAMES = 3 * RATE / 2, SONGS = 12, PATH = 256 };

typedef struct Fixture {
    RandomSong song;
    char folder[PATH];
    QmCache *cache;
    QmFreezeRequest request;
    QmFreeze *freeze;
    uint16_t which[RIG_STRIPS];
    uint32_t n_which;
    float plain[2 * FRAMES], frozen[2 * FRAMES];
} Fixture;

/* --- help ------------------------------------------------------------------------- */

static QmArena *arena_of(Fixture *f) { return &f->song.rig.arena; }

static void open_cache(Fixture *f, const char *folder)
{
    QmDiag diag = {.status = QM_OK};
    assert_int_equal(qm_cache_open(folder, 1 << 30, arena_of(f), &diag, &f->cache),
                     QM_OK);
    assert_int_equal(diag.n_warnings, 0);
    f->request.cache = f->cache;
}

/* Graph and clock as the session now is. */
static void restart(Fixture *f)
{
    Rig *rig = &f->song.rig;
    rig_graph(rig);
    assert_int_equal(qm_clock_new(rig->session, &rig->arena, NULL, &rig->clock), QM_OK);
    f->request.clock = rig->clock;
}

static void set_up(Fixture *f, uint64_t seed)
{
    Rig *rig = &f->song.rig;
    memset(f, 0, sizeof *f);
    random_song(&f->song, seed, FRAMES);
    rig->session->rate = RATE;
    rig->session->tail = (QmLength){.kind = QM_LEN_MS, .value = 300};
    f->request = (QmFreezeRequest){.session = rig->session,
                                   .graph = &rig->graph,
                                   .timeline = &rig->timeline,
                                   .assets = rig->assets,
                                   .hashes = f->song.hashes,
                                   .threads = 1};
    restart(f);
    strcpy(f->folder, "/tmp/test_freeze.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    open_cache(f, f->folder);
    for (uint16_t s = 0; s < rig->session->n_strips; s++)
        f->which[f->n_which++] = s;
}

static void tear_down(Fixture *f)
{
    char command[PATH + 16];
    qm_freeze_release(f->freeze);
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
    random_song_end(&f->song);
}

static QmStatus take(void *self, int64_t frame, const float *audio, uint32_t n,
                     QmDiag *diag)
{
    (void)diag;
    assert_true(frame >= 0 && frame + n <= FRAMES);
    memcpy((float *)self + 2 * frame, audio, (size_t)n * 2 * sizeof *audio);
    return QM_OK;
}

static QmStatus finish(void *self, QmDiag *diag)
{
    (void)self, (void)diag;
    return QM_OK;
}

static void render(Fixture *f, const QmFreeze *freeze, uint32_t threads, uint32_t quanta,
                   float *out)
{
    Rig *rig = &f->song.rig;
    QmDiag diag = {.status = QM_OK};
    QmPlanRequest request = {.isa = QM_ISA_BEST};
    if (freeze)
        request.frozen = qm_freeze_list(freeze, &request.n_frozen);
    QmPlan plan;
    assert_int_equal(qm_plan_new(&rig->graph, &rig->timeline, rig->assets, rig->clock,
                                 &request, &rig->arena, &diag, &plan),
                     QM_OK);
    QmSink sink = {.write = take, .finish = finish, .self = out, .channels = 2};
    const QmOfflineConfig config = {.threads = threads,
                                    .chunk_quanta = quanta,
                                    .to = FRAMES,
                                    .outputs = &sink,
                                    .n_outputs = 1};
    memset(out, 0, 2 * FRAMES * sizeof *out);
    assert_int_equal(qm_offline_render(&plan, &config, &diag), QM_OK);
}

/* Freezes all of `which`; gives how many were there. */
static uint32_t freeze(Fixture *f)
{
    QmDiag diag = {.status = QM_OK};
    qm_freeze_release(f->freeze);
    f->freeze = NULL;
    const QmStatus status =
        qm_freeze(&f->request, f->which, f->n_which, arena_of(f), &diag, &f->freeze);
    if (status != QM_OK)
        fail_msg("%s", diag.text);
    uint32_t cached = 0;
    for (uint32_t i = 0; i < f->n_which; i++)
        cached += qm_freeze_strips(f->freeze)[i].cached;
    return cached;
}

static void expect_the_same(Fixture *f, uint32_t threads, uint32_t quanta)
{
    render(f, f->freeze, threads, quanta, f->frozen);
    if (memcmp(f->plain, f->frozen, sizeof f->plain) != 0)
        fail_msg("seed %llu differs", (unsigned long long)f->song.seed);
}

static uint32_t n_frozen(const Fixture *f)
{
    uint32_t n;
    qm_freeze_list(f->freeze, &n);
    return n;
}

/* --- tests ------------------------------------------------------------------------ */

static void a_render_with_frozen_strips_has_the_bits_of_one_without(void **state)
{
    (void)state;
    static Fixture f;
    static const float silence[2 * FRAMES];
    uint32_t sounding = 0;
    for (uint64_t seed = 1; seed <= SONGS; seed++) {
        set_up(&f, seed);
        const uint32_t n = f.n_which;
        render(&f, NULL, 1, 0, f.plain);
        sounding += memcmp(f.plain, silence, sizeof silence) != 0;
        f.request.threads = 1 + seed % 2;
        f.n_which = 0; /* some */
        for (uint16_t s = 0; s < n; s++)
            if (song_chance(&f.song, 0.5))
                f.which[f.n_which++] = s;
        assert_int_equal(freeze(&f), 0);
        expect_the_same(&f, 1, 1);
        f.n_which = 0; /* then all, of which some are there */
        for (uint16_t s = 0; s < n; s++)
            f.which[f.n_which++] = s;
        freeze(&f);
        expect_the_same(&f, 2, 0);
        const uint32_t found = freeze(&f);
        assert_int_equal(found, n_frozen(&f)); /* all are there */
        expect_the_same(&f, 1, 37);
        f.n_which--; /* and without the master, and without a cache */
        open_cache(&f, NULL);
        assert_int_equal(freeze(&f), 0);
        expect_the_same(&f, 1, 0);
        tear_down(&f);
    }
    assert_true(sounding > SONGS / 2);
}

/* Without a cache, too: what an earlier freeze has is taken from it. */
static void what_was_frozen_before_is_there(void **state)
{
    (void)state;
    static Fixture f;
    set_up(&f, 5);
    render(&f, NULL, 1, 0, f.plain);
    open_cache(&f, NULL);
    assert_int_equal(freeze(&f), 0);
    QmFreeze *const first = f.freeze;
    f.freeze = NULL;
    f.request.before = first;
    const uint32_t found = freeze(&f);
    assert_int_equal(found, n_frozen(&f));
    qm_freeze_release(first); /* they stand on their own */
    f.request.before = NULL;
    expect_the_same(&f, 1, 0);
    tear_down(&f);
}

/* The first of these songs whose strips can all be frozen, and that has an insert with
 * readings. */
static void set_up_whole(Fixture *f)
{
    for (uint64_t seed = 1;; seed++) {
        set_up(f, seed);
        bool reads = false;
        for (uint32_t s = 0; s + 1 < f->n_which; s++)
            for (uint32_t i = 0; i < f->song.rig.strips[s].n_inserts; i++)
                reads = reads || (f->song.rig.inserts[s][i].proc->read &&
                                  !f->song.rig.inserts[s][i].bypass);
        freeze(f);
        if (n_frozen(f) == f->n_which && reads)
            return;
        tear_down(f);
    }
}

static void what_is_kept_is_the_tap_from_the_songs_start(void **state)
{
    (void)state;
    static Fixture f;
    static float tap[2 * FRAMES];
    set_up_whole(&f);
    Rig *rig = &f.song.rig;
    const QmFrozenStrip *strips = qm_freeze_strips(f.freeze);
    for (uint32_t i = 0; i < f.n_which; i++) {
        const bool master = i + 1 == f.n_which;
        const QmPickup stem = {.strip = f.which[i],
                               .point = master ? QM_POINT_IN : QM_POINT_PRE};
        const QmPlanRequest request = {.stems = &stem, .n_stems = 1};
        QmPlan plan;
        assert_int_equal(qm_plan_new(&rig->graph, &rig->timeline, rig->assets, rig->clock,
                                     &request, &rig->arena, NULL, &plan),
                         QM_OK);
        QmSink sink = {.write = take, .finish = finish, .self = tap, .channels = 2};
        const QmOfflineConfig config = {.threads = 1, .to = FRAMES, .stems = &sink};
        assert_int_equal(qm_offline_render(&plan, &config, NULL), QM_OK);
        assert_int_equal(strips[i].strip, f.which[i]);
        assert_true(strips[i].frames >= plan.frames);
        assert_memory_equal(strips[i].asset.resident, tap, sizeof tap);
    }
    tear_down(&f);
}

static void readings_are_kept(void **state)
{
    (void)state;
    static Fixture f;
    set_up_whole(&f);
    uint32_t n = 0;
    QmSlotReadings first[RIG_STRIPS * RIG_INSERTS];
    for (uint32_t i = 0; i < f.n_which; i++) {
        const QmFrozenStrip *strip = &qm_freeze_strips(f.freeze)[i];
        for (uint32_t k = 0; k < strip->n_readings; k++)
            first[n++] = strip->readings[k];
    }
    assert_true(n > 0);
    assert_int_equal(freeze(&f), f.n_which);
    n = 0;
    for (uint32_t i = 0; i < f.n_which; i++) {
        const QmFrozenStrip *strip = &qm_freeze_strips(f.freeze)[i];
        for (uint32_t k = 0; k < strip->n_readings; k++, n++) {
            const QmProcDesc *proc =
                f.song.rig.inserts[strip->strip][strip->readings[k].insert].proc;
            assert_int_equal(first[n].strip, strip->strip);
            assert_int_equal(first[n].insert, strip->readings[k].insert);
            assert_non_null(proc->read);
            assert_memory_equal(first[n].values, strip->readings[k].values,
                                proc->n_readings * sizeof(double));
        }
    }
    tear_down(&f);
}

/* Freezing the master plays the strips that are there instead of computing them: it does
 * not notice that their sounds are others now (their hashes do not say so). */
static void what_is_there_of_others_is_played(void **state)
{
    (void)state;
    static Fixture f;
    set_up_whole(&f);
    const uint16_t master = f.which[f.n_which - 1];
    const QmFrozenStrip kept = qm_freeze_strips(f.freeze)[f.n_which - 1];
    QmFreeze *const first = f.freeze;
    f.freeze = NULL;
    qm_cache_drop(f.cache, kept.key, ".frozen");
    memset(f.song.audio, 0, sizeof f.song.audio);
    f.which[0] = master;
    f.n_which = 1;
    assert_int_equal(freeze(&f), 0);
    const QmFrozenStrip *now = qm_freeze_strips(f.freeze);
    assert_string_equal(now->key, kept.key);
    assert_int_equal(now->frames, kept.frames);
    assert_memory_equal(now->asset.resident, kept.asset.resident,
                        (size_t)kept.frames * 2 * sizeof(float));
    qm_freeze_release(first);
    tear_down(&f);
}

/* Calls for each entry in the folder. */
static uint32_t each_entry(const Fixture *f, void (*visit)(const char *path))
{
    DIR *list = opendir(f->folder);
    uint32_t n = 0;
    assert_non_null(list);
    for (const struct dirent *e; (e = readdir(list));) {
        char path[2 * PATH + 8];
        snprintf(path, sizeof path, "%s/%s", f->folder, e->d_name);
        if (e->d_name[0] == '.')
            continue;
        n++;
        if (visit)
            visit(path);
    }
    closedir(list);
    return n;
}

static void cut_off(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 8), 0);
}

static void empty(const char *path) { assert_int_equal(truncate(path, 0), 0); }

static void lengthen(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size + 8), 0);
}

/* As after a loss of power: the length, and nothing in it. */
static void hollow_out(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, st.st_size), 0);
}

static void turn_a_bit(const char *path)
{
    const int fd = open(path, O_RDWR);
    char byte;
    assert_int_equal(pread(fd, &byte, 1, 100), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 100), 1);
    close(fd);
}

static void broken_entries_are_made_again(void **state)
{
    (void)state;
    static void (*const breaks[])(const char *path) = {cut_off, empty, lengthen,
                                                       hollow_out, turn_a_bit};
    static Fixture f;
    set_up_whole(&f);
    render(&f, NULL, 1, 0, f.plain);
    const uint32_t n = each_entry(&f, NULL);
    for (uint32_t b = 0; b < QM_COUNT(breaks); b++) {
        qm_freeze_release(f.freeze); /* nobody reads what is broken now */
        f.freeze = NULL;
        assert_int_equal(each_entry(&f, breaks[b]), n);
        assert_int_equal(freeze(&f), 0);
        expect_the_same(&f, 1, 0);
        assert_int_equal(freeze(&f), f.n_which);
    }
    tear_down(&f);
}

/* Files may go at any time, also those that are being read. */
static void gone(const char *path) { assert_int_equal(unlink(path), 0); }

static void entries_may_go_while_they_are_read(void **state)
{
    (void)state;
    static Fixture f;
    set_up_whole(&f);
    render(&f, NULL, 1, 0, f.plain);
    each_entry(&f, gone);
    expect_the_same(&f, 1, 0);
    tear_down(&f);
}

static void processes_freeze_at_once(void **state)
{
    (void)state;
    static Fixture f;
    set_up_whole(&f);
    render(&f, NULL, 1, 0, f.plain);
    qm_freeze_release(f.freeze);
    f.freeze = NULL;
    each_entry(&f, gone);
    const pid_t other = fork();
    assert_true(other >= 0);
    freeze(&f);
    expect_the_same(&f, 1, 0);
    qm_cache_trim(f.cache);
    if (other == 0)
        _exit(0);
    int ended;
    assert_int_equal(waitpid(other, &ended, 0), other);
    assert_int_equal(ended, 0);
    assert_int_equal(freeze(&f), f.n_which);
    tear_down(&f);
}

/* After any change a frozen render is equal to a plain one: no wrong hit. */
static void no_change_gets_what_is_stale(void **state)
{
    (void)state;
    static Fixture f;
    uint32_t cached = 0;
    set_up_whole(&f);
    for (uint32_t i = 0; i < 40; i++) {
        const char *change = song_change(&f.song);
        if (f.song.rig.session->rate != RATE)
            f.song.rig.session->rate = RATE; /* no room here for more */
        restart(&f);
        render(&f, NULL, 1, 0, f.plain);
        cached += freeze(&f);
        render(&f, f.freeze, 1, 0, f.frozen);
        if (memcmp(f.plain, f.frozen, sizeof f.plain) != 0)
            fail_msg("stale after a change of %s", change);
    }
    assert_true(cached > 40);
    tear_down(&f);
}

static QmStatus say_no(void *self, QmDiag *diag)
{
    (void)self;
    return qm_fail_plain(diag, QM_ERR_IO, "no");
}

static void failures_leave_nothing(void **state)
{
    (void)state;
    static Fixture f;
    QmFreeze *none = NULL;
    QmDiag diag = {.status = QM_OK};
    set_up_whole(&f);
    qm_freeze_release(f.freeze);
    f.freeze = NULL;
    each_entry(&f, gone);
    f.request.check = say_no;
    assert_int_equal(qm_freeze(&f.request, f.which, f.n_which, arena_of(&f), &diag,
                               &none),
                     QM_ERR_IO);
    assert_string_equal(diag.text, "no");
    assert_int_equal(each_entry(&f, NULL), 0);
    f.request.check = NULL;
    const uint64_t calls = arena_of(&f)->calls;
    freeze(&f);
    for (uint64_t at = arena_of(&f)->calls - calls; at > 0; at--) {
        arena_of(&f)->fail_at = arena_of(&f)->calls + at;
        assert_int_equal(qm_freeze(&f.request, f.which, f.n_which, arena_of(&f), &diag,
                                   &none),
                         QM_ERR_MEMORY);
        arena_of(&f)->fail_at = 0;
    }
    tear_down(&f);
}

static void plug_ins_are_left_out(void **state)
{
    (void)state;
    static const QmPlugin plugin;
    static Fixture f;
    set_up_whole(&f);
    QmStrip *strip = &f.song.rig.strips[0];
    strip->input.plugin = &plugin;
    strip->to = (uint16_t)(f.n_which - 1);
    strip->n_sends = 0;
    restart(&f);
    render(&f, NULL, 1, 0, f.plain);
    freeze(&f);
    const QmFrozenStrip *strips = qm_freeze_strips(f.freeze);
    assert_int_equal(strips[0].frames, 0);
    assert_int_equal(strips[0].key[0], '\0');
    assert_int_equal(strips[f.n_which - 1].frames, 0); /* it feeds the master */
    assert_true(n_frozen(&f) < f.n_which);
    expect_the_same(&f, 1, 0);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_render_with_frozen_strips_has_the_bits_of_one_without),
        cmocka_unit_test(what_is_kept_is_the_tap_from_the_songs_start),
        cmocka_unit_test(what_was_frozen_before_is_there),
        cmocka_unit_test(what_is_there_of_others_is_played),
        cmocka_unit_test(readings_are_kept),
        cmocka_unit_test(broken_entries_are_made_again),
        cmocka_unit_test(entries_may_go_while_they_are_read),
        cmocka_unit_test(processes_freeze_at_once),
        cmocka_unit_test(no_change_gets_what_is_stale),
        cmocka_unit_test(failures_leave_nothing),
        cmocka_unit_test(plug_ins_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
