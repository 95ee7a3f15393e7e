/* span WHOLE PART FRAME: is PART, bit by bit, what WHOLE holds from FRAME on? */
#include "formats/audio_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096, MAX_CHANNELS = 32 };

static bool open_file(const char *name, QmAudioReader *reader)
{
    QmDiag diag = {.status = QM_OK};
    if (qm_audio_open(NULL, name, (QmPlace){0}, &diag, reader) == QM_OK)
        return true;
    fprintf(stderr, "span: %s\n", diag.text);
    return false;
}

int main(int argc, char **argv)
{
    static float a[BLOCK * MAX_CHANNELS], b[BLOCK * MAX_CHANNELS];
    QmAudioReader whole, part;
    if (argc != 4 || !open_file(argv[1], &whole) || !open_file(argv[2], &part))
        return 2;
    const int64_t from = strtoll(argv[3], NULL, 10);
    int64_t at = 0;
    for (uint32_t n = 1; n; at += n) {
        uint32_t m = 0;
        part.read(part.self, at, BLOCK, b, &n, NULL);
        whole.read(whole.self, from + at, n, a, &m, NULL);
        if (n != m || memcmp(a, b, (size_t)n * part.info.channels * sizeof(float)) != 0) {
            printf("different within frames %lld to %lld\n", (long long)at,
                   (long long)(at + n));
            return 1;
        }
    }
    printf("%lld frames are equal\n", (long long)at);
    whole.close(whole.self);
    part.close(part.self);
    return at ? 0 : 1;
}
