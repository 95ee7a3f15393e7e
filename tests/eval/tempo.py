"""Scores tempi and beats against a corpus.

    tempo.py CORPUS ours QANALYZE [-v]
    tempo.py CORPUS aubio AUBIOTRACK [-v]

  acc1    share of steady items whose BPM is within 4 % of the truth (or of what is as right)
  acc1.1  within 1 %: what a time-stretcher needs
  acc2    within 4 % of the truth times 1, 2, 3, 1/2 or 1/3
  F       of beats: 2 * hits / (found + true), a hit within 70 ms, each beat used once
  F2      the same, at best over the true beats, every other one, and twice as many
  bars    F of downbeats
  ms      median of found minus true of the beats that hit

Then the confusion of tempi: what the wrong ones are to the true ones.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from statistics import median

RATIOS = [("x2", 2), ("x1/2", 1 / 2), ("x3", 3), ("x1/3", 1 / 3), ("x3/2", 3 / 2),
          ("x2/3", 2 / 3), ("x4/3", 4 / 3), ("x3/4", 3 / 4)]


def ours(tool, paths):
    lines = subprocess.run([tool, "--json", "--features", "tempo", *paths],
                           capture_output=True, text=True).stdout.splitlines()
    found = {}
    for line in lines:
        one = json.loads(line)
        tempo = one.get("tempo", {})
        found[one["file"]] = {"bpm": tempo.get("bpm"), "beats": tempo.get("beats") or [],
                              "bars": tempo.get("downbeats") or []}
    return found


def aubio(tool, paths):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        wav = os.path.join(folder, "x.wav")
        for path in paths:
            subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path,
                            "-c:a", "pcm_s16le", wav], check=True, timeout=120)
            text = subprocess.run([tool, "-i", wav], capture_output=True, text=True,
                                  timeout=120).stdout
            beats = [float(b) for b in re.findall(r"^\d+\.\d+", text, re.M)]
            steps = [b - a for a, b in zip(beats, beats[1:])]
            found[path] = {"bpm": 60 / median(steps) if steps else None, "beats": beats,
                           "bars": None}
    return found


def f_measure(found, true, tolerance=0.07):
    i = j = 0
    off = []
    while i < len(found) and j < len(true):
        distance = found[i] - true[j]
        if abs(distance) <= tolerance:
            off.append(distance)
            i += 1
            j += 1
        elif distance < 0:
            i += 1
        else:
            j += 1
    count = len(found) + len(true)
    return (2 * len(off) / count if count else 0.0), off


def levels(true):
    halves = [(a + b) / 2 for a, b in zip(true, true[1:])]
    return [true, true[::2], true[1::2], sorted(true + halves)]


def score(item, found):
    right = [item["bpm"], *(item.get("alt_bpm") or [])]
    bpm = found["bpm"]

    def near(factor, tolerance):
        return bool(bpm) and any(abs(bpm / (factor * r) - 1) <= tolerance for r in right)

    f, off = f_measure(found["beats"], item["beats_s"])
    bars = item.get("downbeats_s")
    return {"acc1": near(1, 0.04), "acc1.1": near(1, 0.01),
            "acc2": any(near(x, 0.04) for x in (1, 2, 3, 1 / 2, 1 / 3)),
            "F": f, "F2": max(f_measure(found["beats"], v)[0] for v in levels(item["beats_s"])),
            "bars": f_measure(found["bars"], bars)[0] if bars and found["bars"] is not None
            else None,
            "off": off,
            "error": None if near(1, 0.04) else "none" if not bpm else
            next((name for name, x in RATIOS if near(x, 0.04)), "other")}


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else float("nan")


def table(rows):
    print("%-14s %3s %6s %6s %6s %6s %6s %6s %6s" % ("kind", "n", "acc1", "acc1.1", "acc2",
                                                     "F", "F2", "bars", "ms"))
    for kind in [*dict.fromkeys(item["kind"] for item, _, _ in rows), "all"]:
        some = [(item, s) for item, _, s in rows if kind in ("all", item["kind"])]
        steady = [s for item, s in some if item["steady"]]
        every = [s for _, s in some]
        off = sorted(x for s in every for x in s["off"])
        line = {k: mean(s[k] for s in steady) for k in ("acc1", "acc1.1", "acc2")}
        line.update({k: mean(s[k] for s in every) for k in ("F", "F2", "bars")})
        print("%-14s %3d %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %6.1f" % (
            kind, len(some), *line.values(), 1000 * median(off) if off else 0))
    return line


def confusion(rows):
    count = {}
    for item, _, s in rows:
        if item["steady"] and s["error"]:
            count[s["error"]] = count.get(s["error"], 0) + 1
    names = [name for name, _ in RATIOS] + ["other", "none"]
    print("wrong tempi: " + ("; ".join("%s %d" % (n, count[n]) for n in names if n in count)
                             or "none"))


def main():
    corpus, who, tool = sys.argv[1:4]
    with open(os.path.join(corpus, "tempo_truth.json")) as file:
        items = json.load(file)["items"]
    paths = [os.path.join(corpus, item["file"]) for item in items]
    found = {"ours": ours, "aubio": aubio}[who](tool, paths)
    nothing = {"bpm": None, "beats": [], "bars": []}
    rows = []
    for item, path in zip(items, paths):
        one = found.get(path, nothing)
        rows.append((item, one, score(item, one)))
    if "-v" in sys.argv:
        for item, one, s in rows:
            print("%-44s %8.2f %8s  F %.2f  bars %s  %s" % (
                item["file"][-44:], item["bpm"], "%.2f" % one["bpm"] if one["bpm"] else "-",
                s["F"], "-" if s["bars"] is None else "%.2f" % s["bars"], s["error"] or ""))
    line = table(rows)
    confusion(rows)
    good = line["acc1"] >= 0.80 and line["acc2"] >= 0.93 and line["F"] >= 0.75
    return 0 if good or who != "ours" else 1


sys.exit(main())
