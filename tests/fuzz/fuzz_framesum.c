/* links: formats */
/* Whatever bytes are taken for a file of sums: a message, or a comparison. */
#include "formats/framesum.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static float silence[FRAMES];
    static QmDiag diag;
    char name[64];
    const int fd = memfd_create("sums", MFD_CLOEXEC);
    assert(write(fd, data, size) == (ssize_t)size);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    diag.status = QM_OK;
    QmArena arena;
    qm_arena_init(&arena);
    QmSink sink;
    QmStatus status = qm_verify_sink_open(name, 48000, 1, &arena, &diag, &sink);
    if (!status) {
        status = sink.write(sink.self, 0, silence, FRAMES, &diag);
        status = status ? status : sink.finish(sink.self, &diag);
        assert(status || !qm_verify_differs(&sink));
        sink.close(sink.self);
    }
    assert(status == diag.status);
    qm_arena_release(&arena);
    close(fd);
    return 0;
}
