"""Scores what qanalyze --masking says of stems that hear the same source: see stems.sh."""
import glob, json, os, random, subprocess, sys

BLEED_DB = -20
# Two voices of one sound font in unison: they do hear the same source.
UNISON = {("5432gone_redfarn", "01_voice-oohs", "05_voice-oohs")}


def pairs_of(tool, files):
    run = subprocess.run([tool, "--masking", "--json", *files], capture_output=True, check=True)
    return json.loads(run.stdout)["alignment"]


def sox(*arguments):
    subprocess.run(["sox", "-R", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def rms(file):
    text = subprocess.run(["sox", file, "-n", "remix", "-", "stat"], capture_output=True,
                          text=True, check=True).stderr
    return next(float(line.split()[-1]) for line in text.splitlines() if "RMS     amp" in line)


def shifted(source, out, delay, gain):
    move = ["pad", f"{delay}s", 0] if delay >= 0 else ["trim", f"{-delay}s"]
    sox("-v", gain, source, out, "remix", "-", *move)


def right(pair, delay, gain):
    polarity = "same" if gain > 0 else "inverted"
    return abs(pair["delay"] - delay) < 0.5 and pair["polarity"] == polarity


def score_delays(tool, drums, out, draw):
    found = wrong = 0
    for source in drums:
        delay = draw.randint(-1500, 1500)
        gain = draw.choice([-1, 1]) * 10 ** (draw.uniform(-12, 0) / 20)
        shifted(source, out + "/b.wav", delay, gain)
        pairs = pairs_of(tool, [source, out + "/b.wav"])["pairs"]
        found += len(pairs)
        wrong += any(not right(pair, delay, gain) for pair in pairs)
    return found, wrong


def score_bleeds(tool, drums, out, draw):
    found = wrong = tried = 0
    for source, other in zip(drums, drums[1:]):
        if os.path.dirname(source) != os.path.dirname(other):
            continue
        tried += 1
        delay = draw.randint(20, 700)
        gain = 10 ** (BLEED_DB / 20) * rms(other) / rms(source)
        shifted(source, out + "/bleed.wav", delay, gain)
        sox(other, out + "/other.wav", "remix", "-")
        sox("-m", "-v", 1, out + "/other.wav", "-v", 1, out + "/bleed.wav", out + "/b.wav")
        pairs = pairs_of(tool, [source, out + "/b.wav"])["pairs"]
        found += len(pairs)
        wrong += any(not right(pair, delay, 1) for pair in pairs)
    return tried, found, wrong


def score_songs(tool, songs):
    compared = said = 0
    for song in songs:
        stems = sorted(set(glob.glob(song + "/*.wav")) - {song + "/mix.wav"})
        alignment = pairs_of(tool, stems)
        compared += alignment["compared"] or 0
        for pair in alignment["pairs"]:
            where = os.path.basename(song), pair["first"], pair["second"]
            print(f"  {'unison' if where in UNISON else 'false'}: {' '.join(where)}: {pair}")
            said += where not in UNISON
    return compared, said


def main():
    tool, corpus, out = sys.argv[1:]
    draw = random.Random(4)
    songs = sorted(glob.glob(corpus + "/multitracks/*"))
    drums = [f for f in sorted(glob.glob(corpus + "/multitracks/*/10[abcd]_*.wav"))
             if rms(f) > 1e-4]
    found, wrong = score_delays(tool, drums, out, draw)
    tried, heard, false = score_bleeds(tool, drums, out, draw)
    compared, said = score_songs(tool, songs)
    print("%-20s %6s %6s %6s" % ("pairs", "number", "found", "wrong"))
    for row in (("drums, moved", len(drums), found, wrong),
                (f"bleed at {BLEED_DB} dB", tried, heard, false),
                ("songs as they are", compared, said, said)):
        print("%-20s %6d %6d %6d" % row)
    bad = wrong or false or found < 0.95 * len(drums) or heard < 0.7 * tried
    sys.exit(1 if bad or said > compared / 200 else 0)


main()
