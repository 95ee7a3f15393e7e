/* links: render jack */
/* tests: render/device_jack */
/* The device without a server; with one it is tested by tests/cli/qlive.t. */
#include "render/device_jack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void process(void *self, uint32_t n, float *const *channels)
{
    (void)self, (void)n, (void)channels;
}

static int messages;

static void count(const char *message)
{
    (void)message;
    messages++;
}

static void no_server_is_told(void **unused)
{
    (void)unused;
    static const char *const ports[] = {"master_1", "master_2"};
    QmArena arena = {0};
    QmDiag diag = {.status = QM_OK};
    QmJack *jack = NULL;
    const QmJackConfig config = {.server = "qmix-nobody-is-called-so",
                                 .client = "test",
                                 .ports = ports,
                                 .n_channels = 2,
                                 .rate = 48000,
                                 .process = process,
                                 .log = count};
    assert_int_equal(qm_jack_open(&config, &arena, &diag, &jack), QM_ERR_IO);
    assert_string_equal(diag.text,
                        "cannot reach a JACK server named 'qmix-nobody-is-called-so'");
    assert_true(messages > 0); /* libjack talks to whom we say, not to standard error */
    assert_null(jack);
    qm_jack_close(NULL);
    qm_arena_release(&arena);
}

static void says_when_there_is_no_memory(void **unused)
{
    (void)unused;
    for (uint64_t n = 1; n <= 3; n++) {
        QmArena arena = {.fail_at = n};
        QmJack *jack = NULL;
        const QmJackConfig config = {.client = "test",
                                     .n_channels = 2,
                                     .process = process};
        assert_int_equal(qm_jack_open(&config, &arena, NULL, &jack), QM_ERR_MEMORY);
        qm_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_server_is_told),
        cmocka_unit_test(says_when_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
