/* See song.h. Everything is as a parser would leave it. */
#include "tests/support/song.h"

#include <assert.h>

static const QmPosition start = {QM_POS_BARS, 1, 1, 1, 0};

static void add_insert(QmArena *arena, QmStrip *strip, const char *proc, const char *name,
                       uint32_t n_groups)
{
    QmInsert *insert = &strip->inserts[strip->n_inserts++];
    *insert = (QmInsert){.name = name,
                         .proc = qm_proc_find(proc),
                         .n_groups = n_groups,
                         .key = QM_NONE,
                         .place = {"song.yaml", 100 + strip->n_inserts, 9}};
    insert->params =
        QM_NEW_ARRAY(arena, double, qm_proc_n_params(insert->proc, n_groups));
    qm_proc_defaults(insert->proc, n_groups, insert->params);
}

static void set_input(QmArena *arena, QmStrip *strip, const char *generator)
{
    strip->input.generator = qm_gen_find(generator);
    strip->input.params = QM_NEW_ARRAY(arena, double, strip->input.generator->n_params);
    strip->input.place = strip->place;
    qm_gen_defaults(strip->input.generator, strip->input.params);
}

static void make_strips(QmSession *session)
{
    static const struct {
        const char *name;
        QmStripKind kind;
    } strips[SONG_STRIPS] = {
        {"kick", QM_STRIP_SOURCE}, {"bass", QM_STRIP_SOURCE}, {"vox", QM_STRIP_SOURCE},
        {"drums", QM_STRIP_BUS},   {"hall", QM_STRIP_BUS},    {"master", QM_STRIP_MASTER},
    };
    session->strips = QM_NEW_ARRAY(session->arena, QmStrip, SONG_STRIPS);
    session->n_strips = SONG_STRIPS;
    for (uint32_t i = 0; i < SONG_STRIPS; i++) {
        QmStrip *strip = &session->strips[i];
        qm_strip_init(strip, strips[i].name, strips[i].kind);
        strip->to = i == SONG_MASTER ? QM_NONE : SONG_MASTER;
        strip->place = (QmPlace){"song.yaml", 10 + i, 3};
        strip->inserts = QM_NEW_ARRAY(session->arena, QmInsert, 40);
        strip->sends = QM_NEW_ARRAY(session->arena, QmSend, 4);
    }
}

static void make_sounds(QmSession *session)
{
    static const char *const names[] = {"boom", "voice"};
    session->sounds = QM_NEW_ARRAY(session->arena, QmSound, 4);
    for (uint32_t i = 0; i < 2; i++) {
        session->sounds[session->n_sounds++] =
            (QmSound){.name = names[i],
                      .file = "x.wav",
                      .place = {"song.yaml", 5 + i, 3}};
    }
}

static void make_pattern(QmSession *session)
{
    QmPattern *pattern = QM_NEW_ARRAY(session->arena, QmPattern, 2);
    pattern->name = "verse";
    pattern->n_steps = 4;
    pattern->step = (QmLength){.kind = QM_LEN_NOTE, .numerator = 1, .denominator = 16};
    pattern->swing = 50;
    pattern->place = (QmPlace){"song.yaml", 50, 3};
    pattern->tracks = QM_NEW(session->arena, QmTrack);
    pattern->n_tracks = 1;
    pattern->tracks[0] = (QmTrack){.strip = SONG_KICK,
                                   .steps = QM_NEW_ARRAY(session->arena, QmStep, 4),
                                   .n_steps = 4,
                                   .place = {"song.yaml", 52, 7}};
    session->patterns = pattern;
    session->n_patterns = 1;
}

QmSession *song_new(QmArena *arena)
{
    QmSession *session = qm_session_new(arena);
    assert(session);
    session->file = "song.yaml";
    make_sounds(session);
    make_strips(session);
    make_pattern(session);
    QmStrip *strips = session->strips;
    set_input(arena, &strips[SONG_KICK], "sampler");
    strips[SONG_KICK].input.sound = 0;
    set_input(arena, &strips[SONG_BASS], "tone");
    set_input(arena, &strips[SONG_VOX], "clip");
    strips[SONG_VOX].input.clips = QM_NEW(arena, QmClip);
    strips[SONG_VOX].input.clips[0] = (QmClip){.sound = 1, .at = start};
    strips[SONG_VOX].input.n_clips = 1;
    add_insert(arena, &strips[SONG_KICK], "eq", "eq", 2);
    add_insert(arena, &strips[SONG_KICK], "eq", "eq2", 1);
    add_insert(arena, &strips[SONG_KICK], "compressor", "compressor", 0);
    add_insert(arena, &strips[SONG_BASS], "compressor", "compressor", 0);
    strips[SONG_BASS].inserts[0].key = SONG_KICK;
    add_insert(arena, &strips[SONG_DRUMS], "limiter", "limiter", 0);
    strips[SONG_KICK].to = SONG_DRUMS;
    strips[SONG_KICK].sends[0] =
        (QmSend){.bus = SONG_HALL, .level_db = -12, .place = {"song.yaml", 30, 14}};
    strips[SONG_KICK].n_sends = 1;
    return session;
}
