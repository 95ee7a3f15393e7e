# A random valid session, from the tables that `qrender --describe` prints: what a new processor
# offers is tried at once.
#
#   awk -v seed=1 -v rates="48000 44100" -v sounds="kick hat" -v pool="kick: kick.wav, hat: hat.flac" \
#       -v modulators="lfo macro" \
#       -f random.awk DESCRIPTIONS >session.yaml
#
# A strip feeds and is keyed by strips of one direction only, so no route is a circle. Chains are
# drawn from a few shapes, so that strips form gangs. MINSTD, because the rand() of awks differ.

function draw() { state = state * 16807 % 2147483647; return state / 2147483647 }
function below(n) { return int(draw() * n) }
function chance(p) { return draw() < p }
function one_of(list,  w, n) { n = split(list, w, " "); return w[1 + below(n)] }
function between(low, high) {
    if (chance(0.1)) return chance(0.5) ? low : high
    if (low > 0 && high / low >= 20) return sprintf("%.4g", low * exp(draw() * log(high / low)))
    return sprintf("%.4g", low + draw() * (high - low))
}

# --- tables

/^[a-z]+: (up to|a list of 1 to) [0-9]+, each/ {
    group = "band."
    sub(/.*(up to|a list of 1 to) /, "")
    most[unit] = $1 + 0
    next
}
/^[a-z][a-z0-9-]*: / { unit = $1; sub(":", "", unit); unit_at[++n_units] = unit; group = ""; next }
/^  key .*the strip/ { is_keyed[unit]; next }
/^  [a-z]/ { param = $1; next }
/^                   / {
    key = unit "." group param
    sub(/^ +/, "")
    fixed = sub(/; fixed for a render$/, "")
    if ($0 == "the strip that is listened to") next
    if (sub(/[;,] default .*$/, "") == 0) next
    if (/^yes or no/) kind[key] = "yes no"
    else if (/ to /) { low[key] = $1 + 0; high[key] = $3 + 0; kind[key] = /, whole$/ ? "whole" : "number" }
    else { gsub(/,/, ""); kind[key] = $0 }
    params[unit, group != "", ++n_params[unit, group != ""]] = param
    if (fixed) stays[key]
}

function value(key) {
    if (key ~ /^sampler\.(start|end|loop|attack)/ || key ~ /\.(attack|crossfade|release)$/)
        return between(low[key], low[key] + (high[key] - low[key]) * 0.002 + 0.01)
    if (kind[key] == "whole") return low[key] + below(high[key] - low[key] + 1)
    if (key == "tone.freq" && chance(0.3)) return between(20000, 20000)
    if (key ~ /^(reverb.decay)$/) return between(0.1, 2)
    if (key == "gain.gain" || key ~ /\.(level|makeup)$/) return between(-24, 6)
    return kind[key] == "number" ? between(low[key], high[key]) : one_of(kind[key])
}

# Some of a unit's parameters, and whether they can move.
function some(unit, grouped, address, p,  i, s, key) {
    for (i = 1; i <= n_params[unit, grouped]; i++) {
        key = unit "." (grouped ? "band." : "") params[unit, grouped, i]
        if (!(key in stays)) addresses[++n_addresses] = address "." params[unit, grouped, i] "=" key
        if (chance(p)) s = s (s == "" ? "" : ", ") params[unit, grouped, i] ": " value(key)
    }
    return s
}

# --- parts of a strip

function insert(strip, shape, n, slot,  unit, bands, keyed, s, b, list, count) {
    count = split(shape, list, "/")
    unit = list[1]; bands = list[2]; keyed = list[3]
    s = some(unit, 0, strip "." slot, 0.5)
    if (bands != "") {
        s = s (s == "" ? "" : ", ") "bands: ["
        for (b = 1; b <= bands; b++)
            s = s (b > 1 ? ", " : "") "{" some(unit, 1, strip "." slot "." b, 0.7) "}"
        s = s "]"
    }
    if (keyed && n > 1) s = s (s == "" ? "" : ", ") "key: " name[1 + below(n - 1)]
    if (chance(0.1)) s = s (s == "" ? "" : ", ") "bypass: yes"
    return "{" unit ": {" s (s == "" ? "" : ", ") "name: " slot "}}"
}
function chain(strip, n,  w, count, i, s) {
    count = split(shapes[1 + below(n_shapes)], w, " ")
    for (i = 1; i <= count; i++) s = s (i > 1 ? ", " : "") insert(strip, w[i], n, "i" i)
    return "[" s "]"
}
function shape(  s, n, unit) {
    for (n = below(4); n > 0; n--) {
        unit = one_of(inserts)
        s = s " " unit "/" (unit in most ? 1 + below(most[unit] < 5 ? most[unit] : 5) : "") "/" (unit in is_keyed ? below(2) : "")
    }
    return s
}
function mix(n, is_bus, is_master,  i, s, used, bus) {
    printf "    inserts: %s\n", chain(name[n], n)
    printf "    fader: {gain: %s, pan: %s, width: %s%s%s%s}\n", between(-20, 3), between(-1, 1), between(0, 2),
        chance(0.05) ? ", mute: yes" : "", !is_master && chance(solo) ? ", solo: yes" : "",
        !is_master && chance(0.2) ? ", solo-safe: yes" : ""
    addresses[++n_addresses] = name[n] ".fader.gain=fader.gain"
    addresses[++n_addresses] = name[n] ".fader.pan=fader.pan"
    addresses[++n_addresses] = name[n] ".fader.width=fader.width"
    addresses[++n_addresses] = name[n] ".fader.mute=fader.mute"
    if (is_master) return
    if (is_bus && chance(0.15)) printf "    output: %d-%d\n", 2 * n_outputs + 1, 2 * ++n_outputs
    else if (n < n_strips && chance(0.5)) {
        bus = n_sources + 1 + below(n_buses)
        if (bus > n) printf "    to: %s\n", name[bus]
    }
    for (i = n_sources + 1; i < n_strips; i++) {
        if (i <= n || !chance(0.3)) continue
        s = s (s == "" ? "" : ", ") "{bus: " name[i] ", level: " between(-30, 0) ", tap: " one_of("pre post") "}"
        addresses[++n_addresses] = name[n] ".send." name[i] "=send.level"
    }
    if (s != "") printf "    sends: [%s]\n", s
}
function position() { return chance(0.5) ? (1 + below(2)) "." (1 + below(4)) "." (1 + below(4)) : below(seconds * 1000) " ms" }
function frames() { return below(seconds * rate) " samples" }
function clip(  s) {
    s = "{sound: " one_of(sounds) ", at: " (chance(0.5) ? position() : frames())
    if (chance(0.5)) s = s ", from: " frames()
    if (chance(0.7)) s = s ", length: " frames()
    if (chance(0.5)) s = s ", fade-in: " frames()
    if (chance(0.5)) s = s ", fade-out: " frames()
    if (chance(0.7)) s = s ", gain: " between(-20, 3)
    return s "}"
}
function source(n,  unit, i, count) {
    unit = one_of("clip clip sampler tone click")
    printf "  %s:\n", name[n]
    if (unit == "clip") {
        printf "    clips:\n"
        for (count = 1 + below(chance(0.2) ? 30 : 3); count > 0; count--) printf "      - %s\n", clip()
    } else if (unit == "sampler")
        printf "    sampler: {sound: %s%s}\n", one_of(sounds), (i = some(unit, 0, name[n] "." unit, 0.3)) == "" ? "" : ", " i
    else printf "    %s: {%s}\n", unit, some(unit, 0, name[n] "." unit, 0.4)
    if (unit != "clip") playable[++n_playable] = name[n]
    mix(n, 0, 0)
}

# --- time

function track(n,  i, s) {
    if (chance(0.3)) return sprintf("{euclid: [%d, %d, %d], nudge: {1: %d samples}}", 1 + below(5), 5 + below(12), below(5), below(200))
    for (i = 1 + below(16); i > 0; i--)
        s = s (n % 2 ? one_of("X x . .") : one_of("C4 A3 Eb2 G5 . .") " ")
    if (s !~ /[A-Gx]/ && n % 2) s = "x" s
    if (s !~ /[A-G]/ && n % 2 == 0) s = "C4 " s
    return n % 2 ? "\"" s "\"" : "{notes: \"" s "\"}"
}
function lane(address,  at, key, t, i, count, seen) {
    at = index(address, "=")
    key = substr(address, at + 1)
    address = substr(address, 1, at - 1)
    if (address in done) return
    done[address]
    printf "  %s:\n", address
    count = 1 + below(chance(0.1) ? 40 : 5)
    for (i = 1; i <= count; i++) {
        t += below(chance(0.3) ? 300 : seconds * rate / count)
        printf "    - {at: %d samples, value: %s", t, value(key)
        if (kind[key] == "number") printf ", curve: %s", one_of("linear linear exp hold")
        printf "}\n"
    }
}

# Where a parameter acts, among the strips: a send in its bus.
function acts_in(address,  w) {
    split(address, w, ".")
    return index_of[w[2] == "send" ? w[3] : w[1]]
}
function target(unit, heard,  tries, address, key, at) {
    for (tries = 0; tries < 50; tries++) {
        address = addresses[1 + below(n_movable)]
        at = index(address, "=")
        key = substr(address, at + 1)
        address = substr(address, 1, at - 1)
        if (kind[key] == "number" && acts_in(address) > heard) break
    }
    if (tries == 50) { address = "master.fader.gain"; key = "fader.gain" }
    if (chance(0.7)) return "{param: " address ", amount: " between(-1, 1) "}"
    return "{param: " address ", from: " value(key) ", to: " value(key) ", curve: " one_of("linear exp") "}"
}
function modulator(n,  unit, s, i, heard, count) {
    unit = one_of(modulators)
    s = some(unit, 0, "m" n "." unit, 0.5)
    if (unit == "envelope") heard = 1 + below(n_strips - 1)
    if (unit == "adsr") heard = 1 + below(n_sources)
    if (heard) s = s (s == "" ? "" : ", ") "strip: " name[heard]
    if (unit == "steps") {
        s = s (s == "" ? "" : ", ") "values: ["
        for (i = 1 + below(8); i > 0; i--) {
            s = s value("steps.band.value") (i > 1 ? ", " : "]")
            addresses[++n_addresses] = "m" n ".steps." i ".value=steps.band.value"
        }
    }
    printf "  m%d:\n    %s: {%s}\n    to:\n", n, unit, s
    for (count = 1 + below(4); count > 0; count--)
        printf "      - %s\n", target(unit, unit == "envelope" ? heard : 0)
}

END {
    state = seed * 7919 + 17
    for (i = 0; i < 10; i++) draw()
    kind["fader.gain"] = kind["fader.pan"] = kind["fader.width"] = kind["send.level"] = "number"
    low["fader.gain"] = low["send.level"] = -120; high["fader.gain"] = high["send.level"] = 6
    low["fader.pan"] = -1; high["fader.pan"] = 1; low["fader.width"] = 0; high["fader.width"] = 2
    kind["fader.mute"] = "yes no"
    for (i = split("clip sampler tone click " modulators, w, " "); i > 0; i--) is_no_insert[w[i]]
    for (i = 1; i <= n_units; i++) if (!(unit_at[i] in is_no_insert)) inserts = inserts " " unit_at[i]
    seconds = 2
    rate = one_of(rates)
    solo = chance(0.2) ? 0.2 : 0
    n_outputs = 1
    n_shapes = 1 + below(4)
    for (i = 1; i <= n_shapes; i++) shapes[i] = shape()
    n_sources = 1 + below(chance(0.2) ? 40 : 8)
    n_buses = below(5)
    n_strips = n_sources + n_buses + 1
    for (i = 1; i < n_strips; i++) name[i] = i <= n_sources ? "s" i : "b" (i - n_sources)
    name[n_strips] = "master"
    for (i = 1; i <= n_strips; i++) index_of[name[i]] = i
    printf "qmix: 1\nseed: %d\nrate: %d\n", seed, rate
    printf "tempo: [{at: 1, bpm: %s}, {at: 1.3, bpm: %s, ramp: %s}]\n", between(60, 200), between(60, 400), one_of("yes no")
    printf "meter: [{at: 1, meter: %s}, {at: 2, meter: %s}]\n", one_of("4/4 3/4 7/8"), one_of("4/4 5/8 6/8")
    if (chance(0.3)) printf "tail: %s\n", one_of("0.3s 100ms 777samples")
    printf "sounds: {%s}\nsources:\n", pool
    for (i = 1; i <= n_sources; i++) source(i)
    if (n_buses) printf "buses:\n"
    for (i = n_sources + 1; i < n_strips; i++) { printf "  %s:\n", name[i]; mix(i, 1, 0) }
    printf "master:\n"
    mix(n_strips, 1, 1)
    if (n_playable) {
        printf "patterns:\n  p:\n    step: %s\n    swing: %d\n    tracks:\n", one_of("1/16 1/8 1/12 1/7"), 50 + below(26)
        for (i = 1; i <= n_playable; i++) if (i == 1 || chance(0.7)) printf "      %s: %s\n", playable[i], track(i)
        printf "arrangement:\n  - {at: 1, pattern: p, for: %d bars}\n", 1 + below(2)
        if (chance(0.5)) printf "  - {at: %s, pattern: p}\n", position()
    }
    n_movable = n_addresses
    if (modulators != "" && chance(0.7)) {
        printf "modulators:\n"
        for (i = 1 + below(6); i > 0; i--) modulator(i)
    }
    printf "automation:\n"
    for (i = 1 + below(chance(0.3) ? 100 : 8); i > 0; i--) lane(addresses[1 + below(n_addresses)])
}
