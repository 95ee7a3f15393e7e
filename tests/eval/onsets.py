"""Drum parts whose onsets are known, and the score of what a detector found in them.

    onsets.py make HITS OUT QRENDER      one-shots -> OUT/NAME.yaml, .wav, truth.json
    onsets.py score OUT NAME < TIMES     "NAME hits found truth errors..." of one part
    onsets.py total < SCORES             precision, recall, F, median error, by part

The parts are sessions of clips on known frames, with velocities, swing, ghost notes, rolls,
flams, jitter and pads beneath, rendered by qrender. An onset is where a sound first reaches a
tenth of its peak; those within 30 ms of the one before are heard as one with it (Böck, Krebs,
Schedl 2012). A detection counts within 25 ms, and each counts once.
"""
import array
import json
import os
import random
import statistics
import subprocess
import sys
import wave

RATE = 48000
TOLERANCE = 0.025
TOGETHER = 0.030

LAYERS = ["Softest", "Soft", "Med", "Hard", "Hardest"]
KITS = {  # name -> sounds from the softest to the hardest
    "rock": {
        "k": ["kick/gmrock_Kick-%s.wav" % x for x in LAYERS],
        "s": ["snare/gmrock_Snare-%s.wav" % x for x in LAYERS],
        "r": ["snare/gmrock_SnareRimshot-Hard.wav"],
        "h": ["hats/gmrock_HatClosed-%s.wav" % x for x in LAYERS],
        "o": ["hats/gmrock_HatOpen-Hard.wav"],
        "c": ["hats/sp_drum_cymbal_soft.flac", "hats/sp_drum_cymbal_hard.flac"],
        "t": ["percussion/sp_drum_tom_hi_soft.flac", "percussion/sp_drum_tom_hi_hard.flac"],
        "m": ["percussion/sp_drum_tom_mid_soft.flac", "percussion/sp_drum_tom_mid_hard.flac"],
        "l": ["percussion/sp_drum_tom_lo_soft.flac", "percussion/sp_drum_tom_lo_hard.flac"],
    },
    "club": {
        "k": ["kick/sp_bd_haus.flac"],
        "s": ["snare/sp_drum_snare_soft.flac", "snare/sp_drum_snare_hard.flac"],
        "r": ["percussion/sp_perc_snap.flac"],
        "h": ["hats/sp_drum_cymbal_closed.flac"],
        "o": ["hats/sp_drum_cymbal_open.flac"],
        "t": ["percussion/sp_perc_snap2.flac"],
    },
    "box": {
        "k": ["kick/sp_bd_808.flac"],
        "s": ["snare/sp_drum_snare_hard.flac"],
        "r": ["percussion/sp_perc_snap2.flac"],
        "h": ["hats/sp_drum_cymbal_closed.flac"],
        "o": ["hats/sp_drum_cymbal_pedal.flac"],
        "t": ["percussion/sp_perc_impact1.flac"],
    },
    "deep": {
        "k": ["kick/sp_bd_fat.flac"],
        "s": ["snare/gmrock_Snare-Med.wav"],
        "r": ["percussion/sp_perc_impact2.flac"],
        "h": ["hats/gmrock_HatClosed-Med.wav"],
        "o": ["hats/gmrock_HatOpen-Hard.wav"],
        "t": ["percussion/sp_drum_tom_lo_hard.flac"],
    },
}

# Steps: 1 (-24 dB) to 9 (0 dB), 3 dB apart; a pattern repeats until the part ends.
PARTS = [
    # name, kit, bpm, steps a beat, swing %, jitter ms, pad dB, gain dB, {instrument: steps}
    ("rock", "rock", 120, 4, 50, 4, None, -3, {
        "k": "9.......8.7.....9.....6.8.......", "s": "....9.......9.......9..2.2..9.2.",
        "h": "7.5.7.5.7.5.7.5.7.5.7.5.7.5.7.5.", "c": "9" + "." * 127}),
    ("ballad", "rock", 68, 4, 50, 6, -24, -6, {
        "k": "8.....6.8.......", "s": "....8.......8..3", "h": "5.4.5.4.5.4.5.4."}),
    ("shuffle", "rock", 132, 3, 50, 5, None, -4, {
        "k": "8..6..8..6..", "s": "..28..2.28.2", "h": "6.46.46.46.4"}),
    ("swing", "rock", 176, 4, 62, 4, None, -4, {
        "h": "7...6..57...6..5", "k": "4...4...4...4...", "s": "......3....4...."}),
    ("funk", "rock", 104, 4, 54, 3, None, -3, {
        "k": "9..7..7...8..7..", "s": "....92.2.2..9..3", "h": "8575857585758575"}),
    ("break", "rock", 172, 4, 50, 3, None, -3, {
        "k": "9.8.......88....9.8.......8.....", "s": "....9..3.3..9..3....9..3.3....9.",
        "h": "6.6.6.6.6.6.6.6.", "c": "." * 64 + "8" + "." * 63}),
    ("roll", "rock", 118, 8, 50, 1.5, None, -3, {
        "s": "9.......345678967777777789998887", "k": "9.......8.......9.......8......."}),
    ("blast", "rock", 210, 4, 50, 2, None, -3, {
        "k": "8.8.8.8.8.8.8.8.", "s": ".8.8.8.8.8.8.8.8", "c": "7...7...7...7..."}),
    ("toms", "rock", 96, 4, 50, 5, None, -3, {
        "t": "87..76..........", "m": "....87..76......", "l": "........8.7.8676", "k": "8...8...8...8..."}),
    ("brushes", "rock", 90, 4, 58, 6, None, -18, {
        "s": "3.24..3.3.24..2.", "k": "3.......3.......", "h": "....4.......4..."}),
    ("house", "club", 126, 4, 50, 0, -22, -4, {
        "k": "9...9...9...9...", "o": "..6...6...6...6.", "r": "....7.......7...", "h": "4343434343434343"}),
    ("techno", "club", 138, 4, 50, 0, None, -4, {
        "k": "9...9...9...9...", "h": "..7...7...7...7.", "t": ".4..3..4.3..4..3", "s": "....5..3....5..."}),
    ("trap", "box", 140, 8, 50, 0, None, -4, {
        "k": "9.....................8.....7...", "s": "................9...............",
        "h": "7...6...7...6...7.6.7.6.7777766.", "o": "........5......................."}),
    ("electro", "box", 112, 4, 56, 2, -26, -3, {
        "k": "9..7..9...8.....", "s": "....9.......9..5", "h": "6.4.6.466.4.6.46", "t": "......6........5"}),
    ("dub", "deep", 74, 4, 57, 6, -20, -6, {
        "k": "........9.......", "s": "....4...8..3....", "h": "..6...6...6...6.", "t": "9..............."}),
    ("garage", "deep", 132, 4, 60, 3, None, -4, {
        "k": "9.....8...9..7..", "s": "....8.......8..3", "h": "..7.57..7.7..57.", "o": "..............6."}),
    ("quiet", "rock", 110, 4, 50, 4, None, -40, {
        "k": "9...7...9.7.....", "s": "....9.......9..4", "h": "6.5.6.5.6.5.6.5."}),
    ("flams", "rock", 100, 4, 50, 2, None, -4, {
        "s": "f...8...f...8.f.", "k": "..8.....8.8.....", "t": "......f........."}),
]
SECONDS = 30
PADS = ["pad/sp_ambi_choir.flac", "pad/sp_ambi_drone.flac", "pad/sp_ambi_glass_hum.flac"]
FLAM_S = 0.045


def db_of(step):
    return -3 * (9 - step)


def events_of(part, rng):
    """(time, instrument, step) of a part, steps 1..9."""
    _, _, bpm, per_beat, swing, jitter, _, _, tracks = part
    step_s = 60 / bpm / per_beat
    events = []
    for instrument, steps in tracks.items():
        for i in range(int(SECONDS / step_s)):
            mark = steps[i % len(steps)]
            if mark == ".":
                continue
            late = (2 * swing / 100 - 1) * step_s if i % 2 else 0
            at = 0.1 + i * step_s + late + rng.gauss(0, 1) * jitter / 1000
            if mark == "f":
                events.append((at - FLAM_S, instrument, 5))
                mark = "8"
            events.append((at, instrument, int(mark)))
    return sorted(event for event in events if event[0] > 0.02)


def read_wav(path):
    with wave.open(path) as file:
        assert file.getsampwidth() == 2 and file.getframerate() == RATE
        samples = array.array("h", file.readframes(file.getnframes()))
        return [max(abs(v) for v in samples[i:i + file.getnchannels()])
                for i in range(0, len(samples), file.getnchannels())]


def render(qrender, path, lines, bits):
    with open(path + ".yaml", "w") as file:
        file.write("\n".join(lines) + "\n")
    subprocess.run([qrender, "-q", path + ".yaml", "-o", path + ".wav", "--bits", bits],
                   check=True, timeout=120)


def lead_ins(hits, out, qrender):
    """Of every sound: seconds until a tenth of its peak."""
    sounds = sorted({s for kit in KITS.values() for layers in kit.values() for s in layers})
    clips = ["      - {sound: '%s', at: %d samples, length: 900 ms, gain: -6}"
             % (os.path.join(hits, s), RATE * i) for i, s in enumerate(sounds)]
    path = os.path.join(out, "sounds")
    render(qrender, path, ["qmix: 1", "rate: 48000", "tail: 1 s", "sources:", "  all:",
                           "    clips:"] + clips, "16")
    level = read_wav(path + ".wav")
    leads = {}
    for i, sound in enumerate(sounds):
        piece = level[RATE * i:RATE * (i + 1)]
        tenth = 0.1 * max(piece)
        leads[sound] = next(n for n, v in enumerate(piece) if v > tenth) / RATE
    return leads


def make(hits, out, qrender):
    os.makedirs(out, exist_ok=True)
    hits = os.path.abspath(hits)
    leads = lead_ins(hits, out, qrender)
    truth = {}
    for number, part in enumerate(PARTS):
        name, kit, _, _, _, _, pad, gain, tracks = part
        rng = random.Random(number + 1)
        strips = {}
        onsets = []
        for at, instrument, step in events_of(part, rng):
            layers = KITS[kit][instrument]
            sound = layers[min(len(layers) - 1, (step - 1) * len(layers) // 9)]
            frame = round(at * RATE)
            strips.setdefault(instrument, []).append(
                "      - {sound: '%s', at: %d samples, length: 700 ms, fade-out: 100 ms, gain: %g}"
                % (os.path.join(hits, sound), frame, db_of(step)))
            onsets.append(frame / RATE + leads[sound])
        lines = ["qmix: 1", "rate: 48000", "tail: 1 s", "sources:"]
        for instrument, clips in strips.items():
            side = {"h": 0.3, "o": 0.3, "c": -0.4, "t": -0.3, "l": 0.4}.get(instrument, 0)
            lines += ["  %s:" % instrument, "    fader: {pan: %g}" % side, "    clips:"] + clips
        if pad is not None:
            lines += ["  pad:", "    fader: {gain: %g}" % pad, "    clips:"]
            for i in range(SECONDS // 4):  # each swells for two seconds: no onset
                lines.append("      - {sound: '%s', at: %d samples, length: 6 s, fade-in: 2 s, "
                             "fade-out: 2 s}" % (os.path.join(hits, PADS[i % len(PADS)]),
                                                 i * 4 * RATE))
        lines += ["master: {fader: {gain: %g}}" % (gain - 6)]
        render(qrender, os.path.join(out, name), lines, "24")
        onsets.sort()
        heard = []
        for onset in onsets:
            if not heard or onset - heard[-1] > TOGETHER:
                heard.append(onset)
        truth[name] = heard
    with open(os.path.join(out, "truth.json"), "w") as file:
        json.dump(truth, file)
    print(*truth)


def score(out, name, found):
    """Errors in ms of the detections that match, in order of time."""
    with open(os.path.join(out, "truth.json")) as file:
        truth = json.load(file)[name]
    errors = []
    i = j = 0
    while i < len(truth) and j < len(found):
        error = found[j] - truth[i]
        if error < -TOLERANCE:
            j += 1
        elif error > TOLERANCE:
            i += 1
        else:
            errors.append(1000 * error)
            i, j = i + 1, j + 1
    return errors, len(found), len(truth)


def f_measure(hits, found, truth):
    precision = hits / found if found else 0
    recall = hits / truth if truth else 0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0


def total(lines):
    row = "%-10s %5s %5s %9.3f %9.3f %9.3f %9.2f %9.2f"
    print("%-10s %5s %5s %9s %9s %9s %9s %9s" % (
        "part", "true", "found", "precision", "recall", "F", "median ms", "|err| ms"))
    every, found, truth = [], 0, 0
    for line in lines:
        name, n_found, n_truth, *errors = line.split()
        errors = [float(e) for e in errors]
        values = f_measure(len(errors), int(n_found), int(n_truth))
        print(row % ((name, n_truth, n_found) + values + middle(errors)))
        every += errors
        found += int(n_found)
        truth += int(n_truth)
    values = f_measure(len(every), found, truth)
    print(row % (("all", truth, found) + values + middle(every)))
    return values[2]


def middle(errors):
    if not errors:
        return 0.0, 0.0
    return statistics.median(errors), statistics.median(abs(e) for e in errors)


def main(args):
    if args[0] == "make":
        make(*args[1:])
    elif args[0] == "score":
        found = sorted(float(t) for t in sys.stdin.read().split())
        errors, n_found, n_truth = score(args[1], args[2], found)
        print(args[2], n_found, n_truth, *("%.3f" % e for e in errors))
    elif args[0] == "total":
        total(sys.stdin)


if __name__ == "__main__":
    main(sys.argv[1:])
