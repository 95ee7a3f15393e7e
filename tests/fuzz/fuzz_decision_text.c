/* links: formats */
/* Whatever bytes are taken for a decision log: a message, or a log whose text reads back
 * as the same text, and edits of a session that are refused or leave one that prints as
 * text that is a session. */
#include "formats/decision_text.h"
#include "formats/session_yaml.h"
#include "model/validate.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char song[] = "qmix: 1\n"
                           "sources:\n"
                           "  kick: {tone: {}, inserts: [{eq: {bands: [{}, {}]}}]}\n"
                           "  bass: {clip: {sound: b.wav}, sends: [{bus: hall}]}\n"
                           "buses: {hall: {inserts: [reverb]}, all: {}}\n"
                           "modulators: {m: {macro: {}, to: [{param: kick.fader.gain, "
                           "amount: 1}]}}\n"
                           "automation: {bass.fader.gain: [{at: 5, value: -3}]}\n";

static void same_text(const QmDecisionLog *log, QmArena *arena, QmDiag *diag)
{
    QmDecisionLog again;
    QmText text, second;
    qm_text_init(&text, arena);
    qm_text_init(&second, arena);
    qm_log_print(log, &text);
    const QmStatus status =
        qm_log_parse(text.data, text.length, "again", arena, diag, &again);
    assert(!status && again.decisions.count == log->decisions.count);
    qm_log_print(&again, &second);
    assert(strcmp(text.data, second.data) == 0);
}

static void play(const QmDecisionLog *log, QmArena *arena, QmDiag *diag)
{
    QmSession *session, *again;
    QmText text, second;
    QmStatus status = qm_session_parse(song, strlen(song), "song", arena, diag, &session);
    assert(!status);
    status = qm_log_apply(log, session, diag);
    if (!status)
        status = qm_session_validate(session, diag);
    assert(status == diag->status);
    if (status)
        return;
    qm_text_init(&text, arena);
    qm_text_init(&second, arena);
    qm_session_print(session, &text);
    status = qm_session_parse(text.data, text.length, "again", arena, diag, &again);
    assert(!status);
    qm_session_print(again, &second);
    assert(strcmp(text.data, second.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static QmDiag diag;
    QmArena arena;
    QmDecisionLog log;
    qm_arena_init(&arena);
    diag.status = QM_OK;
    const QmStatus status =
        qm_log_parse((const char *)data, size, "fuzz", &arena, &diag, &log);
    assert(status == diag.status);
    if (!status) {
        same_text(&log, &arena, &diag);
        play(&log, &arena, &diag);
    }
    qm_arena_release(&arena);
    return 0;
}
