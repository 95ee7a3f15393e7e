# Sourced by test scripts (`. tests/tap.sh`), which run in the root of the checkout: TAP for the
# shell. The plan is printed by `finish`, so that a script that dies before is noticed.
#
#   ok WHAT COMMAND [ARG]...     one result: does COMMAND succeed? its output is shown if not
#   is WHAT FOUND EXPECTED       one result: equal texts?
#   verdict WHAT TEXT            one result: ok when TEXT is empty, else TEXT says what is wrong
#   skip WHAT WHY                one result
#   $tmp                         a directory of the script's own, removed at its end

BUILD=${BUILD:-build}
results=0
failures=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

verdict() {
    results=$((results + 1))
    if [ -z "$2" ]; then
        echo "ok $results - $1"
    else
        failures=$((failures + 1))
        echo "not ok $results - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

ok() {
    what=$1
    shift
    if "$@" >"$tmp/.output" 2>&1; then
        verdict "$what" ""
    else
        verdict "$what" "exit status $? of: $*
$(head -n 40 "$tmp/.output")"
    fi
}

is() {
    if [ "$2" = "$3" ]; then verdict "$1" ""; else verdict "$1" "found:    $2
expected: $3"; fi
}

skip() {
    results=$((results + 1))
    echo "ok $results # SKIP $1: $2"
}

finish() {
    echo "1..$results"
    [ "$failures" = 0 ]
    exit
}
