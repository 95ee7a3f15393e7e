/* LV2 plug-ins as inserts and instruments (docs/processors/lv2.md).
 *
 * A host answers the questions of whoever reads a session (QmPlugins): it finds the
 * plug-in, refuses what it cannot run, and makes a descriptor whose table is the
 * plug-in's control ports. Before the graph is made it is started: each active insert
 * and input gets an instance of its own, and its latency is measured.
 *
 * A plug-in runs in blocks of QM_LV2_BLOCK frames on the engine's grid, however calls are
 * split: what comes in is gathered for a block, so a plug-in is late by one block and its
 * own latency, which the graph compensates. Its controls are those of the block's first
 * frame.
 *
 * Built without lilv, the host refuses every plug-in (lv2_none.c).
 *
 * Threads: find, start and release by one; an instance is run by one at a time. What a
 * plug-in does in `run` is its own affair, also in real time. A plug-in that crashes
 * takes the program with it. */
#ifndef QM_RENDER_LV2_H
#define QM_RENDER_LV2_H

#include "model/session.h"

typedef struct QmLv2 QmLv2;

enum { QM_LV2_BLOCK = QM_QUANTUM };

/* Makes a host; nothing is searched before the first question. `folder` (borrowed) is
 * where saved states are looked for, with its slash; "" is the current one. Errors:
 * QM_ERR_MEMORY. */
QmStatus qm_lv2_new(const char *folder, QmArena *arena, QmDiag *diag, QmLv2 **host);
/* For qm_session_parse_with; as long as the host. */
const QmPlugins *qm_lv2_plugins(const QmLv2 *host);
/* Gives the plug-ins of a validated session their instances. Errors: QM_ERR_INPUT (one
 * cannot be made), QM_ERR_MEMORY. */
QmStatus qm_lv2_start(QmLv2 *host, const QmSession *session, QmDiag *diag);
/* Adds a warning for what went wrong in a render: samples that were no numbers, a latency
 * that changed, errors that plug-ins told. While nothing runs. */
void qm_lv2_warnings(const QmLv2 *host, QmDiag *diag);
/* Ends all instances. NULL is fine. */
void qm_lv2_release(QmLv2 *host);

#endif
