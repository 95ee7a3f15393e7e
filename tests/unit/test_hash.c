/* tests: base/hash base/hash_x86 */
/* Known answers of FIPS 180-4, and the 64-bit hash that must never change: streams of
 * random numbers hang on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

#include <string.h>

static void sha256_of(const void *data, size_t size, size_t piece,
                      char text[QM_SHA256_TEXT])
{
    const uint8_t *bytes = data;
    QmSha256 sha;
    qm_sha256_init(&sha);
    for (size_t at = 0; at < size; at += piece) {
        qm_sha256_add(&sha, bytes + at, size - at < piece ? size - at : piece);
    }
    uint8_t digest[QM_SHA256_BYTES];
    qm_sha256_end(&sha, digest);
    qm_sha256_text(digest, text);
}

static void test_sha256_known_answers(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < 3; i++) {
        char text[QM_SHA256_TEXT];
        sha256_of(cases[i][0], strlen(cases[i][0]), 64, text);
        assert_string_equal(text, cases[i][1]);
    }
}

static void test_sha256_of_a_million_a_in_any_pieces(void **unused)
{
    (void)unused;
    static char a[1000000];
    memset(a, 'a', sizeof a);
    const size_t pieces[] = {1, 7, 63, 64, 65, 1000, sizeof a};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char text[QM_SHA256_TEXT];
        sha256_of(a, sizeof a, pieces[i], text);
        assert_string_equal(
            text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

static void test_sha256_padding_at_every_length(void **unused)
{
    (void)unused;
    QmSha256 all;
    qm_sha256_init(&all);
    uint8_t data[200];
    memset(data, 0xa5, sizeof data);
    for (size_t length = 0; length <= sizeof data; length++) {
        char text[QM_SHA256_TEXT];
        sha256_of(data, length, 13, text);
        qm_sha256_add(&all, text, strlen(text));
    }
    uint8_t digest[QM_SHA256_BYTES];
    char text[QM_SHA256_TEXT];
    qm_sha256_end(&all, digest);
    qm_sha256_text(digest, text);
    /* for n in 0..200: printf '\xa5' * n | sha256sum; all the hex together hashed
     * again */
    assert_string_equal(
        text, "90619f45c6b71fab6fec99077a193e731254d5fe061c6b8356b5121351d06815");
}

static void test_hash64_never_changes(void **unused)
{
    (void)unused;
    assert_int_equal(qm_hash64_string(""), 0xf52a15e9a9b5e89b);
    assert_int_equal(qm_hash64_string("dither"), 0x19f2c65756004d0a);
    assert_int_equal(qm_hash64("kick.when.4", 11), qm_hash64_string("kick.when.4"));
    assert_int_equal(qm_mix64(0), 0);
    assert_int_equal(qm_mix64(0x9e3779b97f4a7c15),
                     0xe220a8397b1dcdaf); /* SplitMix64's first */
}

static void test_hash64_tells_neighbours_apart(void **unused)
{
    (void)unused;
    const uint64_t one = qm_hash64_string("kick.when.1");
    const uint64_t two = qm_hash64_string("kick.when.2");
    int different = 0;
    for (uint64_t bits = one ^ two; bits != 0; bits &= bits - 1) {
        different++;
    }
    assert_in_range(different, 16, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256_known_answers),
        cmocka_unit_test(test_sha256_of_a_million_a_in_any_pieces),
        cmocka_unit_test(test_sha256_padding_at_every_length),
        cmocka_unit_test(test_hash64_never_changes),
        cmocka_unit_test(test_hash64_tells_neighbours_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
