/* Records the output ports of another JACK client into a file of raw interleaved floats.
 *
 *   jack_capture SERVER FRAMES FILE live|freewheel PORT...
 *
 * Waits for the ports, plugs itself in, says "recording", and keeps FRAMES frames from the first
 * on that is not silent on all ports. In freewheel the server runs as fast as it can meanwhile;
 * it must be a synchronous one (jackd -S), so that no cycle goes by without all clients. */
#include <jack/jack.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PORTS = 64, WAIT_SECONDS = 90, TICK_US = 2000 };

typedef struct Capture {
    jack_client_t *client;
    jack_port_t *ports[MAX_PORTS];
    uint32_t n_ports;
    size_t wanted; /* frames */
    float *audio;  /* [wanted][n_ports] */
    _Atomic size_t kept;
} Capture;

static int process(jack_nframes_t n, void *self)
{
    Capture *capture = self;
    const float *in[MAX_PORTS];
    size_t kept = atomic_load(&capture->kept);
    for (uint32_t p = 0; p < capture->n_ports; p++)
        in[p] = jack_port_get_buffer(capture->ports[p], n);
    for (uint32_t i = 0; i < n && kept < capture->wanted; i++) {
        bool silent = true;
        for (uint32_t p = 0; p < capture->n_ports; p++)
            silent = silent && in[p][i] == 0.0f;
        if (kept == 0 && silent)
            continue;
        for (uint32_t p = 0; p < capture->n_ports; p++)
            capture->audio[kept * capture->n_ports + p] = in[p][i];
        kept++;
    }
    atomic_store(&capture->kept, kept);
    return 0;
}

/* Whether `done` came true before the time was over. */
static bool wait_until(bool (*done)(const Capture *, char **), const Capture *capture,
                       char **ports)
{
    for (long left = WAIT_SECONDS * 1000000L; left > 0; left -= TICK_US) {
        if (done(capture, ports))
            return true;
        usleep(TICK_US);
    }
    return false;
}

static bool all_there(const Capture *capture, char **ports)
{
    for (uint32_t p = 0; p < capture->n_ports; p++)
        if (!jack_port_by_name(capture->client, ports[p]))
            return false;
    return true;
}

static bool all_kept(const Capture *capture, char **ports)
{
    (void)ports;
    return atomic_load(&capture->kept) == capture->wanted;
}

static int fail(const char *what, const char *name)
{
    fprintf(stderr, "jack_capture: %s %s\n", what, name);
    return 1;
}

static int plug_in(Capture *capture, char **ports)
{
    char name[16];
    for (uint32_t p = 0; p < capture->n_ports; p++) {
        snprintf(name, sizeof name, "in_%u", p + 1);
        capture->ports[p] =
            jack_port_register(capture->client, name, JACK_DEFAULT_AUDIO_TYPE,
                               JackPortIsInput | JackPortIsTerminal, 0);
    }
    if (jack_activate(capture->client) != 0)
        return fail("cannot activate", "");
    if (!wait_until(all_there, capture, ports))
        return fail("not all ports appeared:", ports[0]);
    for (uint32_t p = 0; p < capture->n_ports; p++)
        if (jack_connect(capture->client, ports[p], jack_port_name(capture->ports[p])) !=
            0)
            return fail("cannot connect", ports[p]);
    return 0;
}

static int record(Capture *capture, const char *path, bool freewheel, char **ports)
{
    if (plug_in(capture, ports) != 0)
        return 1;
    if (freewheel)
        jack_set_freewheel(capture->client, 1);
    puts("recording");
    fflush(stdout);
    const bool complete = wait_until(all_kept, capture, ports);
    if (freewheel)
        jack_set_freewheel(capture->client, 0);
    const size_t kept = atomic_load(&capture->kept);
    FILE *file = fopen(path, "wb");
    if (!file ||
        fwrite(capture->audio, sizeof(float) * capture->n_ports, kept, file) != kept ||
        fclose(file) != 0)
        return fail("cannot write", path);
    return complete ? 0 : fail("not enough sound for", path);
}

int main(int argc, char **argv)
{
    Capture capture = {.n_ports = argc > 5 ? (uint32_t)(argc - 5) : 0};
    jack_status_t status;
    if (capture.n_ports == 0 || capture.n_ports > MAX_PORTS)
        return fail("SERVER FRAMES FILE live|freewheel PORT...", "");
    capture.wanted = strtoul(argv[2], NULL, 10);
    capture.audio = calloc(capture.wanted, capture.n_ports * sizeof(float));
    capture.client =
        jack_client_open("capture", JackNoStartServer | JackServerName, &status, argv[1]);
    if (!capture.client || !capture.audio)
        return fail("cannot reach", argv[1]);
    jack_set_process_callback(capture.client, process, &capture);
    const int result =
        record(&capture, argv[3], strcmp(argv[4], "freewheel") == 0, argv + 5);
    jack_client_close(capture.client);
    free(capture.audio);
    return result;
}
