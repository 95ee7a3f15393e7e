#!/bin/bash
# The runner counts what tests print, and takes silence, death and delay for failures.
. tests/tap.sh

# sample NAME: a test that does what standard input says
sample() {
    { echo '#!/bin/sh' && cat; } >"$tmp/$1.t"
    chmod +x "$tmp/$1.t"
}
# run SAMPLE...: the last line of a run over them, and its exit status
run() {
    TEST_TIMEOUT=1 tests/run "$tmp/log" "${@/#/$tmp/}" >"$tmp/run" 2>&1
    status=$?
    echo "$(tail -n 1 "$tmp/run"), exit $status"
}

sample good <<<'echo 1..2; echo "ok 1 - a"; echo "ok 2 - b"'
sample skips <<<'echo "ok 1 - a"; echo "ok 2 # SKIP why"; echo 1..2'
sample skipped <<<'echo "1..0 # SKIP all"'
sample bad <<<'echo 1..2; echo "not ok 1 - a"; echo "ok 2 - b"; exit 1'
sample dies <<<'echo 1..2; echo "ok 1 - a"; exit 7'
sample short <<<'echo 1..3; echo "ok 1 - a"'
sample planless <<<'echo "ok 1 - a"'
sample silent <<<'exit 0'
sample slow <<<'echo 1..1; sleep 9; echo "ok 1 - a"'

is "all is well" "$(run good.t)" "2 passed, 0 failed, exit 0"
is "skipped tests are counted apart" "$(run good.t skips.t skipped.t)" \
    "3 passed, 0 failed, 2 skipped, exit 0"
is "a failed result" "$(run good.t bad.t)" "3 passed, 1 failed, exit 1"
is "an exit status that no result explains" "$(run dies.t)" "1 passed, 1 failed, exit 1"
is "fewer results than planned" "$(run short.t)" "1 passed, 1 failed, exit 1"
is "no plan" "$(run planless.t)" "1 passed, 1 failed, exit 1"
is "no results" "$(run silent.t)" "0 passed, 1 failed, exit 1"
is "too slow" "$(run slow.t)" "0 passed, 1 failed, exit 1"
is "a test that is not there" "$(run good.t nowhere.t)" "2 passed, 1 failed, exit 1"
is "only skipped tests are no success" "$(run skipped.t)" "0 passed, 0 failed, 1 skipped, exit 1"
is "nothing to run is no success" "$(run)" "0 passed, 0 failed, exit 1"

finish
