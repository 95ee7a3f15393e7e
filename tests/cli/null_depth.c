/* null_depth MIX STEM...: the largest difference between MIX and the sum of the STEMs, in
 * dB below the largest sample of MIX ("-inf" for none). Floats beyond full scale count
 * like any other. */
#include "base/qmath.h"
#include "base/units.h"
#include "formats/audio_read.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 4096, MAX_STEMS = 64 };

static bool open_file(const char *name, QmAudioReader *reader)
{
    QmDiag diag = {.status = QM_OK};
    if (qm_audio_open(NULL, name, (QmPlace){0}, &diag, reader) == QM_OK &&
        reader->info.channels == 2)
        return true;
    fprintf(stderr, "null_depth: %s: %s\n", name, diag.text);
    return false;
}

static double larger(double a, double b)
{
    b = b < 0 ? -b : b;
    return b > a ? b : a;
}

int main(int argc, char **argv)
{
    static QmAudioReader readers[MAX_STEMS + 1];
    static float mix[2 * BLOCK], stem[2 * BLOCK];
    static double rest[2 * BLOCK];
    const int n = argc - 1;
    double peak = 0, residual = 0;
    if (n < 2 || n > MAX_STEMS + 1)
        return 2;
    for (int i = 0; i < n; i++)
        if (!open_file(argv[i + 1], &readers[i]))
            return 3;
    uint32_t got = 1;
    for (int64_t at = 0; got; at += got) {
        readers[0].read(readers[0].self, at, BLOCK, mix, &got, NULL);
        for (uint32_t i = 0; i < 2 * got; i++)
            rest[i] = (double)mix[i];
        for (int s = 1; s < n; s++) {
            uint32_t stems_got = 0;
            readers[s].read(readers[s].self, at, BLOCK, stem, &stems_got, NULL);
            for (uint32_t i = 0; i < 2 * stems_got && i < 2 * got; i++)
                rest[i] -= (double)stem[i];
        }
        for (uint32_t i = 0; i < 2 * got; i++) {
            peak = larger(peak, (double)mix[i]);
            residual = larger(residual, rest[i]);
        }
    }
    char text[QM_NUMBER_TEXT] = "-inf";
    if (peak == 0)
        return 1; /* nothing to compare with */
    if (residual > 0)
        qm_fixed_text(qm_gain_to_db(residual / peak), 1, text);
    printf("%s\n", text);
    return 0;
}
