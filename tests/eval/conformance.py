"""Reads the signals of EBU Tech 3341 and 3342, and more of their kind: see conformance.sh."""
import json, os, subprocess, sys

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


def fits(quantity, value, want, errors):
    if value is None or want is None:
        return value is None and want is None
    below, above = HALF[quantity]
    errors.setdefault(quantity, []).append(value - want)
    return -below - ROUNDED <= value - want <= above + ROUNDED


def main():
    qanalyze, folder = sys.argv[1:]
    with open(os.path.join(folder, "expected.json")) as file:
        tests = json.load(file)["tests"]
    command = [qanalyze, "--json", "--series", "-q", "--features", "loudness,peak"]
    lines = subprocess.run(command + [os.path.join(folder, t["file"]) for t in tests],
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    passed = {True: [0, 0], False: [0, 0]}
    errors = {}
    for test, line in zip(tests, lines):
        result = json.loads(line)
        ok = "error" not in result and bool(test["checks"])
        for check in test["checks"] if ok else []:
            for value, want in readings(check, result):
                fine = fits(check["q"], value, want, errors)
                if not fine:
                    print("%s: %s %s is %s, not %s" % (test["id"], check["kind"], check["q"],
                                                       value, want))
                ok &= fine
        passed[test["official"]][0] += ok
        passed[test["official"]][1] += 1

    print("%-28s %7s %7s" % ("signals", "number", "within"))
    for name, official in (("EBU Tech 3341 and 3342", True), ("other rates and layouts", False)):
        print("%-28s %7d %7d" % (name, passed[official][1], passed[official][0]))
    print("%-28s %7s %7s" % ("error of", "lowest", "highest"))
    for quantity, all_errors in sorted(errors.items()):
        print("%-28s %+7.2f %+7.2f" % (quantity, min(all_errors), max(all_errors)))
    good = sum(ok for ok, _ in passed.values())
    return 0 if tests and good == len(tests) else 1


sys.exit(main())
