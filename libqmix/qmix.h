/* The library in one header: session -> clock -> timeline -> graph -> plan -> executor.
 *
 *   QmArena arena;                 memory with one owner
 *   qm_session_new / qm_session_parse (qmix/formats)      the document
 *   qm_session_validate            what no single field can know
 *   qm_prepare (qmix/render)       its sounds, at its rate
 *   qm_clock_new, qm_timeline_new  every event on its frame
 *   qm_graph_new, qm_plan_new      who computes what, in which order
 *   qm_offline_render, qm_engine_pull (qmix/render)       audio
 *
 * Errors are a QmStatus and one line of text in a QmDiag. docs/ARCHITECTURE.md tells the
 * whole. */
#ifndef QM_QMIX_H
#define QM_QMIX_H

#include "base/arena.h"
#include "base/diag.h"
#include "graph/exec.h"
#include "graph/sink.h"
#include "model/address.h"
#include "model/audio_reader.h"
#include "model/session.h"
#include "model/validate.h"
#include "proc/generator.h"
#include "proc/proc.h"
#include "seq/clock.h"
#include "seq/timeline.h"

#endif
