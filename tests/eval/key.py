"""Renders accompaniments in all keys and scores what qanalyze makes of them: see key.sh."""
import collections, concurrent.futures, glob, json, os, re, shutil, subprocess, sys

TONICS = "C Db D Eb E F F# G Ab A Bb B".split()
# In C major and A minor: a bar a chord.
PROGRESSIONS = {
    "major": ["C Am F G7 Em A7 Dm G7", "C G Am F C G F C", "C F C G7 F C G7 C",
              "CM7 Am7 Dm7 G7 Em7 A7 Dm7 G7"],
    "minor": ["Am Dm E7 Am F Dm E7 Am", "Am G F E7 Am G F E7", "Am Am Dm Am F G Am Am",
              "Am7 Dm7 Am7 Em7 FM7 Dm7 E7 Am7"],
}
# Not HipHop: it has an effect that sounds on E in every key.
GROOVES = [("Ballad", 72), ("Samba", 100), ("Techno", 132), ("Swing", 150), ("50sRock", 176),
           ("FolkRock", 100), ("Rhumba", 112), ("ChaCha", 122), ("SlowBlues", 60),
           ("BossaNova", 120), ("PopBallad", 80), ("RockBallad", 80)]


def transposed(chord, semitones):
    root, kind = re.match(r"([A-G][#b]?)(.*)", chord).groups()
    return TONICS[(TONICS.index(root) + semitones) % 12] + kind


def songs():
    for mode, progressions in PROGRESSIONS.items():
        for tonic in range(12):
            for i, progression in enumerate(progressions):
                groove = GROOVES[(tonic * 5 + i * 3 + (mode == "minor")) % len(GROOVES)]
                up = tonic - (0 if mode == "major" else 9)
                yield mode, tonic, i, groove, [transposed(c, up) for c in progression.split()]


def render(song, out, font):
    mode, tonic, i, (groove, tempo), chords = song
    name = os.path.join(out, f"{TONICS[tonic].replace('#', 's')}_{mode}_{i}")
    if not os.path.exists(name + ".wav"):
        with open(name + ".mma", "w") as f:
            f.write(f"RndSeed 7\nTempo {tempo}\nGroove {groove}\n")
            f.writelines(f"{bar + 1} {chord}\n" for bar, chord in enumerate(chords))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["mma", "-f", name + ".mid", name + ".mma"], check=True, **quiet,
                       env=dict(os.environ, HOME=out))
        subprocess.run(["fluidsynth", "-ni", "-g", "0.5", "-r", "44100", "-O", "s16",
                        "-F", name + ".part.wav", font, name + ".mid"],
                       check=True, timeout=300, **quiet)
        os.rename(name + ".part.wav", name + ".wav")
    return name + ".wav", (tonic, mode)


def keys_of(qanalyze, files):
    text = subprocess.run([qanalyze, "-q", "--json", "--features", "key", *files],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        done = json.loads(line)
        name = done["key"]["key"]
        key = None
        if name:
            tonic, mode = name.split()
            tonic = {"C#": "Db", "G#": "Ab"}.get(tonic, tonic)
            key = TONICS.index(tonic), mode
        found[done["file"]] = key, done["key"]["confidence"]
    return found


def verdict(found, truth):
    if not found:
        return "none", 0
    up, same = (found[0] - truth[0]) % 12, found[1] == truth[1]
    if same:
        return {0: ("right", 1), 5: ("fifth", 0.5), 7: ("fifth", 0.5)}.get(up, ("other", 0))
    if up == 0:
        return "parallel", 0.2
    return ("relative", 0.3) if up == (9 if truth[1] == "major" else 3) else ("other", 0)


def main():
    qanalyze, corpus, out, font = sys.argv[1:]
    truth = {f: (0, "major") for f in glob.glob(os.path.join(corpus, "tempo", "mma_*.wav"))
             if "hiphop" not in f}
    groups = {"corpus": list(truth)}
    if shutil.which("mma") and shutil.which("fluidsynth") and os.path.exists(font):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            rendered = list(pool.map(lambda s: render(s, out, font), songs()))
        truth.update(rendered)
        groups["all keys"] = [file for file, _ in rendered]
    else:
        print("mma, fluidsynth or a sound font: not installed")
    drums = glob.glob(os.path.join(corpus, "loops", "dr_*"))
    found = keys_of(qanalyze, list(truth) + drums)

    right = 0
    print("set        songs  right  fifth  relative  parallel  other  none  score")
    for name, files in groups.items():
        verdicts = [verdict(found[f][0], truth[f]) for f in files]
        count = collections.Counter(v for v, _ in verdicts)
        right += count["right"]
        print("%-9s  %5d  %5d  %5d  %8d  %8d  %5d  %4d  %.3f" % (
            name, len(files), *(count[v] for v in (
                "right", "fifth", "relative", "parallel", "other", "none")),
            sum(s for _, s in verdicts) / max(1, len(files))))
    for low, high in ((0, 0.4), (0.4, 0.8), (0.8, 1.01)):
        sure = [verdict(found[f][0], truth[f])[0] == "right" for f in truth
                if found[f][0] and low <= found[f][1] < high]
        print("confidence %.1f to %.1f: %d of %d right" % (low, min(high, 1), sum(sure), len(sure)))
    keyed = sum(found[f][0] is not None for f in drums)
    print("drum loops with a key: %d of %d" % (keyed, len(drums)))
    sys.exit(keyed > 0 or right < 0.85 * len(truth))


main()
