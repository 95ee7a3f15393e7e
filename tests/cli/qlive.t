#!/bin/bash
# qlive plays, sample for sample, what qrender writes: on JACK servers of our own without a sound
# card, whatever their period. And its callback is real-time safe: nothing in it allocates, locks
# or waits.
. tests/tap.sh

for needed in jackd sox; do
    if ! command -v $needed >/dev/null; then
        echo "1..0 # SKIP $needed is not installed"
        exit 0
    fi
done
export JACK_NO_AUDIO_RESERVATION=1 JACK_NO_START_SERVER=1
qlive=$BUILD/qlive
server= server_pid= live_pid= capture_pid=
trap 'stop $capture_pid; stop $live_pid; stop $server_pid; rm -rf "$tmp"' EXIT
trap 'exit 1' PIPE

stop() { # PID or none
    [ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null
}

start_server() { # PERIOD
    server=qmix-test-$$-$1
    jackd -r -S -n "$server" -d dummy -r 48000 -p "$1" -C 2 -P 4 >"$tmp/jackd.log" 2>&1 &
    server_pid=$!
}

# await FILE WORDS: until they are in it. Without them nothing that follows makes sense.
await() {
    for _ in $(seq 400); do
        grep -q -e "$2" "$1" 2>/dev/null && return 0
        sleep 0.05
    done
    verdict "waiting" "no '$2' in $1:
$(tail -n 5 "$1" "$tmp/live.err" "$tmp/jackd.log")"
    finish
}

# qlive with its standard input on descriptor 3
start_live() {
    rm -f "$tmp/commands"
    mkfifo "$tmp/commands"
    "$qlive" -d "$server" -v "$@" <"$tmp/commands" >"$tmp/live.out" 2>"$tmp/live.err" &
    live_pid=$!
    exec 3>"$tmp/commands"
}

# see WORD: asks for the status until it is in the answer
see() {
    for _ in $(seq 200); do
        echo status >&3
        sleep 0.05
        tail -n 1 "$tmp/live.out" | grep -q -e "$1" && return
    done
    verdict "waiting" "the status is not '$1': $(tail -n 1 "$tmp/live.out" "$tmp/live.err")"
    finish
}

# Its exit code.
end_live() {
    exec 3>&-
    wait "$live_pid"
}

start_capture() { # FRAMES freewheel|live PORT...
    : >"$tmp/capture.log"
    "$BUILD/tests/cli/jack_capture" "$server" "$1" "$tmp/capture.raw" "${@:2}" \
        >"$tmp/capture.log" 2>&1 &
    capture_pid=$!
    await "$tmp/capture.log" connected
}

# The samples of a float WAV that qrender wrote, as raw floats: FILE FRAMES CHANNELS FROM COUNT
samples_of() {
    tail -c $(($2 * $3 * 4)) "$1" | tail -c +$(($4 * $3 * 4 + 1)) | head -c $(($5 * $3 * 4))
}

# --- a song of 22 s: everything there is, on two output pairs ----------------------------------

sox -R -n -r 48000 -c 2 -b 24 "$tmp/noise.wav" synth 21 pinknoise synth sine amod 3 vol 0.5
sox -R -n -r 48000 -c 1 -b 16 "$tmp/pluck.wav" synth 0.4 pluck 220 vol 0.9
sox -R -n -r 48000 -c 1 -b 16 "$tmp/hit.wav" synth 0.2 whitenoise vol 0.9 fade l 0 0.2 0.2
cat >"$tmp/song.yaml" <<'YAML'
qmix: 1
seed: 7
tempo: 120
sounds: {noise: noise.wav, pluck: pluck.wav, hit: hit.wav}
sources:
  bed:
    clips: [{sound: noise, at: 1}]
    inserts:
      - eq: {bands: [{type: high-pass, freq: 60}, {type: bell, freq: 1000, gain: -4, q: 1}]}
      - compressor: {threshold: -24, ratio: 3, attack: 5, release: 80, key: hit}
    fader: {gain: -6, pan: -0.2}
    sends: [{bus: hall, level: -12}]
  hit:
    sampler: {sound: hit, voices: 2}
    to: drums
    sends: [{bus: cue, level: -3, tap: pre}]
  pluck:
    sampler: {sound: pluck, voices: 4}
    fader: {gain: -4, pan: 0.4}
    sends: [{bus: hall, level: -6}, {bus: cue, level: 0}]
buses:
  drums: {inserts: [{compressor: {threshold: -18, ratio: 4, attack: 10, release: 120}}]}
  hall: {inserts: [{reverb: {decay: 1.5, damping: 0.4, predelay: 12, mix: 1}}]}
  cue: {output: 3-4}
master:
  inserts:
    - eq: {bands: [{type: high-shelf, freq: 8000, gain: 1.5}]}
    - limiter: {ceiling: -1, lookahead: 5, release: 90}
patterns:
  beat:
    swing: 56
    tracks:
      hit: "X...x..xX.x.x.xx"
      pluck: {notes: "C4 . Eb4 . G4 . . Bb4 . C5 . G4"}
arrangement: [{at: 1, pattern: beat, for: 11 bars}]
automation:
  pluck.fader.gain: [{at: 1, value: -20}, {at: 4, value: -2}]
  bed.eq.2.freq: [{at: 2, value: 500}, {at: 6, value: 4000, curve: exp}]
YAML
captured=1008000 # frames
ok "qrender renders the reference" \
    "$BUILD/qrender" -q "$tmp/song.yaml" --to 12 -b 32f -o "$tmp/song.wav"
frames=$(sox --i -s "$tmp/song.wav" 2>/dev/null)
samples_of "$tmp/song.wav" "$frames" 4 0 $captured >"$tmp/song.raw"
is "which has 21 s at least" "$(stat -c %s "$tmp/song.raw")" $((captured * 16))
is "and begins with sound" "$(head -c 16 "$tmp/song.raw" | tr -d '\0' | wc -c | sed 's/^0$/none/; s/^[0-9]*$/some/')" some

ports="qlive:master_1 qlive:master_2 qlive:cue_3 qlive:cue_4"
for period in 64 128 1000 1024; do
    start_server $period
    # shellcheck disable=SC2086
    start_capture $captured freewheel $ports
    start_live "$tmp/song.yaml"
    await "$tmp/capture.log" recording
    echo play >&3
    ok "$period frames at a time: 21 s were heard" wait $capture_pid
    ok "$period frames at a time: every sample is qrender's" cmp "$tmp/song.raw" "$tmp/capture.raw"
    echo quit >&3
    end_live
    is "$period frames at a time: quit ends it well" $? 0
    [ $period = 1024 ] || stop $server_pid
done
is "all outputs found a physical one" \
    "$(grep -o '[0-9]* ports connected' "$tmp/live.err")" "4 ports connected"

# --- commands ----------------------------------------------------------------------------------

# Without processors a song sounds the same wherever one begins.
cat >"$tmp/plain.yaml" <<'YAML'
qmix: 1
sounds: {noise: noise.wav}
sources: {bed: {clips: [{sound: noise, at: 1}]}}
YAML
"$BUILD/qrender" -q "$tmp/plain.yaml" --set bed.fader.gain=-6 --from 3.2 --to 5 -b 32f \
    -o "$tmp/plain.wav"
samples_of "$tmp/plain.wav" 168000 2 0 96000 >"$tmp/plain.raw"
for way in "--locate 3.2" "--locate 5" "--locate 2.5s"; do
    start_capture 96000 freewheel qlive:master_1 qlive:master_2
    # shellcheck disable=SC2086
    start_live "$tmp/plain.yaml" --no-connect $way --set bed.fader.gain=-6
    await "$tmp/capture.log" recording
    case $way in *3.2) ;; *5) echo locate 3.2 >&3 ;; *) echo locate 4.5 s >&3 ;; esac
    echo play >&3
    ok "$way: sound came" wait $capture_pid
    ok "$way: as qrender --from has it" cmp "$tmp/plain.raw" "$tmp/capture.raw"
    echo quit >&3
    end_live
done
is "--no-connect connects nothing" \
    "$(grep -o '[0-9]* ports connected' "$tmp/live.err")" "0 ports connected"

start_live "$tmp/song.yaml"
await "$tmp/live.err" "frames a call"
printf 'plya\nstop\nlocate 2.3 # there\n\nstatus\n' >&3
await "$tmp/live.out" frame
is "status says where it stands" "$(cut -d, -f1-3 "$tmp/live.out")" \
    "2.3.1 stopped, frame 144000, master_1 -inf"
is "a wrong command is explained, and does no harm" "$(grep unknown "$tmp/live.err")" \
    "qlive: unknown command 'plya', did you mean 'play'?"
kill -TERM $live_pid
end_live
is "a signal ends it well" $? 0

start_live "$tmp/song.yaml" --json
await "$tmp/live.err" "frames a call"
printf 'status\nquit' >&3
end_live
is "--json: the same as an object" "$(sed 's/"xruns":[0-9]*/"xruns":0/' "$tmp/live.out")" \
    '{"state":"stopped","position":"1.1.1","frame":0,"peaks":{"master_1":null,"master_2":null,"cue_3":null,"cue_4":null},"xruns":0}'

# --- the real-time thread ----------------------------------------------------------------------

# guarded COMMAND-WORD...: commands, and words to see before the next; what the guard saw meanwhile
guarded() {
    rm -f "$tmp/report"
    RT_GUARD_REPORT=$tmp/report LD_PRELOAD=$BUILD/tests/preload/rt_guard.so \
        start_live "$tmp/song.yaml"
    await "$tmp/live.err" "frames a call"
    for step; do
        echo "${step%%:*}" >&3
        see "${step#*:}"
    done
    echo quit >&3
    end_live
    sed 's/^callbacks [1-9][0-9]*$/watched/; s/ [0-9]*$//' "$tmp/report" | xargs
}

if [ -n "${QMIX_SANITIZE:-}" ]; then
    skip "the callback" "sanitizers have their own malloc"
else
    is "the callback neither allocates, locks nor waits" "$(
        guarded play:playing play:2.2 "locate 7:7.1.*playing" stop:stopped "locate 1:1.1.1 stopped" \
            play:playing play:1.3)" watched
    for sin in "malloc:malloc free" "pthread_mutex_lock:pthread_mutex_lock pthread_mutex_unlock" \
        "read:open close read" fputs:fputs blocked:blocked; do
        is "and ${sin%%:*} in it would be seen" \
            "$(RT_GUARD_PROVOKE=${sin%%:*} guarded play:playing stop:stopped)" "watched ${sin#*:}"
    done
fi

# --- what can go wrong -------------------------------------------------------------------------

failing() { # STATUS MESSAGE ARGUMENT...
    "$qlive" "${@:3}" </dev/null >"$tmp/out" 2>&1
    is "$2" "$? $(cat "$tmp/out")" "$1 qlive: $2"
}

cat >"$tmp/short.yaml" <<'YAML'
qmix: 1
tail: 0 s
sounds: {hit: hit.wav}
sources: {hit: {clips: [{sound: hit, at: 1}]}}
YAML
ok "--play --once plays to the end and leaves" timeout 20 \
    "$qlive" -d "$server" --play --once "$tmp/short.yaml" </dev/null
sed 's/^tail.*/rate: 44100/' "$tmp/short.yaml" >"$tmp/other.yaml"
failing 3 "the JACK server runs at 48000 Hz, the session at 44100 Hz" -d "$server" "$tmp/other.yaml"
failing 4 "cannot reach a JACK server named 'qmix-nobody'" -d qmix-nobody "$tmp/short.yaml"
JACK_DEFAULT_SERVER=qmix-nobody failing 4 "cannot reach a JACK server" "$tmp/short.yaml"
failing 2 "expected one session, see 'qlive --help'"
failing 2 "--locate: expected a place such as 9, 5.3.2 or 12.5 s, found 'bar'" \
    -d "$server" --locate bar "$tmp/short.yaml"

start_live "$tmp/song.yaml" -p
await "$tmp/live.err" "frames a call"
stop $server_pid
end_live
is "the end of the server is the end" "$? $(tail -n 1 "$tmp/live.err")" \
    "4 qlive: the JACK server is gone"

finish
