/* links: render */
/* Silence at the end is left out, silence in between is kept, however the audio
 * arrives. */
#include "render/trim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 1000 };

typedef struct Memory {
    float audio[N];
    int64_t frames;
    bool finished;
} Memory;

static QmStatus memory_write(void *self, int64_t frame, const float *audio, uint32_t n,
                             QmDiag *diag)
{
    (void)diag;
    Memory *memory = self;
    assert_int_equal(frame, memory->frames);
    memcpy(memory->audio + frame, audio, n * sizeof(float));
    memory->frames += n;
    return QM_OK;
}

static QmStatus memory_finish(void *self, QmDiag *diag)
{
    (void)diag;
    ((Memory *)self)->finished = true;
    return QM_OK;
}

/* Loud up to 300 and from 500 to 620; whispers else. */
static float sound(int i) { return i < 300 || (i >= 500 && i < 620) ? 0.5f : 9e-7f; }

static void send(uint32_t block, int64_t from, uint32_t capacity, Memory *memory)
{
    QmArena arena;
    QmTrim trim;
    QmSink sink, inner = {.write = memory_write, .finish = memory_finish, .self = memory};
    float audio[N];
    qm_arena_init(&arena);
    *memory = (Memory){.frames = 0};
    for (int i = 0; i < N; i++)
        audio[i] = sound(i);
    assert_int_equal(qm_trim_open(&trim, &inner, 1, 1, from, capacity, &arena, NULL,
                                  &sink),
                     QM_OK);
    for (uint32_t at = 0; at < N; at += block)
        sink.write(sink.self, at, audio + at, at + block < N ? block : N - at, NULL);
    sink.finish(sink.self, NULL);
    assert_true(memory->finished);
    assert_int_equal(trim.written, memory->frames);
    assert_memory_equal(memory->audio, audio, (size_t)memory->frames * sizeof(float));
    sink.close(sink.self);
    qm_arena_release(&arena);
}

static void the_end_is_left_out(void **state)
{
    (void)state;
    Memory memory;
    for (uint32_t block = 1; block < N; block += 97) {
        send(block, 0, 400, &memory);
        assert_int_equal(memory.frames, 620);
    }
}

static void not_before_it_may(void **state)
{
    (void)state;
    Memory memory;
    send(64, 700, 400, &memory);
    assert_int_equal(memory.frames, 700);
}

static void what_does_not_fit_is_kept(void **state)
{
    (void)state;
    Memory memory;
    send(64, 0, 150, &memory); /* 380 quiet frames at the end: 2 x 150 overflow */
    assert_int_equal(memory.frames, 620 + 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_left_out),
        cmocka_unit_test(not_before_it_may),
        cmocka_unit_test(what_does_not_fit_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
