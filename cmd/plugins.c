/* Slots are counted through the whole session: a strip's input, then its inserts. */
#include "cmd/plugins.h"

#include "base/units.h"
#include "graph/graph.h"

static void use_input(const QmSession *session, const QmStrip *strip, PluginUse *use)
{
    const QmInput *input = &strip->input;
    *use = (PluginUse){.strip = strip,
                       .slot = input->generator->name,
                       .plugin = input->plugin,
                       .rows = input->generator->params,
                       .n_rows = input->generator->n_params,
                       .values = input->params,
                       .latency = qm_input_latency(session, strip)};
}

static void use_insert(const QmSession *session, const QmStrip *strip, uint32_t i,
                       PluginUse *use)
{
    const QmInsert *insert = &strip->inserts[i];
    *use = (PluginUse){.strip = strip,
                       .slot = insert->name,
                       .plugin = insert->plugin,
                       .rows = insert->proc->params,
                       .n_rows = insert->proc->n_params,
                       .values = insert->params,
                       .latency = qm_strip_latency(session, strip, i + 1) -
                                  qm_strip_latency(session, strip, i)};
}

bool plugins_next(const QmSession *session, uint32_t *at, PluginUse *use)
{
    uint32_t slot = 0;
    for (uint32_t s = 0; s < session->n_strips; s++) {
        const QmStrip *strip = &session->strips[s];
        if (slot++ >= *at && strip->input.plugin) {
            use_input(session, strip, use);
            *at = slot;
            return true;
        }
        for (uint32_t i = 0; i < strip->n_inserts; i++) {
            const QmInsert *insert = &strip->inserts[i];
            if (slot++ >= *at && insert->plugin && !insert->bypass) {
                use_insert(session, strip, i, use);
                *at = slot;
                return true;
            }
        }
    }
    return false;
}

uint32_t plugins_count(const QmSession *session)
{
    PluginUse use;
    uint32_t n = 0;
    for (uint32_t at = 0; plugins_next(session, &at, &use);)
        n++;
    return n;
}

static void explain_params(const PluginUse *use, QmText *text)
{
    for (uint32_t i = 0; i < use->n_rows; i++) {
        char value[QM_NUMBER_TEXT + 16];
        qm_quantity_text(use->values[i], use->rows[i].unit, value);
        qm_text_printf(text, "%s%s %s",
                       i == 0  ? "      "
                       : i % 6 ? ", "
                               : ",\n      ",
                       use->rows[i].name, value);
    }
    qm_text_add(text, use->n_rows ? "\n" : "");
}

void plugins_explain(const QmSession *session, QmText *text)
{
    PluginUse use;
    if (!plugins_count(session))
        return;
    qm_text_add(text, "plug-ins: outside of the bit-exact promise\n");
    for (uint32_t at = 0; plugins_next(session, &at, &use);) {
        const QmPlugin *plugin = use.plugin;
        qm_text_printf(text, "  %s.%s: %s%s%s, <%s>\n", use.strip->name, use.slot,
                       plugin->name, plugin->version[0] ? " " : "", plugin->version,
                       plugin->said.uri);
        qm_text_printf(text, "      %s, latency %u frames", plugin->library, use.latency);
        if (plugin->said.preset)
            qm_text_printf(text, ", preset '%s'", plugin->said.preset);
        if (plugin->said.state)
            qm_text_printf(text, ", state '%s'", plugin->said.state);
        qm_text_add(text, "\n");
        explain_params(&use, text);
    }
}
