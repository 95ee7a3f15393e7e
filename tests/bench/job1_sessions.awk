# One mix, in five languages: ours, ecasound's, csound's, ffmpeg's, SuperCollider's.
#
#   awk -v n=8 -v seconds=180 -v stems=FOLDER -v out=FOLDER -f job1_sessions.awk
#
# A track: low shelf, two bells, high shelf; stereo-linked compressor; gain and pan; a post-fader send
# to one reverb. The master: two bands, compressor, limiter at -1 dB. The numbers below are each
# peer's, as far as its plugins go; its reverb and limiter are the ones that come with it.

function db(x) { return exp(x * log(10) / 20) }

# Sets the globals of track i (from 0).
function track(i) {
    file = sprintf("%s/stem%03d.wav", stems, i)
    gain = -6 - 10 * log(n) / log(10) + i % 3
    pan = ((i * 7) % 13 - 6) / 8
    send = -14 - i % 4
    type[1] = "low-shelf";  f[1] = 90 + 10 * (i % 6);    g[1] = 1.5 - 0.5 * (i % 5); q[1] = 0.7
    type[2] = "bell";       f[2] = 300 + 40 * (i % 7);   g[2] = -3;                  q[2] = 1
    type[3] = "bell";       f[3] = 2400 + 150 * (i % 9); g[3] = 2;                   q[3] = 1.2
    type[4] = "high-shelf"; f[4] = 8500 + 200 * (i % 5); g[4] = 1.5;                 q[4] = 0.7
    bands = 4; thr = -24; ratio = 3; att = 8; rel = 120; knee = 4
    left = db(gain) * (pan > 0 ? 1 - pan : 1)
    right = db(gain) * (pan < 0 ? 1 + pan : 1)
}

function master() {
    type[1] = "bell";       f[1] = 70;    g[1] = 1; q[1] = 0.8
    type[2] = "high-shelf"; f[2] = 10000; g[2] = 1; q[2] = 0.7
    bands = 2; thr = -14; ratio = 2; att = 20; rel = 200; knee = 4
}

# ---- ours ----

function our_chain(  b, s) {
    s = "[{eq: {bands: ["
    for (b = 1; b <= bands; b++)
        s = s sprintf("%s{type: %s, freq: %g, gain: %g, q: %g}", b > 1 ? ", " : "", type[b], f[b], g[b], q[b])
    return s sprintf("]}}, {compressor: {threshold: %g, ratio: %g, attack: %g, release: %g, knee: %g}}",
                     thr, ratio, att, rel, knee)
}

function ours(path,  i) {
    print "qmix: 1\ntitle: job 1\nrate: 48000\ntempo: 120\ntail: 0 s\nsources:" > path
    for (i = 0; i < n; i++) {
        track(i)
        printf "  t%03d:\n    clip: {sound: \"%s\", at: 1}\n    inserts: %s]\n", i, file, our_chain() > path
        printf "    fader: {gain: %g, pan: %g}\n    sends: [{bus: hall, level: %g}]\n", gain, pan, send > path
    }
    master()
    print "buses:\n  hall: {inserts: [{reverb: {decay: 1.8, damping: 0.4, mix: 1}}], fader: {gain: -3}}" > path
    printf "master:\n  inserts: %s, {limiter: {ceiling: -1, lookahead: 5, release: 60}}]\n", our_chain() > path
}

# ---- ecasound: LADSPA plugins of caps and swh; four channels a track, the send is the second pair ----

function eca_chain(  b, s) {
    s = " -el:Eq4p"
    for (b = 1; b <= 4; b++)
        s = s (b > bands ? ",1,1000,0.25,0" : sprintf(",%d,%g,%g,%g", type[b] == "low-shelf" ? 0 : \
               type[b] == "bell" ? 1 : 2, f[b], q[b] / 2, g[b]))
    return s sprintf(" -el:sc4,0,%g,%g,%g,%g,%g,0", att, rel, thr, ratio, knee)
}

function ecasound(path, wav,  i, all) {
    print "-b:1024 -z:nodb -z:mixmode,sum -q -t:" seconds > path
    for (i = 0; i < n; i++) {
        track(i)
        all = all (i ? "," : "") "t" i
        printf "-a:t%d -i:%s%s -eac:%g,1 -eac:%g,2 -chcopy:1,3 -chcopy:2,4 -eac:%g,3 -eac:%g,4\n", i, file, \
            eca_chain(), 100 * left, 100 * right, 100 * db(send), 100 * db(send) > path
    }
    print "-f:f32_le,4,48000 -a:" all " -o:loop,1" > path
    print "-a:dry,wet -i:loop,1 -a:dry -chmute:3 -chmute:4" > path
    print "-a:wet -chmove:3,1 -chmove:4,2 -el:PlateX2,0.7,0.5,0.4,1 -ea:70" > path
    print "-f:f32_le,2,48000 -a:dry,wet -o:loop,2" > path
    master()
    printf "-a:master -i:loop,2%s -el:fastLookaheadLimiter,0,-1,0.06 -f:s24_le,2,48000 -o:%s\n", \
        eca_chain(), wav > path
}

# ---- csound: one instrument, a note a track ----

function csound(path,  i, b, c) {
    print "<CsoundSynthesizer>\n<CsInstruments>\nsr = 48000\nksmps = 64\nnchnls = 2\n0dbfs = 1" > path
    print "gaL init 0\ngaR init 0\ngaSL init 0\ngaSR init 0\n" > path
    print "instr 1 ; p4 file, p5 p6 gains, p7 send, p8.. four times freq and gain" > path
    print "a1, a2 diskin2 p4, 1" > path
    track(0)
    for (b = 1; b <= 4; b++)
        for (c = 1; c <= 2; c++)
            printf "a%d rbjeq a%d, p%d, p%d, %g, 1, %d\n", c, c, 6 + 2 * b, 7 + 2 * b, q[b], \
                type[b] == "low-shelf" ? 10 : type[b] == "bell" ? 8 : 12 > path
    csound_squeeze(path)
    print "a1 = a1 * p5\na2 = a2 * p6\ngaL += a1\ngaR += a2\ngaSL += a1 * p7\ngaSR += a2 * p7\nendin\n" > path
    print "instr 2\naW1, aW2 reverbsc gaSL, gaSR, 0.82, 9000" > path
    print "a1 = gaL + 0.7 * aW1\na2 = gaR + 0.7 * aW2" > path
    master()
    for (b = 1; b <= bands; b++)
        for (c = 1; c <= 2; c++)
            printf "a%d rbjeq a%d, %g, %g, %g, 1, %d\n", c, c, f[b], db(g[b]), q[b], \
                type[b] == "bell" ? 8 : 12 > path
    csound_squeeze(path)
    print "aKey = max(abs(a1), abs(a2))" > path
    print "a1 compress2 a1, aKey, -90, -1.2, -1, 100, 0.001, 0.06, 0.005" > path
    print "a2 compress2 a2, aKey, -90, -1.2, -1, 100, 0.001, 0.06, 0.005" > path
    print "outs a1, a2\nclear gaL, gaR, gaSL, gaSR\nendin\n</CsInstruments>\n<CsScore>" > path
    for (i = 0; i < n; i++) {
        track(i)
        printf "i1 0 %g \"%s\" %g %g %g", seconds, file, left, right, db(send) > path
        for (b = 1; b <= 4; b++)
            printf " %g %g", f[b], db(g[b]) > path
        print "" > path
    }
    print "i2 0 " seconds "\ne\n</CsScore>\n</CsoundSynthesizer>" > path
}

function csound_squeeze(path,  c) {
    print "aKey = max(abs(a1), abs(a2))" > path
    for (c = 1; c <= 2; c++)
        printf "a%d compress2 a%d, aKey, -90, %g, %g, %g, %g, %g, 0\n", c, c, thr - knee / 2, \
            thr + knee / 2, ratio, att / 1000, rel / 1000 > path
}

# ---- ffmpeg: a filter graph; the reverb is a convolution ----

function ff_chain(  b, s) {
    for (b = 1; b <= bands; b++)
        s = s sprintf("%s=f=%g:t=q:w=%g:g=%g,", type[b] == "low-shelf" ? "lowshelf" : \
                      type[b] == "bell" ? "equalizer" : "highshelf", f[b], q[b], g[b])
    return s sprintf("acompressor=threshold=%g:ratio=%g:attack=%g:release=%g:knee=%g:link=maximum:detection=peak", \
                     db(thr), ratio, att, rel, db(knee))
}

function ffmpeg(graph, inputs,  i, dry, wet, weights) {
    for (i = 0; i < n; i++) {
        track(i)
        print "-i " file > inputs
        printf "[%d:a]%s,pan=stereo|c0=%g*c0|c1=%g*c1,asplit[d%d][s%d];\n", i, ff_chain(), left, right, i, i > graph
        dry = dry "[d" i "]"
        wet = wet "[s" i "]"
        weights = weights (i ? " " : "") sprintf("%g", db(send))
    }
    print "-i " stems "/ir.wav" > inputs
    printf "%samix=inputs=%d:normalize=0:weights=%s[w];\n", wet, n, weights > graph
    printf "[w][%d:a]afir=dry=1:wet=1:gtype=none[r];\n", n > graph
    master()
    printf "%s[r]amix=inputs=%d:normalize=0:duration=first,%s,alimiter=level=0:limit=%g:attack=5:release=60[out]\n", \
        dry, n + 1, ff_chain(), db(-1) > graph
}

# ---- SuperCollider: sclang makes the score, untimed; scsynth plays it ----

function sc(path, osc,  i, b) {
    print "(\nvar squeeze = { |s, thr, ratio, att, rel| Compander.ar(s, s[0].abs.max(s[1].abs), thr.dbamp, 1," > path
    print "    ratio.reciprocal, att * 0.001, rel * 0.001) };" > path
    print "var score, track, hall, master;" > path
    track(0)
    print "track = SynthDef(\\track, { |buf, left, right, send, f1, g1, f2, g2, f3, g3, f4, g4|" > path
    print "    var s = DiskIn.ar(2, buf);" > path
    print "    s = BLowShelf.ar(s, f1, 1, g1);" > path
    printf "    s = BPeakEQ.ar(s, f2, %g, g2);\n    s = BPeakEQ.ar(s, f3, %g, g3);\n", 1 / q[2], 1 / q[3] > path
    printf "    s = BHiShelf.ar(s, f4, 1, g4);\n    s = squeeze.(s, %g, %g, %g, %g) * [left, right];\n", \
        thr, ratio, att, rel > path
    print "    Out.ar(16, s);\n    Out.ar(18, s * send);\n}, rates: (\\ir ! 12));" > path
    print "hall = SynthDef(\\hall, { var s = In.ar(18, 2); Out.ar(16, 0.7 * FreeVerb2.ar(s[0], s[1], 1, 0.7, 0.4)) });" > path
    master()
    print "master = SynthDef(\\master, {\n    var s = In.ar(16, 2);" > path
    printf "    s = BPeakEQ.ar(s, %g, %g, %g);\n    s = BHiShelf.ar(s, %g, 1, %g);\n", f[1], 1 / q[1], g[1], f[2], g[2] > path
    printf "    Out.ar(0, Limiter.ar(squeeze.(s, %g, %g, %g, %g), -1.dbamp, 0.005));\n});\n", thr, ratio, att, rel > path
    print "score = List[];\n[track, hall, master].do { |d| score.add([0.0, [\\d_recv, d.asBytes]]) };" > path
    for (i = 0; i < n; i++) {
        track(i)
        printf "score.add([0.0, [\\b_alloc, %d, 32768, 2]]);\n", i > path
        printf "score.add([0.0, [\\b_read, %d, \"%s\", 0, 32768, 0, 1]]);\n", i, file > path
        printf "score.add([0.0, [\\s_new, \\track, %d, 1, 0, \\buf, %d, \\left, %g, \\right, %g, \\send, %g", \
            2000 + i, i, left, right, db(send) > path
        for (b = 1; b <= 4; b++)
            printf ", \\f%d, %g, \\g%d, %g", b, f[b], b, g[b] > path
        print "]]);" > path
    }
    print "score.add([0.0, [\\s_new, \\hall, 1000, 1, 0]]);\nscore.add([0.0, [\\s_new, \\master, 1001, 1, 0]]);" > path
    printf "score.add([%g, [\\c_set, 0, 0]]);\nScore.write(score.asArray, \"%s\", TempoClock.default);\n0.exit;\n)\n", \
        seconds, osc > path
}

BEGIN {
    ours(out "/ours.yaml")
    ecasound(out "/mix.ecs", out "/ecasound.wav")
    csound(out "/mix.csd")
    ffmpeg(out "/mix.graph", out "/mix.inputs")
    sc(out "/mix.scd", out "/mix.osc")
}
