/* Watches a JACK client's process callback from outside: what the real-time thread must
 * not do is counted while it is inside the callback, and told at the program's end.
 *
 *   LD_PRELOAD=rt_guard.so RT_GUARD_REPORT=FILE program
 *       writes `name count` lines:
 *       callbacks 1000   calls that were watched
 *       malloc 2         calls of what is forbidden inside them; absent: none
 *       blocked 1        callbacks in which the kernel put the thread to sleep, by any
 *                        call (voluntary context switches)
 *   RT_GUARD_PROVOKE=malloc
 *       does it once inside a callback, to show that it would be noticed
 *
 * The callback is known because jack_set_process_callback is replaced, too: the program
 * needs no hooks for this. Memory goes on to the C library by its __libc names, the rest
 * by dlsym. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
#define FORBIDDEN(X) \
    X(malloc) X(calloc) X(realloc) X(free) X(aligned_alloc) X(posix_memalign) \
    X(mmap) X(munmap) \
    X(pthread_mutex_lock) X(pthread_mutex_trylock) X(pthread_mutex_unlock) \
    X(pthread_rwlock_rdlock) X(pthread_rwlock_wrlock) X(pthread_create) X(pthread_join) \
    X(sem_wait) X(sem_timedwait) X(sem_post) \
    X(open) X(open64) X(openat) X(close) X(read) X(write) X(pread) X(pread64) \
    X(lseek) X(lseek64) \
    X(fopen) X(fread) X(fwrite) X(fflush) X(puts) X(fputs) \
    X(printf) X(fprintf) X(vfprintf) \
    X(poll) X(nanosleep) X(clock_nanosleep) X(usleep) X(sched_yield)
/* clang-format on */

#define INDEX(name) AT_##name,
enum { FORBIDDEN(INDEX) N_FORBIDDEN };
#define NAME(name) #name,
static const char *const names[N_FORBIDDEN] = {FORBIDDEN(NAME)};

static _Atomic unsigned long counts[N_FORBIDDEN], callbacks, blocked;
static _Thread_local int inside __attribute__((tls_model("initial-exec")));

static void note(int index)
{
    if (inside)
        atomic_fetch_add(&counts[index], 1);
}

/* --- what is replaced --------------------------------------------------------------- */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t size)
{
    note(AT_malloc);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    note(AT_calloc);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    note(AT_realloc);
    return __libc_realloc(old, size);
}

void free(void *memory)
{
    note(AT_free);
    __libc_free(memory);
}

void *aligned_alloc(size_t align, size_t size)
{
    note(AT_aligned_alloc);
    return __libc_memalign(align, size);
}

int posix_memalign(void **memory, size_t align, size_t size)
{
    note(AT_posix_memalign);
    *memory = __libc_memalign(align, size);
    return *memory ? 0 : ENOMEM;
}

/* A replacement that counts and passes its arguments on. */
#define PASS_ON(type, name, params, args)                                                \
    type name params                                                                     \
    {                                                                                    \
        static type(*real) params;                                                       \
        if (!real)                                                                       \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        note(AT_##name);                                                                 \
        return real args;                                                                \
    }

PASS_ON(void *, mmap, (void *at, size_t n, int prot, int flags, int fd, off_t offset),
        (at, n, prot, flags, fd, offset))
PASS_ON(int, munmap, (void *at, size_t n), (at, n))
PASS_ON(int, pthread_mutex_lock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_mutex_unlock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_rwlock_rdlock, (pthread_rwlock_t * l), (l))
PASS_ON(int, pthread_rwlock_wrlock, (pthread_rwlock_t * l), (l))
PASS_ON(int, sem_wait, (sem_t * s), (s))
PASS_ON(int, sem_timedwait, (sem_t * s, const struct timespec *t), (s, t))
PASS_ON(int, sem_post, (sem_t * s), (s))
PASS_ON(int, pthread_create,
        (pthread_t * t, const pthread_attr_t *a, void *(*run)(void *), void *arg),
        (t, a, run, arg))
PASS_ON(int, pthread_join, (pthread_t t, void **result), (t, result))
PASS_ON(int, close, (int fd), (fd))
PASS_ON(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n))
PASS_ON(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n))
PASS_ON(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at))
PASS_ON(ssize_t, pread64, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at))
PASS_ON(off_t, lseek, (int fd, off_t at, int whence), (fd, at, whence))
PASS_ON(off64_t, lseek64, (int fd, off64_t at, int whence), (fd, at, whence))
PASS_ON(FILE *, fopen, (const char *path, const char *mode), (path, mode))
PASS_ON(size_t, fread, (void *to, size_t size, size_t n, FILE *f), (to, size, n, f))
PASS_ON(size_t, fwrite, (const void *from, size_t size, size_t n, FILE *f),
        (from, size, n, f))
PASS_ON(int, fflush, (FILE * f), (f))
PASS_ON(int, vfprintf, (FILE * f, const char *format, va_list args), (f, format, args))
PASS_ON(int, puts, (const char *text), (text))
PASS_ON(int, fputs, (const char *text, FILE *f), (text, f))
PASS_ON(int, poll, (struct pollfd * fds, nfds_t n, int ms), (fds, n, ms))
PASS_ON(int, nanosleep, (const struct timespec *t, struct timespec *left), (t, left))
PASS_ON(int, clock_nanosleep,
        (clockid_t c, int flags, const struct timespec *t, struct timespec *left),
        (c, flags, t, left))
PASS_ON(int, usleep, (useconds_t us), (us))
PASS_ON(int, sched_yield, (void), ())

/* Opening takes a mode only when it creates. */
#define OPENS(name, params, args)                                                        \
    int name params                                                                      \
    {                                                                                    \
        static int(*real) params;                                                        \
        va_list list;                                                                    \
        va_start(list, flags);                                                           \
        const int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;          \
        va_end(list);                                                                    \
        if (!real)                                                                       \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        note(AT_##name);                                                                 \
        return real args;                                                                \
    }

OPENS(open, (const char *path, int flags, ...), (path, flags, mode))
OPENS(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENS(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))

int printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(AT_printf);
    const int n = vfprintf(stdout, format, args);
    va_end(args);
    return n;
}

int fprintf(FILE *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(AT_fprintf);
    const int n = vfprintf(file, format, args);
    va_end(args);
    return n;
}

/* --- provoking ---------------------------------------------------------------------- */

static void provoke(const char *what)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    char byte[1] = {0};
    if (!strcmp(what, "malloc") || !strcmp(what, "free")) {
        void *volatile memory = malloc(100);
        free(memory);
    } else if (!strcmp(what, "pthread_mutex_lock")) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    } else if (!strcmp(what, "read")) {
        const int fd = open("/dev/zero", O_RDONLY);
        if (read(fd, byte, 1) == 1)
            close(fd);
    } else if (!strcmp(what, "fputs")) {
        fputs(byte, stderr);
    } else if (!strcmp(what, "blocked")) { /* a system call that no replacement sees */
        const struct timespec moment = {0, 1000000};
        syscall(SYS_nanosleep, &moment, NULL);
    }
}

/* --- the callback ------------------------------------------------------------------- */

typedef int (*Process)(uint32_t n, void *arg);

static Process client_process;
static void *client_arg;
static const char *provocation;

static long sleeps(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

static int watched(uint32_t n, void *unused)
{
    (void)unused;
    const long before = sleeps();
    inside = 1;
    const int result = client_process(n, client_arg);
    if (provocation) {
        provoke(provocation);
        provocation = NULL;
    }
    inside = 0;
    if (sleeps() != before)
        atomic_fetch_add(&blocked, 1);
    atomic_fetch_add(&callbacks, 1);
    return result;
}

int jack_set_process_callback(void *client, Process process, void *arg)
{
    int (*real)(void *, Process, void *);
    *(void **)&real = dlsym(RTLD_NEXT, "jack_set_process_callback");
    client_process = process;
    client_arg = arg;
    provocation = getenv("RT_GUARD_PROVOKE");
    return real(client, watched, NULL);
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("RT_GUARD_REPORT");
    FILE *file = path && callbacks ? fopen(path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "callbacks %lu\n", callbacks);
    if (blocked)
        fprintf(file, "blocked %lu\n", blocked);
    for (int i = 0; i < N_FORBIDDEN; i++)
        if (counts[i])
            fprintf(file, "%s %lu\n", names[i], counts[i]);
    fclose(file);
}
