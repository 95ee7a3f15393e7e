/* A read that begins where a window ends moves that window on; any other that no window
 * holds takes the window that was left alone for longest. So playing straight through
 * touches one window only, and what is fetched depends on the reads alone. */
#include "render/stream.h"

#include <string.h>

enum { PAGE = 4096 };

/* Half a page into a page. Sound in a file begins a little behind a page's start, and
 * windows are whole pages. A copy whose destination lies a few bytes further within its
 * page than the source within its own takes three times as long, as every load seems to
 * wait for the store before it. */
static float *window_memory(QmArena *arena, size_t floats)
{
    uint8_t *const memory = qm_arena_alloc(arena, 2 * PAGE + floats * sizeof(float), 1);
    if (!memory) {
        return NULL;
    }
    return (float *)(memory + (PAGE - (uintptr_t)memory % PAGE) + PAGE / 2);
}

bool qm_stream_init(QmStream *stream, QmArena *arena)
{
    for (int i = 0; i < QM_STREAM_WINDOWS; i++) {
        stream->windows[i] = (QmWindow){
            .data = window_memory(arena, (size_t)QM_STREAM_WINDOW * stream->width)};
        if (!stream->windows[i].data) {
            return false;
        }
    }
    return true;
}

static bool in_pairs(const QmStream *stream)
{
    return stream->width == 2 && stream->left == 0 && stream->right == 1;
}

void qm_stream_pick(const float *in, uint32_t width, uint32_t left, uint32_t right,
                    uint32_t n, float *out)
{
    if (width == 2 && left == 0 && right == 1) {
        memcpy(out, in, (size_t)n * 2 * sizeof *out);
        return;
    }
    for (uint32_t i = 0; i < n; i++, in += width) {
        out[2 * i] = in[left];
        out[2 * i + 1] = in[right];
    }
}

static bool holds(const QmWindow *window, int64_t frame)
{
    return frame >= window->frame && frame < window->frame + window->n;
}

/* The window that holds `frame`, filled if need be. */
static QmWindow *window_at(QmStream *stream, int64_t frame)
{
    QmWindow *next = NULL, *oldest = &stream->windows[0];
    for (int i = 0; i < QM_STREAM_WINDOWS; i++) {
        QmWindow *window = &stream->windows[i];
        if (holds(window, frame)) {
            return window;
        }
        next = window->n && window->frame + window->n == frame ? window : next;
        oldest = window->used < oldest->used ? window : oldest;
    }
    QmWindow *window = next ? next : oldest;
    const int64_t left = stream->frames - frame;
    window->frame = frame;
    window->n = left < QM_STREAM_WINDOW ? (uint32_t)left : QM_STREAM_WINDOW;
    stream->fetch(stream->self, frame, window->n, window->data);
    return window;
}

void qm_stream_read(QmStream *stream, int64_t frame, uint32_t n, float *out)
{
    while (n) {
        QmWindow *window = window_at(stream, frame);
        window->used = ++stream->clock;
        const uint32_t skip = (uint32_t)(frame - window->frame), have = window->n - skip;
        const uint32_t m = have < n ? have : n;
        qm_stream_pick(window->data + (size_t)skip * stream->width, stream->width,
                       stream->left, stream->right, m, out);
        frame += m;
        n -= m;
        out += 2 * (size_t)m;
    }
}

const float *qm_stream_view(QmStream *stream, int64_t frame, uint32_t n)
{
    if (!in_pairs(stream)) {
        return NULL;
    }
    QmWindow *window = window_at(stream, frame);
    const uint32_t skip = (uint32_t)(frame - window->frame);
    if (window->n - skip < n) {
        return NULL;
    }
    window->used = ++stream->clock;
    return window->data + (size_t)skip * 2;
}
