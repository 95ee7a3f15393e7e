"""Measures masters with several meters: see loudness.sh."""
import json, math, os, re, shutil, subprocess, sys

NAMES = ("integrated", "range", "true peak")


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=600)
    return done.stdout


def number(pattern, text):
    found = re.search(pattern, text, re.S)
    return float(found.group(1)) if found else None


def ours(qanalyze, file):
    done = json.loads(run(qanalyze, "--json", "-q", "--features", "loudness,peak", file))
    return done["loudness"]["integrated"], done["loudness"]["range"], done["peak"]["true"]


def ffmpeg(file):
    text = run("ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", file, "-af",
               "ebur128=peak=true:framelog=verbose", "-f", "null", "-")
    return (number(r"I: +(\S+) LUFS", text), number(r"LRA: +(\S+) LU", text),
            number(r"True peak:.*?Peak: +(\S+) dBFS", text))


def loudgain(file):
    text = run("loudgain", file)
    peak = number(r"Peak: +([0-9.]+)", text)
    return (number(r"Loudness: +(\S+) LUFS", text), number(r"Range: +(\S+) dB", text),
            20 * math.log10(peak) if peak else None)


def shown(value):
    return "-" if value is None else "%.2f" % value


def less(theirs, mine):
    return "-" if mine is None or theirs is None else "%+.2f" % (theirs - mine)


def main():
    qanalyze, files = sys.argv[1], sys.argv[2:]
    others = [tool for tool in (ffmpeg, loudgain) if shutil.which(tool.__name__)]
    columns = "%7s %6s %6s"
    print("%-36s" % "master", columns % ("LUFS", "LU", "dBTP"),
          *("  " + columns % (tool.__name__, "less", "ours") for tool in others))
    differ = {}
    for file in files:
        mine = ours(qanalyze, file)
        print("%-36s" % os.path.basename(file)[:36], columns % tuple(map(shown, mine)), end="")
        for tool in others:
            theirs = tool(file)
            print("   ", columns % tuple(map(less, theirs, mine)), end="")
            for name, a, b in zip(NAMES, mine, theirs):
                if a is not None and b is not None:
                    differ.setdefault((tool.__name__, name), []).append(abs(a - b))
        print()
    for (tool, name), all_of_it in differ.items():
        print("%-8s %-10s differs by %.2f at most" % (tool, name, max(all_of_it)))
    for tool in (ffmpeg, loudgain):
        if tool not in others:
            print(tool.__name__ + ": not installed")
    over = [d for (_, name), ds in differ.items() for d in ds if name == "integrated" and d > 0.1]
    return 1 if over or not files else 0


sys.exit(main())
