/* The JACK device. libjack calls us on three threads: `process` on its real-time thread,
 * xrun and shutdown on another; the latter two only touch an atomic each, which the tool
 * looks at now and then. In the real-time thread nothing happens but asking for the
 * ports' buffers and passing them on. */
#include "render/device_jack.h"

#include <jack/jack.h>
#include <stdatomic.h>

enum { ATTEMPTS = 8 };

struct QmJack {
    QmJackConfig config;
    jack_client_t *client;
    jack_port_t **ports; /* [n_channels] */
    float **buffers;     /* [n_channels], the real-time thread's */
    _Atomic uint32_t xruns;
    _Atomic bool gone;
};

static int on_process(jack_nframes_t n, void *self)
{
    QmJack *jack = self;
    for (uint32_t c = 0; c < jack->config.n_channels; c++)
        jack->buffers[c] =
            jack->ports[c] ? jack_port_get_buffer(jack->ports[c], n) : NULL;
    jack->config.process(jack->config.self, n, jack->buffers);
    return 0;
}

static int on_xrun(void *self)
{
    QmJack *jack = self;
    atomic_fetch_add_explicit(&jack->xruns, 1, memory_order_relaxed);
    return 0;
}

static void on_shutdown(void *self)
{
    QmJack *jack = self;
    atomic_store_explicit(&jack->gone, true, memory_order_relaxed);
}

static void say_nothing(const char *message) { (void)message; }

static QmStatus reach(QmJack *jack, QmDiag *diag)
{
    const QmJackConfig *config = &jack->config;
    jack_set_error_function(config->log ? config->log : say_nothing);
    jack_set_info_function(config->log ? config->log : say_nothing);
    const jack_options_t options =
        JackNoStartServer | (config->server ? JackServerName : JackNullOption);
    jack_status_t status = 0;
    jack->client = jack_client_open(config->client, options, &status, config->server);
    if (jack->client)
        return QM_OK;
    if (!(status & (JackServerFailed | JackServerError)))
        return qm_fail_plain(diag, QM_ERR_IO,
                             "the JACK server refuses a client named '%s'",
                             config->client);
    if (config->server)
        return qm_fail_plain(diag, QM_ERR_IO, "cannot reach a JACK server named '%s'",
                             config->server);
    return qm_fail_plain(diag, QM_ERR_IO, "cannot reach a JACK server");
}

static QmStatus make_ports(QmJack *jack, QmDiag *diag)
{
    for (uint32_t c = 0; c < jack->config.n_channels; c++) {
        const char *name = jack->config.ports[c];
        if (!name)
            continue;
        jack->ports[c] = jack_port_register(jack->client, name, JACK_DEFAULT_AUDIO_TYPE,
                                            JackPortIsOutput | JackPortIsTerminal, 0);
        if (!jack->ports[c])
            return qm_fail_plain(diag, QM_ERR_IO,
                                 "the JACK server refuses a port named '%s'", name);
    }
    return QM_OK;
}

QmStatus qm_jack_open(const QmJackConfig *config, QmArena *arena, QmDiag *diag,
                      QmJack **jack)
{
    QmJack *made = QM_NEW(arena, QmJack);
    jack_port_t **ports = QM_NEW_ARRAY(arena, jack_port_t *, config->n_channels);
    float **buffers = QM_NEW_ARRAY(arena, float *, config->n_channels);
    if (!made || !ports || !buffers)
        return qm_fail_memory(diag);
    made->config = *config;
    made->ports = ports;
    made->buffers = buffers;
    QmStatus status = reach(made, diag);
    if (status != QM_OK)
        return status;
    const uint32_t rate = jack_get_sample_rate(made->client);
    if (rate != config->rate)
        status = qm_fail_plain(diag, QM_ERR_INPUT,
                               "the JACK server runs at %u Hz, the session at %u Hz",
                               rate, config->rate);
    if (status == QM_OK)
        status = make_ports(made, diag);
    if (status != QM_OK) {
        jack_client_close(made->client);
        return status;
    }
    jack_set_process_callback(made->client, on_process, made);
    jack_set_xrun_callback(made->client, on_xrun, made);
    jack_on_shutdown(made->client, on_shutdown, made);
    *jack = made;
    return QM_OK;
}

/* A server under load may miss that its graph has changed, and then reports a failure
 * although the client is in: so leave, and try again. */
QmStatus qm_jack_start(QmJack *jack, QmDiag *diag)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (jack_activate(jack->client) == 0)
            return QM_OK;
        jack_deactivate(jack->client);
    }
    return qm_fail_plain(diag, QM_ERR_IO, "the JACK server does not start the client");
}

uint32_t qm_jack_connect(QmJack *jack)
{
    uint32_t connected = 0;
    const char **inputs = jack_get_ports(jack->client, NULL, JACK_DEFAULT_AUDIO_TYPE,
                                         JackPortIsPhysical | JackPortIsInput);
    for (uint32_t c = 0; inputs && c < jack->config.n_channels && inputs[c]; c++)
        if (jack->ports[c] &&
            jack_connect(jack->client, jack_port_name(jack->ports[c]), inputs[c]) == 0)
            connected++;
    jack_free(inputs);
    return connected;
}

void qm_jack_close(QmJack *jack)
{
    if (jack)
        jack_client_close(jack->client);
}

const char *qm_jack_name(const QmJack *jack)
{
    return jack_get_client_name(jack->client);
}

uint32_t qm_jack_period(const QmJack *jack) { return jack_get_buffer_size(jack->client); }

uint32_t qm_jack_xruns(const QmJack *jack)
{
    return atomic_load_explicit(&jack->xruns, memory_order_relaxed);
}

bool qm_jack_gone(const QmJack *jack)
{
    return atomic_load_explicit(&jack->gone, memory_order_relaxed);
}
