/* Pools what the analyses kept, and prints it as any other group of measures. */
#include "cmd/album.h"

#include "analysis/loudness.h"
#include "cmd/measures.h"

static QmStatus print(const QmAlbum *album, bool json, QmDiag *diag)
{
    const MeasureGroup group = {"album", qm_album_measures, qm_album_n_measures, album};
    if (!json) {
        measures_print(&group, QM_VIEW_DETAIL);
        return QM_OK;
    }
    CliJson out = {0};
    cli_json_open(&out, '{');
    measures_json(&out, &group);
    cli_json_close(&out, '}');
    return cli_json_end(&out, diag);
}

QmStatus album_print(QmAnalysis *const *analyses, size_t n, bool json, QmDiag *diag)
{
    QmArena arena;
    qm_arena_init(&arena);
    QmAlbum album = {0};
    QmAlbumTrack *const tracks = QM_NEW_ARRAY(&arena, QmAlbumTrack, n);
    for (size_t i = 0; tracks && i < n; i++)
        tracks[i] = (QmAlbumTrack){qm_analysis_result(analyses[i], &qm_feature_loudness),
                                   qm_analysis_result(analyses[i], &qm_feature_peak)};
    const QmStatus status = tracks && qm_loudness_album(tracks, n, &arena, &album)
                                ? print(&album, json, diag)
                                : qm_fail_memory(diag);
    qm_arena_release(&arena);
    return status;
}
