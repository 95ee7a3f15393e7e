"""Mixes songs by qmix and measures what came out: see mix.sh."""
import glob, json, math, os, re, statistics, struct, subprocess, sys

# The first of these words in a song's genre tells its template.
TEMPLATES = [("techno", "techno"), ("rave", "techno"), ("house", "house"), ("dance", "edm"),
             ("electro", "edm"), ("ambient", "ambient"), ("hip-hop", "hiphop"), ("metal", "metal"),
             ("chiptune", "rock"), ("surf", "rock"), ("rock", "rock"), ("jazz", "jazz"),
             ("blues", "jazz"), ("marabi", "jazz"), ("big band", "jazz"), ("folk", "acoustic"),
             ("pop", "pop"), ("funk", "pop")]
LEVEL_LU, MOVED_LU = 0.5, 0.5
BAND_DB = 3.05  # 3, and what frequencies and gains are rounded by
MONO_LOSS_DB, CORRELATION, SIDE_LOW_DB = 1.5, 0.2, -20.0
LOUDNESS_LU, PEAK_DB = 0.05, 0.05
MASKING_MEDIAN, CLOSER = 25.0, 0.9


class Tools:
    def __init__(self, build, out):
        self.build, self.out = build, out

    def run(self, tool, *arguments, codes=(0,)):
        command = [f"{self.build}/{tool}", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode not in codes:
            raise RuntimeError(f"{' '.join(command[:3])} ...: {done.stderr.strip()[-300:]}")
        return done

    def mix(self, name, stems, *arguments):
        """The lines of --json by what they are."""
        path = f"{self.out}/{name}"
        done = self.run("qmix", *stems, "--json", "--no-cache", "-o", path + ".wav", "--log", path + ".log",
                        "--session-out", path + ".yaml", *arguments, codes=(0, 1))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {"head": lines[0], "outcome": lines[-1],
                "decisions": [x for x in lines if "rule" in x],
                "strips": {x["strip"]: x for x in lines if "role" in x}}

    def measure(self, file, curve):
        return json.loads(self.run("qanalyze", "--json", "--fine-peak", "--curve", curve, "--features",
                                   "loudness,peak,spectrum,stereo", file).stdout)


def template_of(genre):
    words = (genre or "").lower()
    return next((template for word, template in TEMPLATES if word in words), "base")


def stems_of(song):
    return [f for f in sorted(glob.glob(song + "/*.wav")) if os.path.basename(f) != "mix.wav"]


def curve_of(template, folder):
    while template:
        text = open(f"{folder}/mix/{template}.yaml").read()
        found = re.search(r"^curve: *(\S+)", text, re.M)
        if found:
            return found.group(1)
        base = re.search(r"^base: *(\S+)", text, re.M)
        template = base.group(1) if base else None
    return "pink"


def plain_sum(tools, name, stems):
    """All stems as they are, added up."""
    path = f"{tools.out}/{name}.plain"
    with open(path + ".yaml", "w") as file:
        file.write("qmix: 1\nrate: 48000\nsources:\n")
        for i, stem in enumerate(stems):
            file.write(f"  s{i}: {{clip: {{sound: {json.dumps(os.path.abspath(stem))}, at: 1}}}}\n")
    tools.run("qrender", path + ".yaml", "-q", "-b", "32f", "-o", path + ".wav")
    return path + ".wav"


def floats(file, at_s, length_s):
    """Middle of a 24-bit stereo file, by sox."""
    raw = subprocess.run(["sox", file, "-t", "f32", "-c", "1", "-", "trim", f"{max(at_s, 0):.4f}",
                          f"{length_s:.4f}"], capture_output=True).stdout
    return struct.unpack(f"<{len(raw) // 4}f", raw)


def jump(samples):
    """The largest second difference: what a click has, and music seldom."""
    return max((abs(a - 2 * b + c) for a, b, c in zip(samples, samples[1:], samples[2:])), default=0)


def clicks(file, decisions):
    """Places of automation where there is a jump as nowhere around."""
    places = {float(m.group(1)) for d in decisions if (m := re.search(r"@([\d.]+)s$", d["target"]))}
    return sum(1 for at in sorted(places)
               if jump(floats(file, at - 0.002, 0.004)) > 1.5 * max(jump(floats(file, at - 0.5, 0.49)),
                                                                    jump(floats(file, at + 0.01, 0.49)), 1e-3))


def stem_errors(tools, name, mix):
    """How far each strip is from what was wanted, measured behind its fader in a render."""
    folder = f"{tools.out}/{name}.stems"
    tools.run("qrender", f"{tools.out}/{name}.yaml", "-q", "--stems", folder, "-o", "/dev/null")
    errors = {}
    for strip, row in mix["strips"].items():
        if not row["heard"] or row["wanted"] is None:
            continue
        found = json.loads(tools.run("qanalyze", "--json", "--features", "loudness", f"{folder}/{strip}.wav").stdout)
        if found["loudness"]["integrated"] is not None:
            errors[strip] = found["loudness"]["integrated"] - row["wanted"]
    subprocess.run(["rm", "-rf", folder])
    return errors


def band_db(shape, freq, gain, q, hz):
    """Gain of a band of the equaliser in dB, from the prototypes of the cookbook (RBJ)."""
    s, tilt = 1j * hz / freq, shape == "tilt"
    a = 10 ** (gain * (2 if tilt else 1) / 40)
    if shape == "bell":
        h = (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1)
    elif shape == "low-shelf":
        h = a * (s * s + s * a ** 0.5 / q + a) / (a * s * s + s * a ** 0.5 / q + 1)
    elif shape in ("high-shelf", "tilt"):
        h = a * (a * s * s + s * a ** 0.5 / q + 1) / (s * s + s * a ** 0.5 / q + a)
    else:
        raise ValueError(shape)
    return 20 * math.log10(abs(h)) - (gain if tilt else 0)


def unmask_gains(decisions):
    """The most that what unmasking gave one strip does to it at any frequency."""
    bands = {}
    for d in decisions:
        if d["rule"] == "masking.unmask" and (m := re.match(r"(.*\.eq\.\d+)\.(\w+)$", d["target"])):
            bands.setdefault(m.group(1), {})[m.group(2)] = d["value"].split()[0]
    curves = {}
    for address, band in bands.items():
        shape, freq, gain, q = band["type"], float(band["freq"]), float(band["gain"]), float(band["q"])
        curve = [band_db(shape, freq, gain, q, 20 * 2 ** (i / 12)) for i in range(121)]
        strip = address.rsplit(".eq.", 1)[0]
        curves[strip] = [x + y for x, y in zip(curves.get(strip, [0] * 121), curve)]
    return max((abs(x) for curve in curves.values() for x in curve), default=0)


def evaluate(tools, song, folder):
    truth = json.load(open(song + "/truth.json"))
    name, stems = os.path.basename(song), stems_of(song)
    template = template_of(truth.get("genre"))
    curve = curve_of(template, folder)
    mix = tools.mix(name, stems, "--template", template)
    level = tools.mix(name + ".level", stems, "--template", template, "--set", "masking=off")
    file = f"{tools.out}/{name}.wav"
    after, before = tools.measure(file, curve), tools.measure(plain_sum(tools, name, stems), curve)
    errors = stem_errors(tools, name, mix)
    tools.run("qrender", f"{tools.out}/{name}.yaml", "-q", "-o", f"{tools.out}/{name}.again.wav")
    same = open(file, "rb").read() == open(f"{tools.out}/{name}.again.wav", "rb").read()
    moved = [abs(mix["strips"][s]["loudness"] - level["strips"][s]["loudness"]) for s in mix["strips"]
             if mix["strips"][s]["loudness"] is not None and level["strips"][s]["loudness"] is not None]
    low = [d for d in mix["decisions"] if d["target"].endswith(".fader.pan")
           and mix["strips"].get(d["target"].split(".")[0], {}).get("role") in ("kick", "bass", "sub")
           and float(d["value"]) != 0]
    m0, m1 = level["outcome"]["masking"], mix["outcome"]["masking"]
    h0, h1 = level["outcome"]["masking_heard"], mix["outcome"]["masking_heard"]
    row = {"song": name, "template": template, "stems": len(stems),
           "off": max(map(abs, errors.values()), default=0),
           "masking": 100 * (m1 / m0 - 1) if m0 else 0, "heard": 100 * (h1 / h0 - 1) if h0 else 0,
           "moved": max(moved, default=0), "band": unmask_gains(mix["decisions"]),
           "mono": after["stereo"]["mono_loss_max"], "correlation": after["stereo"]["correlation"],
           "side_low": after["stereo"]["side_low"], "panned_lows": len(low),
           "before": before["spectrum"]["target_distance"], "after": after["spectrum"]["target_distance"],
           "lufs_off": after["loudness"]["integrated"] - mix["head"]["lufs"],
           "peak_over": after["peak"]["true"] - mix["head"]["ceiling"],
           "clipped": after["peak"]["clipped_runs"] + after["not_finite"],
           "clicks": clicks(file, mix["decisions"]), "same": same, "missed": mix["outcome"]["missed"],
           "decisions": len(mix["decisions"])}
    for left in glob.glob(f"{tools.out}/{name}.*"):
        if not left.endswith((".log", name + ".wav")):
            os.remove(left)
    return row


def number(value, decimals=2):
    return "-" if value is None else f"{value:.{decimals}f}"


def print_songs(rows):
    print("| song | template | stems | level off, LU | M_total, % | heard, % | moved, LU | most of a frequency, dB | mono loss, dB "
          "| correlation | side < 120 Hz, dB | distance before, dB | after, dB | loudness off, LU | peak over, dB |")
    print("|---|---|" + "--:|" * 13)
    for r in rows:
        print(f"| {r['song']} | {r['template']} | {r['stems']} | {number(r['off'])} | {number(r['masking'], 1)} "
              f"| {number(r['heard'], 1)} | {number(r['moved'])} | {number(r['band'])} | {number(r['mono'])} | {number(r['correlation'])} "
              f"| {number(r['side_low'], 1)} | {number(r['before'], 1)} | {number(r['after'], 1)} "
              f"| {number(r['lufs_off'])} | {number(r['peak_over'])} |")


def judge(rows):
    """Each promise, how it is kept, whether it is."""
    n = len(rows)
    low = lambda key, limit: sum(1 for r in rows if r[key] is None or r[key] <= limit)
    closer = sum(1 for r in rows if r["after"] < r["before"])
    median = -statistics.median(r["masking"] for r in rows)
    return [
        ("every stem within 0.5 LU of what is asked", f"{low('off', LEVEL_LU)} of {n}", low("off", LEVEL_LU) == n),
        ("M_total lowered by 25 % (median)", f"{median:.1f} %", median >= MASKING_MEDIAN),
        ("M_total raised in no song", f"{low('masking', 0)} of {n}", low("masking", 0) == n),
        ("what is masked and heard raised in no song", f"{low('heard', 0)} of {n}", low("heard", 0) == n),
        ("no stem's loudness moved by 0.5 LU", f"{low('moved', MOVED_LU)} of {n}", low("moved", MOVED_LU) == n),
        ("no frequency moved by more than 3 dB by it", f"{low('band', BAND_DB)} of {n}", low("band", BAND_DB) == n),
        ("mono loss below 1.5 dB in every octave", f"{low('mono', MONO_LOSS_DB)} of {n}", low("mono", MONO_LOSS_DB) == n),
        ("kick and bass in the middle", f"{low('panned_lows', 0)} of {n}", low("panned_lows", 0) == n),
        ("correlation 0.2 or more", f"{sum(r['correlation'] >= CORRELATION for r in rows)} of {n}",
         all(r["correlation"] >= CORRELATION for r in rows)),
        ("side below 120 Hz under -20 dB", f"{low('side_low', SIDE_LOW_DB)} of {n}", low("side_low", SIDE_LOW_DB) == n),
        ("closer to the curve than the plain sum (90 %)", f"{closer} of {n}", closer >= CLOSER * n),
        ("loudness within 0.05 LU", f"{sum(abs(r['lufs_off']) <= LOUDNESS_LU for r in rows)} of {n}",
         all(abs(r["lufs_off"]) <= LOUDNESS_LU for r in rows)),
        ("true peak at most 0.05 dB over", f"{low('peak_over', PEAK_DB)} of {n}", low("peak_over", PEAK_DB) == n),
        ("nothing clipped, no NaN, no click", f"{sum(not r['clipped'] and not r['clicks'] for r in rows)} of {n}",
         not any(r["clipped"] or r["clicks"] for r in rows)),
        ("qrender makes the same samples", f"{sum(r['same'] for r in rows)} of {n}", all(r["same"] for r in rows)),
    ]


def sox(*arguments):
    subprocess.run(["sox", "-R", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def bad_sets(tools, stems):
    """Sets of stems with something wrong, and the rule that is to notice it."""
    folder = tools.out + "/bad"
    os.makedirs(folder, exist_ok=True)
    made = {key: f"{folder}/{key}.wav" for key in
            ("silent", "hot", "clipped", "inverted", "copy", "dc", "slow", "mono", "opposite")}
    first, second = stems[0], stems[1]
    sox("-n", "-r", 48000, "-c", 2, made["silent"], "trim", 0, 20)
    sox(first, "-b", 32, "-e", "floating-point", made["hot"], "gain", 40)
    sox("-v", 30, first, made["clipped"], "gain", 0)
    sox("-v", -1, first, made["inverted"])
    sox("-v", 0.7, first, made["copy"])
    sox(first, made["dc"], "dcshift", 0.2)
    sox(first, "-r", 44100, made["slow"])
    sox(first, "-c", 1, made["mono"], "remix", 1)
    sox(second, made["opposite"], "remix", 1, "1v-1")
    some = stems[1:4]
    return [("one stem is silent", [made["silent"], *some], "check.silent"),
            ("one stem is 40 dB too hot", [made["hot"], *some], "check.hot"),
            ("one stem is clipped", [made["clipped"], *some], "check.clipped"),
            ("a duplicate of opposite polarity", [first, made["inverted"], *some], "check."),
            ("a copy, 3 dB softer", [first, made["copy"], *some], "check.duplicate"),
            ("a DC offset", [made["dc"], *some], "check.dc"),
            ("another rate", [made["slow"], *some], "check.rate"),
            ("mono among stereo", [made["mono"], *some], None),
            ("sides of opposite polarity", [made["opposite"], *some], "check.channels"),
            ("one stem", [first], None),
            ("200 stems", [first, *([second] * 0)] + linked(folder, stems, 199), None)]


def linked(folder, stems, count):
    """Many names for a few files, cut differently so that they are no copies."""
    names = []
    for i in range(count):
        name = f"{folder}/many{i:03d}.wav"
        sox(stems[i % len(stems)], name, "trim", 0.05 * (i // len(stems)), 6)
        names.append(name)
    return names


def evaluate_bad(tools, stems):
    print("\n| stems | noticed | loudness off, LU | peak over, dB | |\n|---|---|--:|--:|---|")
    good = True
    for what, files, rule in bad_sets(tools, stems):
        mix = tools.mix("bad", files)
        after = json.loads(tools.run("qanalyze", "--json", "--fine-peak", "--features", "loudness,peak",
                                     tools.out + "/bad.wav").stdout)
        noticed = sorted({d["rule"] for d in mix["decisions"] if d["stage"] == "check"})
        off = after["loudness"]["integrated"] - mix["head"]["lufs"]
        over = after["peak"]["true"] - mix["head"]["ceiling"]
        sane = (abs(off) <= LOUDNESS_LU or mix["outcome"]["missed"]) and over <= PEAK_DB \
            and not after["not_finite"] and (rule is None or any(r.startswith(rule) for r in noticed))
        good = good and sane
        print(f"| {what} | {', '.join(noticed) or '-'} | {off:.2f} | {over:.2f} | {'sane' if sane else 'NOT SANE'} |")
    subprocess.run(["rm", "-rf", tools.out + "/bad"])
    return good


def main():
    build, corpus, out = sys.argv[1:4]
    tools = Tools(build, out)
    folder = os.environ.get("QMIX_TEMPLATES", build + "/../templates")
    only = os.environ.get("SONGS", "").split()
    rows = []
    for song in sorted(glob.glob(corpus + "/multitracks/*/")):
        song = song.rstrip("/")
        if not only or os.path.basename(song) in only:
            print(os.path.basename(song), file=sys.stderr)
            rows.append(evaluate(tools, song, folder))
    print_songs(rows)
    print("\n| promise | kept | |\n|---|---|---|")
    verdicts = judge(rows)
    for promise, kept, good in verdicts:
        print(f"| {promise} | {kept} | {'yes' if good else 'NO'} |")
    sane = evaluate_bad(tools, stems_of(sorted(glob.glob(corpus + "/multitracks/*/"))[1].rstrip("/")))
    sys.exit(0 if sane and all(good for _, _, good in verdicts) else 1)


main()
