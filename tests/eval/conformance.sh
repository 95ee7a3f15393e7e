#!/bin/bash
# The signals of EBU Tech 3341 and 3342, and more of their kind, at half of the tolerance that is
# allowed: loudness +-0.05 LU, range +-0.5 LU, true peak -0.3 to +0.2 dB.
#
#   tests/eval/conformance.sh DIR
#
# DIR holds the signals and expected.json: what each should read, with the whole tolerance.
# Exit status 1: a signal is out of it.
set -u
dir=${1:?usage: conformance.sh DIR}
build=${BUILD:-build}
python=${PYTHON:-python3}
[ -s "$dir/expected.json" ] || { echo "$dir: no expected.json" && exit 2; }

"$python" - "$dir" "$build/qanalyze" <<'PYTHON'
import json, os, subprocess, sys

folder, qanalyze = sys.argv[1:]
tests = json.load(open(os.path.join(folder, "expected.json")))["tests"]
command = [qanalyze, "--json", "--series", "-q", "--features", "loudness,peak"]
lines = subprocess.run(command + [os.path.join(folder, t["file"]) for t in tests],
                       stdout=subprocess.PIPE, text=True).stdout.splitlines()

# What a JSON number was rounded from may be half a hundredth further.
ROUNDED = 0.005
HALF = {"I": (0.05, 0.05), "M": (0.05, 0.05), "S": (0.05, 0.05), "LRA": (0.5, 0.5),
        "TP": (0.3, 0.2)}


def readings(check, result):
    """What the tool says, and what it should say, in pairs."""
    kind, quantity = check["kind"], check["q"]
    loudness = result["loudness"]
    if kind in ("value", "undefined"):
        value = {"I": loudness["integrated"], "LRA": loudness["range"],
                 "TP": result["peak"]["true"]}[quantity]
        return [(value, check.get("expect"))]
    name, window = {"M": ("momentary", 4), "S": ("short_term", 30)}[quantity]
    series = result["series"][name]
    if kind == "max":
        return [(loudness[name + "_max"], check["expect"])]
    if kind == "constant_after":
        # Value i is of windows that end in tenth i; in the first that is full one of them does.
        first = max(window, round(check["after_s"] * 10))
        return [(v, check["expect"]) for v in series[first:]]
    each = round(check["segment_s"] * 10)
    return [(max((v for v in series[i * each:(i + 1) * each] if v is not None), default=None), e)
            for i, e in enumerate(check["expect"])]


passed = {True: [0, 0], False: [0, 0]}
worst = {}
bad = []
for test, line in zip(tests, lines):
    result = json.loads(line)
    ok = "error" not in result and bool(test["checks"])
    for check in test["checks"] if ok else []:
        for value, want in readings(check, result):
            if value is None or want is None:
                fine = value is None and want is None
            else:
                below, above = HALF[check["q"]]
                error = value - want
                fine = -below - ROUNDED <= error <= above + ROUNDED
                if abs(error) > abs(worst.get(check["q"], 0)):
                    worst[check["q"]] = error
            if not fine:
                bad.append("%s: %s %s is %s, not %s" % (test["id"], check["kind"], check["q"],
                                                        value, want))
            ok &= fine
    count = passed[test["official"]]
    count[0] += ok
    count[1] += 1

for line in bad:
    print(line)
print("EBU Tech 3341 and 3342, at half the tolerance: %d of %d" % tuple(passed[True]))
print("other rates and layouts:                       %d of %d" % tuple(passed[False]))
print("largest errors: " + ", ".join("%s %+.2f" % e for e in sorted(worst.items())))
sys.exit(0 if not bad and len(lines) == len(tests) else 1)
PYTHON
