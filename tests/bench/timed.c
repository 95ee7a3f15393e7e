/* Runs a command and appends what it cost to a file:
 *
 *   timed FILE NAME COMMAND...    NAME, CPU s, wall s, peak MiB, exit code (tabs)
 *
 * CPU is user and system time of the command and what it waited for. A small
 * parent, because a child's peak begins with its parent's size. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: timed FILE NAME COMMAND...\n", stderr);
        return 2;
    }
    const double started = seconds_now();
    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("timed");
        return 4;
    }
    const double wall = seconds_now() - started;
    FILE *file = fopen(argv[1], "a");
    if (!file) {
        perror(argv[1]);
        return 4;
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%s\t%.3f\t%.3f\t%.1f\t%d\n", argv[2],
            seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), wall,
            (double)usage.ru_maxrss / 1024, code);
    return fclose(file) == 0 ? 0 : 4;
}
