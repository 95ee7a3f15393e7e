/* A session from text, up to its timeline or up to audio: for tests that say in the
 * session language what they are about. Tests that use it link formats. */
#ifndef QM_TESTS_TEXT_SONG_H
#define QM_TESTS_TEXT_SONG_H

#include "formats/session_yaml.h"
#include "graph/exec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct TextSong {
    QmArena arena;
    QmSession *session;
    QmClock *clock;
    QmTimeline timeline;
    QmGraph graph;
    QmPlan plan;
    QmExec *exec;
    int64_t computed; /* engine frame */
} TextSong;

static inline void text_song_ok(QmStatus status, const QmDiag *diag)
{
    if (status != QM_OK) {
        print_error("%s\n", diag->text);
        fail();
    }
}

/* Its sounds, if it has any, are taken to last a second. */
static inline void text_song_read(TextSong *song, const char *text)
{
    QmDiag diag = {.status = QM_OK};
    int64_t frames[8];
    memset(song, 0, sizeof *song);
    qm_arena_init(&song->arena);
    text_song_ok(qm_session_parse(text, strlen(text), "song.yaml", &song->arena, &diag,
                                  &song->session),
                 &diag);
    for (uint32_t i = 0; i < QM_COUNT(frames); i++)
        frames[i] = song->session->rate;
    text_song_ok(qm_clock_new(song->session, &song->arena, &diag, &song->clock), &diag);
    text_song_ok(qm_timeline_new(song->session, song->clock, frames, &song->arena, &diag,
                                 &song->timeline),
                 &diag);
}

static inline void text_song_locate(TextSong *song, int64_t frame)
{
    qm_exec_locate(song->exec, frame);
    song->computed = frame;
}

static inline void text_song_build(TextSong *song, const char *text)
{
    QmDiag diag = {.status = QM_OK};
    const QmPlanRequest request = {.isa = QM_ISA_BEST};
    text_song_read(song, text);
    text_song_ok(qm_graph_new(song->session, &song->arena, &diag, &song->graph), &diag);
    text_song_ok(qm_plan_new(&song->graph, &song->timeline, NULL, song->clock, &request,
                             &song->arena, &diag, &song->plan),
                 &diag);
    text_song_ok(qm_exec_new(&song->plan, QM_QUANTUM, &song->arena, &diag, &song->exec),
                 &diag);
}

/* The next `n` engine frames, a multiple of QM_QUANTUM, of the first pair. */
static inline void text_song_run(TextSong *song, uint32_t n, float *pairs)
{
    for (uint32_t done = 0; done < n; done += QM_QUANTUM) {
        for (uint32_t op = 0; op < song->plan.n_ops; op++)
            qm_exec_run(song->exec, op, song->computed, 1);
        qm_exec_pick_up(song->exec, &song->plan.outputs[0], song->computed, QM_QUANTUM,
                        pairs + 2 * done, 2);
        song->computed += QM_QUANTUM;
    }
}

static inline void text_song_end(TextSong *song) { qm_arena_release(&song->arena); }

#endif
