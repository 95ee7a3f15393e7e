/* qlive: a session on a sound card. The plan is the one that qrender runs; here a JACK
 * callback pulls it through a player, all sounds in memory, and lines on standard input
 * say what to do.
 *
 * Two threads: JACK's computes audio and never waits; this one reads commands, watches
 * the server and shows where we are. They share the player's ring and atomics, nothing
 * else. */
#include "cmd/json.h"
#include "cmd/load.h"

#include "base/qmath.h"
#include "base/text.h"
#include "base/units.h"
#include "render/device_jack.h"
#include "render/player.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef struct Options {
    CliCommon common;
    const char *device, *client, *locate, *seed;
    bool play, once, no_connect;
    CliList overrides;
} Options;

static const CliOption options_table[] = {
    {'d', "device", "NAME", "the JACK server called so (default: the default server)",
     CLI_TEXT, offsetof(Options, device)},
    {0, "client", "NAME", "what to be called there (default: qlive)", CLI_TEXT,
     offsetof(Options, client)},
    {0, "no-connect", NULL, "do not plug the outputs into the physical ones", CLI_FLAG,
     offsetof(Options, no_connect)},
    {'p', "play", NULL, "play at once, not only when told to", CLI_FLAG,
     offsetof(Options, play)},
    {0, "locate", "POS", "begin at a place: 9, 5.3.2, 12.5 s", CLI_TEXT,
     offsetof(Options, locate)},
    {0, "once", NULL, "quit at the end of the song", CLI_FLAG, offsetof(Options, once)},
    {'s', "set", "ADDR=VALUE", "overrule a parameter: bass.eq.2.gain=-3; may be repeated",
     CLI_LIST, offsetof(Options, overrides)},
    {0, "seed", "N", "overrule the session's seed", CLI_TEXT, offsetof(Options, seed)},
};

static const CliTool tool = {
    .name = "qlive",
    .usage = "SESSION [options]",
    .summary = "Plays a session through JACK and obeys commands on standard input.",
    .options = options_table,
    .n_options = sizeof options_table / sizeof options_table[0],
    .notes = "commands, one a line:\n"
             "  play          go on from where it stands; from the start after the end\n"
             "  stop          stand still\n"
             "  locate POS    go to a place: 9, 5.3.2, 12.5 s\n"
             "  status        print state, place, levels and xruns\n"
             "  quit          leave\n"
             "\n"
             "exit status: 0 done, 2 usage, 3 bad input, 4 I/O",
};

enum {
    POLL_MS = 20,
    SHOW_MS = 500,      /* between status lines on a terminal */
    ANSWER_MS = 200,    /* how long `status` waits for commands before it to be obeyed */
    LINE_LENGTH = 1024, /* of standard input, at a time */
};

typedef struct Live {
    const Options *options;
    const Loaded *loaded;
    const QmPlan *plan;
    const char **ports; /* [2 * plan->n_outputs], NULL for channels of silent pairs */
    QmPlayer *player;
    QmJack *jack;
    char line[LINE_LENGTH]; /* what was read of the next line */
    size_t length;
    bool listening, skipping, shown, quit;
    int64_t next_show;
} Live;

static volatile sig_atomic_t interrupted;

static void on_signal(int number) { interrupted = number; }

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- telling where we are ----------------------------------------------------------- */

static const char *const mode_names[] = {"stopped", "playing", "ended"};

static void add_place(const Live *live, int64_t frame, QmText *text)
{
    const QmClock *clock = live->loaded->clock;
    const QmPosition at = qm_clock_position(clock, qm_clock_tick_of_frame(clock, frame));
    qm_text_printf(text, "%d.%d.%d", (int)at.bar, (int)at.beat, (int)at.sixteenth);
}

/* The level in dB, one decimal; false: there is none, it is silence or beyond all
 * numbers. */
static bool level_text(float peak, char text[QM_NUMBER_TEXT])
{
    if (!(peak > 0.0f && (double)peak < 1e30))
        return false;
    qm_fixed_text(qm_gain_to_db((double)peak), 1, text);
    return true;
}

static void print_json(Live *live, QmPlayerState state, QmText *place)
{
    json_t *peaks = json_object();
    for (uint32_t c = 0; c < 2 * live->plan->n_outputs; c++) {
        char text[QM_NUMBER_TEXT];
        double level;
        if (live->ports[c] && level_text(qm_player_peak(live->player, c), text) &&
            qm_number_parse(text, &level))
            json_object_set_new(peaks, live->ports[c], json_real(level));
        else if (live->ports[c])
            json_object_set_new(peaks, live->ports[c], json_null());
    }
    cli_json_print(json_pack("{s:s, s:s, s:I, s:o, s:I}", "state", mode_names[state.mode],
                             "position", place->data, "frame", (json_int_t)state.frame,
                             "peaks", peaks, "xruns",
                             (json_int_t)qm_jack_xruns(live->jack)));
}

static void add_words(Live *live, QmPlayerState state, QmText *text)
{
    qm_text_printf(text, "%s, frame %lld", mode_names[state.mode],
                   (long long)state.frame);
    for (uint32_t c = 0; c < 2 * live->plan->n_outputs; c++) {
        char level[QM_NUMBER_TEXT];
        if (live->ports[c])
            qm_text_printf(text, ", %s %s", live->ports[c],
                           level_text(qm_player_peak(live->player, c), level) ? level
                                                                              : "-inf");
    }
    qm_text_printf(text, ", %u xruns", qm_jack_xruns(live->jack));
}

/* `5.3.1 playing, frame 123, ...`, or as JSON on standard output when that was asked
 * for. */
static void print_status(Live *live, FILE *to, const char *before, const char *after)
{
    QmArena scratch = {0};
    QmText text;
    qm_text_init(&text, &scratch);
    const QmPlayerState state = qm_player_state(live->player);
    add_place(live, state.frame, &text);
    if (live->options->common.json && !text.failed) {
        print_json(live, state, &text);
    } else {
        qm_text_add(&text, " ");
        add_words(live, state, &text);
        if (!text.failed)
            fprintf(to, "%s%s%s", before, text.data, after);
        fflush(to);
    }
    qm_arena_release(&scratch);
}

/* The line on a terminal that is written over and over. */
static void show(Live *live)
{
    const int64_t now = now_ms();
    if (!live->shown || now < live->next_show)
        return;
    live->next_show = now + SHOW_MS;
    print_status(live, stderr, "\r", "\033[K");
}

/* --- obeying ------------------------------------------------------------------ */

static void sleep_ms(int ms) { poll(NULL, 0, ms); }

/* Lets the callback see what was sent, so that an answer is about the state after it. */
static void settle(const Live *live)
{
    const int64_t until = now_ms() + ANSWER_MS;
    while (qm_player_state(live->player).waiting && now_ms() < until)
        sleep_ms(1);
}

static void send(Live *live, QmCommand command)
{
    if (!qm_player_send(live->player, command))
        fprintf(stderr, "%s: too many commands are waiting, one is lost\n", tool.name);
}

static void obey(Live *live, const char *line)
{
    QmDiag diag = {.status = QM_OK};
    QmCommand command;
    if (qm_control_parse(line, live->loaded->clock, &diag, &command) != QM_OK) {
        fprintf(stderr, "%s: %s\n", tool.name, diag.text);
    } else if (command.verb == QM_VERB_QUIT) {
        live->quit = true;
    } else if (command.verb == QM_VERB_STATUS) {
        settle(live);
        print_status(live, stdout, "", "\n");
    } else if (command.verb != QM_VERB_NONE) {
        send(live, command);
    }
}

static void obey_line(Live *live, const char *line)
{
    if (!live->skipping)
        obey(live, line);
    live->skipping = false;
}

/* Takes whole lines off the front of what was read. One that does not fit is longer than
 * any command: it is refused, up to its end. */
static void obey_lines(Live *live)
{
    char *end;
    while (!live->quit && (end = memchr(live->line, '\n', live->length))) {
        const size_t used = (size_t)(end - live->line) + 1;
        *end = 0;
        obey_line(live, live->line);
        live->length -= used;
        memmove(live->line, live->line + used, live->length);
    }
    if (live->length == LINE_LENGTH - 1) {
        live->line[live->length] = 0;
        obey_line(live, live->line);
        live->skipping = true;
        live->length = 0;
    }
}

/* Waits a moment for a command. The end of standard input is the end of commands, not of
 * the music. */
static void listen(Live *live)
{
    struct pollfd input = {.fd = live->listening ? STDIN_FILENO : -1, .events = POLLIN};
    if (poll(&input, 1, POLL_MS) <= 0 || !input.revents)
        return;
    const ssize_t n =
        read(STDIN_FILENO, live->line + live->length, LINE_LENGTH - 1 - live->length);
    if (n > 0) {
        live->length += (size_t)n;
        obey_lines(live);
    } else if (n == 0 || errno != EINTR) {
        live->listening = false;
        live->line[live->length] = 0;
        obey_line(live, live->line);
    }
}

/* --- from the session to the sound -------------------------------------------------- */

/* Output pairs by the name of their strip and the number of the channel: master_1,
 * cue_3. */
static QmStatus name_ports(Live *live, QmArena *arena, QmDiag *diag)
{
    const QmPlan *plan = live->plan;
    live->ports = QM_NEW_ARRAY(arena, const char *, 2 * plan->n_outputs);
    for (uint32_t c = 0; live->ports && c < 2 * plan->n_outputs; c++) {
        const uint16_t strip = plan->outputs[c / 2].strip;
        if (strip == QM_NONE)
            continue;
        QmText name;
        qm_text_init(&name, arena);
        qm_text_printf(&name, "%s_%u", plan->session->strips[strip].name, c + 1);
        if (name.failed)
            return qm_fail_memory(diag);
        live->ports[c] = name.data;
    }
    return live->ports ? QM_OK : qm_fail_memory(diag);
}

static void log_jack(const char *message)
{
    fprintf(stderr, "%s: jack: %s\n", tool.name, message);
}

static QmStatus open_device(Live *live, QmArena *arena, QmDiag *diag)
{
    const Options *options = live->options;
    const QmJackConfig config = {
        .server = options->device,
        .client = options->client,
        .ports = live->ports,
        .n_channels = 2 * live->plan->n_outputs,
        .rate = live->plan->session->rate,
        .process = qm_player_process,
        .self = live->player,
        .log = options->common.verbose ? log_jack : NULL,
    };
    return qm_jack_open(&config, arena, diag, &live->jack);
}

/* Nothing that the callback touches shall be fetched from disk while it waits. */
static void lock_memory(const Live *live)
{
    if (mlockall(MCL_CURRENT) != 0 && live->options->common.verbose)
        fprintf(stderr, "%s: memory is not locked: %s\n", tool.name, strerror(errno));
}

static QmStatus start(Live *live, QmDiag *diag)
{
    const Options *options = live->options;
    if (options->locate) {
        QmCommand locate = {QM_VERB_LOCATE, 0};
        const QmStatus status =
            load_position(live->loaded, "--locate", options->locate, diag, &locate.frame);
        if (status != QM_OK)
            return status;
        send(live, locate);
    }
    lock_memory(live);
    const QmStatus status = qm_jack_start(live->jack, diag);
    if (status != QM_OK)
        return status;
    const uint32_t connected = options->no_connect ? 0 : qm_jack_connect(live->jack);
    if (options->common.verbose)
        fprintf(stderr, "%s: client '%s', %u frames a call, %u ports connected\n",
                tool.name, qm_jack_name(live->jack), qm_jack_period(live->jack),
                connected);
    if (options->play)
        send(live, (QmCommand){QM_VERB_PLAY, 0});
    return QM_OK;
}

static bool is_over(const Live *live)
{
    const QmPlayerState state = qm_player_state(live->player);
    return live->options->once && !state.waiting && state.mode == QM_PLAYER_ENDED;
}

static QmStatus run(Live *live, QmDiag *diag)
{
    QmStatus status = start(live, diag);
    while (status == QM_OK && !live->quit && !interrupted && !is_over(live)) {
        listen(live);
        show(live);
        if (qm_jack_gone(live->jack))
            status = qm_fail_plain(diag, QM_ERR_IO, "the JACK server is gone");
    }
    if (live->shown)
        fprintf(stderr, "\r\033[K");
    const uint32_t xruns = qm_jack_xruns(live->jack);
    if (xruns && !live->options->common.quiet)
        fprintf(stderr, "%s: warning: %u xruns\n", tool.name, xruns);
    return status;
}

static QmStatus play_session(const Options *options, Loaded *loaded, QmDiag *diag)
{
    QmPlan plan;
    Live live = {
        .options = options,
        .loaded = loaded,
        .plan = &plan,
        .listening = true,
        .shown = isatty(STDERR_FILENO) && !options->common.quiet && !options->common.json,
    };
    QmStatus status =
        load_plan(loaded, &(QmPlanRequest){.isa = QM_ISA_BEST}, diag, &plan);
    if (status == QM_OK)
        status = name_ports(&live, &loaded->arena, diag);
    if (status == QM_OK)
        status = qm_player_new(&plan, &loaded->arena, diag, &live.player);
    if (status == QM_OK)
        status = open_device(&live, &loaded->arena, diag);
    if (status == QM_OK)
        status = run(&live, diag);
    qm_jack_close(live.jack);
    return status;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
    Options options = {.client = "qlive"};
    QmArena arena = {0};
    QmDiag diag = {.status = QM_OK};
    Loaded loaded = {0};
    int exit_code;
    if (!cli_parse(&tool, argc, argv, &options, &arena, &exit_code))
        goto out;
    if (options.common.operands.count != 1) {
        exit_code = cli_usage_error(&tool, "expected one session", NULL);
        goto out;
    }
    catch_signals();
    const LoadRequest request = {
        .file = options.common.operands.items[0],
        .overrides = options.overrides,
        .seed = options.seed,
        .resident = true,
    };
    QmStatus status = load_session(&request, &diag, &loaded);
    if (status == QM_OK) {
        cli_report(&tool, &options.common, &diag); /* warnings come before the music */
        diag.n_warnings = 0;
        status = play_session(&options, &loaded, &diag);
        qm_lv2_warnings(loaded.lv2, &diag);
    }
    exit_code = cli_report(&tool, &options.common, &diag);
    load_release(&loaded);
out:
    qm_arena_release(&arena);
    return cli_end(&tool, exit_code);
}
