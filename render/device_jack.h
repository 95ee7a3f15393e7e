/* A JACK client that plays: its output ports are filled by a callback. PipeWire is
 * reached the same way, through its own libjack.
 *
 * The device's thread calls `process` with one buffer a channel; the frames of one call
 * are what the server wants, any number, and may change while it runs. No server is ever
 * started. */
#ifndef QM_RENDER_DEVICE_JACK_H
#define QM_RENDER_DEVICE_JACK_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

typedef struct QmJackConfig {
    const char *server;       /* NULL: the default one */
    const char *client;       /* our name; the server makes it unique */
    const char *const *ports; /* [n_channels]; NULL: a channel without a port */
    uint32_t n_channels;
    uint32_t rate; /* what the audio is made for */
    void (*process)(void *self, uint32_t n, float *const *channels); /* real time */
    void *self;
    void (*log)(const char *message); /* what libjack has to say; NULL: nobody listens */
} QmJackConfig;

typedef struct QmJack QmJack;

/* Reaches the server and makes the ports; `process` is not called yet. Errors: QM_ERR_IO
 * (no server, no ports), QM_ERR_INPUT (it runs at another rate), QM_ERR_MEMORY. */
QmStatus qm_jack_open(const QmJackConfig *config, QmArena *arena, QmDiag *diag,
                      QmJack **jack);
/* From here on `process` is called. */
QmStatus qm_jack_start(QmJack *jack, QmDiag *diag);
/* Plugs channel n into the n-th physical output; returns how many found one. After
 * start. */
uint32_t qm_jack_connect(QmJack *jack);
/* Stops calling and leaves. NULL is fine. */
void qm_jack_close(QmJack *jack);

const char *qm_jack_name(const QmJack *jack); /* of the client, as the server has it */
uint32_t qm_jack_period(const QmJack *jack);  /* frames a call, at the moment */
uint32_t qm_jack_xruns(const QmJack *jack);   /* so far */
bool qm_jack_gone(const QmJack *jack);        /* the server is no more, or threw us out */

#endif
