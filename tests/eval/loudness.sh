#!/bin/bash
# Loudness, range and true peak of masters: ours, ffmpeg's ebur128 filter, loudgain.
#
#   tests/eval/loudness.sh CORPUS
#
# CORPUS/masters_wav holds the files. Exit status 1: integrated loudness differs from another
# meter's by more than 0.1 LU. ffmpeg prints one decimal; loudgain's range has a hop of a second,
# and its peaks are of samples that were cut at full scale.
set -u
corpus=${1:?usage: loudness.sh CORPUS}
build=${BUILD:-build}
python=${PYTHON:-python3}

"$python" - "$build/qanalyze" "$corpus"/masters_wav/*.wav <<'PYTHON'
import json, math, re, shutil, subprocess, sys

qanalyze, files = sys.argv[1], sys.argv[2:]


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=600)
    return done.stdout


def number(pattern, text):
    found = re.search(pattern, text, re.S)
    return float(found.group(1)) if found else None


def ours(file):
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


others = [tool for tool in (ffmpeg, loudgain) if shutil.which(tool.__name__)]
for tool in (ffmpeg, loudgain):
    if tool not in others:
        print(tool.__name__ + ": not installed")
names = ("integrated", "range", "true peak")
worst = {}
for file in files:
    mine = ours(file)
    line = "%-44s %7.2f LUFS %6.2f LU %6.2f dBTP" % ((file.rsplit("/", 1)[1][:44],) + mine)
    for tool in others:
        theirs = tool(file)
        for name, a, b in zip(names, mine, theirs):
            if a is not None and b is not None:
                worst[tool.__name__, name] = max(worst.get((tool.__name__, name), 0), abs(a - b))
        line += "   %s %s" % (tool.__name__, " ".join("%+.2f" % (b - a) if b is not None else "-"
                                                     for a, b in zip(mine, theirs)))
    print(line)
for (tool, name), most in worst.items():
    print("%-8s %-10s differs by %.2f at most" % (tool, name, most))
over = [most for (_, name), most in worst.items() if name == "integrated" and most > 0.1]
sys.exit(1 if over or not files else 0)
PYTHON
