/* Pools what the analyses kept, and prints it as any other group of measures. */
#include "cmd/album.h"

#include "analysis/loudness.h"
#include "cmd/json.h"
#include "cmd/measures.h"

static QmStatus print(const QmAlbum *album, bool json, QmDiag *diag)
{
    const MeasureGroup group = {"album", qm_album_measures, qm_album_n_measures, album};
    if (!json) {
        measures_print(&group, QM_VIEW_DETAIL);
        return QM_OK;
    }
    json_t *const object = json_object();
    json_t *const measures = measures_json(&group);
    if (!object || json_object_set_new(object, "album", measures) != 0) {
        json_decref(object);
        return qm_fail_memory(diag);
    }
    return cli_json_print(object)
               ? QM_OK
               : qm_fail_plain(diag, QM_ERR_IO, "cannot write to standard output");
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
