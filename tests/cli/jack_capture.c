/* Records the output ports of another JACK client into a file of raw interleaved floats.
 *
 *   jack_capture SERVER FRAMES FILE live|freewheel PORT...
 *
 * Waits for the server, says "connected", waits for the ports, plugs itself in, says
 * "recording", and keeps FRAMES frames from the first on that is not silent on all ports.
 * In freewheel the server runs as fast as it can meanwhile; it must be a synchronous one
 * (jackd -S), so that no cycle goes by without all clients. */
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
    jack_nframes_t next; /* frame time of the coming cycle, once something is kept */
    _Atomic bool lost;   /* a cycle went by without us */
} Capture;

static int process(jack_nframes_t n, void *self)
{
    Capture *capture = self;
    const float *in[MAX_PORTS];
    size_t kept = atomic_load(&capture->kept);
    const jack_nframes_t now = jack_last_frame_time(capture->client);
    if (kept > 0 && kept < capture->wanted && now != capture->next)
        atomic_store(&capture->lost, true);
    capture->next = now + n;
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
static bool wait_until(bool (*done)(Capture *, char **), Capture *capture, char **ports)
{
    for (long left = WAIT_SECONDS * 1000000L; left > 0; left -= TICK_US) {
        if (done(capture, ports))
            return true;
        usleep(TICK_US);
    }
    return false;
}

static bool server_there(Capture *capture, char **argv)
{
    jack_status_t status;
    capture->client =
        jack_client_open("capture", JackNoStartServer | JackServerName, &status, argv[1]);
    return capture->client;
}

/* A server under load may say no, and is asked again. */
static bool activated(Capture *capture, char **ports)
{
    (void)ports;
    if (jack_activate(capture->client) == 0)
        return true;
    jack_deactivate(capture->client);
    return false;
}

/* Ports may not be there yet, or belong to a client that has not begun. */
static bool all_connected(Capture *capture, char **ports)
{
    for (uint32_t p = 0; p < capture->n_ports; p++) {
        const char *in = jack_port_name(capture->ports[p]);
        if (!jack_port_connected_to(capture->ports[p], ports[p]) &&
            jack_connect(capture->client, ports[p], in) != 0)
            return false;
    }
    return true;
}

static bool freewheeling(Capture *capture, char **ports)
{
    (void)ports;
    return jack_set_freewheel(capture->client, 1) == 0;
}

static bool all_kept(Capture *capture, char **ports)
{
    (void)ports;
    return atomic_load(&capture->kept) == capture->wanted;
}

static void say(const char *what)
{
    puts(what);
    fflush(stdout);
}

static void say_nothing(const char *message) { (void)message; }

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
    if (!wait_until(activated, capture, ports))
        return fail("cannot activate", "");
    if (!wait_until(all_connected, capture, ports))
        return fail("cannot connect", ports[0]);
    return 0;
}

static int record(Capture *capture, const char *path, bool freewheel, char **ports)
{
    if (plug_in(capture, ports) != 0)
        return 1;
    if (freewheel && !wait_until(freewheeling, capture, ports))
        return fail("cannot freewheel", "");
    say("recording");
    const bool complete = wait_until(all_kept, capture, ports);
    if (freewheel)
        jack_set_freewheel(capture->client, 0);
    const size_t kept = atomic_load(&capture->kept);
    FILE *file = fopen(path, "wb");
    if (!file ||
        fwrite(capture->audio, sizeof(float) * capture->n_ports, kept, file) != kept ||
        fclose(file) != 0)
        return fail("cannot write", path);
    if (atomic_load(&capture->lost))
        return fail("the server went on without us:", path);
    return complete ? 0 : fail("not enough sound for", path);
}

int main(int argc, char **argv)
{
    Capture capture = {.n_ports = argc > 5 ? (uint32_t)(argc - 5) : 0};
    if (capture.n_ports == 0 || capture.n_ports > MAX_PORTS)
        return fail("SERVER FRAMES FILE live|freewheel PORT...", "");
    capture.wanted = strtoul(argv[2], NULL, 10);
    capture.audio = calloc(capture.wanted, capture.n_ports * sizeof(float));
    jack_set_error_function(say_nothing);
    if (!capture.audio || !wait_until(server_there, &capture, argv))
        return fail("cannot reach", argv[1]);
    say("connected");
    jack_set_process_callback(capture.client, process, &capture);
    const int result =
        record(&capture, argv[3], strcmp(argv[4], "freewheel") == 0, argv + 5);
    jack_client_close(capture.client);
    free(capture.audio);
    return result;
}
