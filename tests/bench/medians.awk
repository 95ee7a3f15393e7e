# What contestants took, from lines of tests/bench/timed: the median of each column, how much of
# each one's CPU time the first takes, and how much sooner the second is done than the first.
#
#   awk -F '\t' -v seconds=N -f tests/bench/medians.awk RESULTS     (N: of audio)
!($1 in count) { names[++n_names] = $1 }
{ k = ++count[$1]; cpu[$1, k] = $2; wall[$1, k] = $3; rss[$1, k] = $4; if ($5) failed[$1] = $5 }
function median(values, name,  n, i, j, t, s) {
    n = count[name]
    for (i = 1; i <= n; i++) s[i] = values[name, i]
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && s[j] + 0 < s[j - 1] + 0; j--) { t = s[j]; s[j] = s[j - 1]; s[j - 1] = t }
    return n % 2 ? s[(n + 1) / 2] : (s[n / 2] + s[n / 2 + 1]) / 2
}
END {
    ours = median(cpu, names[1]); one = median(wall, names[1])
    printf "%-13s %8s %8s %8s %8s %10s\n", "", "CPU s", "x real", "wall s", "MiB", "ours/it"
    for (i = 1; i <= n_names; i++) {
        name = names[i]; c = median(cpu, name)
        if (name in failed) { printf "%-13s failed: exit %d\n", name, failed[name]; continue }
        printf "%-13s %8.2f %8.0f %8.2f %8.0f %10.3f\n", name, c, seconds / c, \
            median(wall, name), median(rss, name), ours / c
    }
    printf "two threads are %.2f times as fast as one\n", one / median(wall, names[2])
}