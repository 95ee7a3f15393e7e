/* What no code of libqmix may call. The Makefile includes this file before every source
 * of the library, so a call fails to compile; tests/lint reads the objects for what slips
 * by (a function's address, a builtin).
 *
 * The headers that declare these functions come first: below, their declarations would
 * not compile either. */
#ifndef QM_BASE_BANNED_H
#define QM_BASE_BANNED_H

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <mm_malloc.h> /* has malloc and free inline, and comes with every intrinsic */
#endif

/* Some systems have macros of these names already. */
#undef alloca
#undef strdup
#undef strndup
#undef strcpy
#undef strncpy
#undef strcat
#undef strncat
#undef sprintf
#undef vsprintf
#undef printf
#undef fprintf

/* The message a programmer sees. */
#define QM_BANNED(name, instead) name##_is_banned__##instead

/* Not the same on every machine, or in every locale (D5): base/qmath.h, base/number.h. */
#define exp(...)        QM_BANNED(exp, use_qm_exp)
#define expf(...)       QM_BANNED(expf, use_qm_exp)
#define exp2(...)       QM_BANNED(exp2, use_qm_exp2)
#define exp2f(...)      QM_BANNED(exp2f, use_qm_exp2)
#define expm1(...)      QM_BANNED(expm1, use_qmath)
#define expm1f(...)     QM_BANNED(expm1f, use_qmath)
#define log(...)        QM_BANNED(log, use_qm_ln)
#define logf(...)       QM_BANNED(logf, use_qm_ln)
#define log2(...)       QM_BANNED(log2, use_qm_log2)
#define log2f(...)      QM_BANNED(log2f, use_qm_log2)
#define log10(...)      QM_BANNED(log10, use_qm_log10)
#define log10f(...)     QM_BANNED(log10f, use_qm_log10)
#define log1p(...)      QM_BANNED(log1p, use_qmath)
#define log1pf(...)     QM_BANNED(log1pf, use_qmath)
#define pow(...)        QM_BANNED(pow, use_qm_pow)
#define powf(...)       QM_BANNED(powf, use_qm_pow)
#define cbrt(...)       QM_BANNED(cbrt, use_qm_pow)
#define cbrtf(...)      QM_BANNED(cbrtf, use_qm_pow)
#define hypot(...)      QM_BANNED(hypot, use_qm_sqrt)
#define hypotf(...)     QM_BANNED(hypotf, use_qm_sqrt)
#define sin(...)        QM_BANNED(sin, use_qm_sin)
#define sinf(...)       QM_BANNED(sinf, use_qm_sin)
#define cos(...)        QM_BANNED(cos, use_qm_cos)
#define cosf(...)       QM_BANNED(cosf, use_qm_cos)
#define tan(...)        QM_BANNED(tan, use_qm_tan)
#define tanf(...)       QM_BANNED(tanf, use_qm_tan)
#define asin(...)       QM_BANNED(asin, use_qm_atan2)
#define asinf(...)      QM_BANNED(asinf, use_qm_atan2)
#define acos(...)       QM_BANNED(acos, use_qm_atan2)
#define acosf(...)      QM_BANNED(acosf, use_qm_atan2)
#define atan(...)       QM_BANNED(atan, use_qm_atan)
#define atanf(...)      QM_BANNED(atanf, use_qm_atan)
#define atan2(...)      QM_BANNED(atan2, use_qm_atan2)
#define atan2f(...)     QM_BANNED(atan2f, use_qm_atan2)
#define sinh(...)       QM_BANNED(sinh, use_qm_exp)
#define sinhf(...)      QM_BANNED(sinhf, use_qm_exp)
#define cosh(...)       QM_BANNED(cosh, use_qm_exp)
#define coshf(...)      QM_BANNED(coshf, use_qm_exp)
#define tanh(...)       QM_BANNED(tanh, use_qm_tanh)
#define tanhf(...)      QM_BANNED(tanhf, use_qm_tanh)
#define fma(...)        QM_BANNED(fma, write_a_times_b_plus_c)
#define fmaf(...)       QM_BANNED(fmaf, write_a_times_b_plus_c)
#define fmax(...)       QM_BANNED(fmax, compare_and_select)
#define fmaxf(...)      QM_BANNED(fmaxf, compare_and_select)
#define fmin(...)       QM_BANNED(fmin, compare_and_select)
#define fminf(...)      QM_BANNED(fminf, compare_and_select)
#define strtod(...)     QM_BANNED(strtod, use_qm_number_parse)
#define strtof(...)     QM_BANNED(strtof, use_qm_number_parse)
#define atof(...)       QM_BANNED(atof, use_qm_number_parse)
#define scanf(...)      QM_BANNED(scanf, use_qm_number_scan)
#define sscanf(...)     QM_BANNED(sscanf, use_qm_number_scan)
#define setlocale(...)  QM_BANNED(setlocale, no_locale)
#define localeconv(...) QM_BANNED(localeconv, no_locale)

/* Hidden inputs, and order that is not the data's (D5, D6). */
#define rand(...)      QM_BANNED(rand, use_qm_rand)
#define srand(...)     QM_BANNED(srand, use_qm_rand)
#define random(...)    QM_BANNED(random, use_qm_rand)
#define drand48(...)   QM_BANNED(drand48, use_qm_rand)
#define qsort(...)     QM_BANNED(qsort, use_qm_sort)
#define time(...)      QM_BANNED(time, no_clock)
#define clock(...)     QM_BANNED(clock, no_clock)
#define localtime(...) QM_BANNED(localtime, no_clock)
#define gmtime(...)    QM_BANNED(gmtime, no_clock)
#define getenv(...)    QM_BANNED(getenv, no_environment)

/* Memory has an owner (base/arena.h), texts have a length (base/text.h). */
#define malloc(...)        QM_BANNED(malloc, use_qm_arena_alloc)
#define calloc(...)        QM_BANNED(calloc, use_qm_arena_alloc)
#define realloc(...)       QM_BANNED(realloc, use_qm_arena_grow)
#define aligned_alloc(...) QM_BANNED(aligned_alloc, use_qm_arena_alloc)
#define free(...)          QM_BANNED(free, use_qm_arena_release)
#define alloca(...)        QM_BANNED(alloca, use_qm_arena_alloc)
#define strdup(...)        QM_BANNED(strdup, use_qm_arena_strdup)
#define strndup(...)       QM_BANNED(strndup, use_qm_arena_strndup)
#define gets(...)          QM_BANNED(gets, no_length)
#define strcpy(...)        QM_BANNED(strcpy, use_qm_text_or_memcpy)
#define strncpy(...)       QM_BANNED(strncpy, use_qm_text_or_memcpy)
#define strcat(...)        QM_BANNED(strcat, use_qm_text)
#define strncat(...)       QM_BANNED(strncat, use_qm_text)
#define sprintf(...)       QM_BANNED(sprintf, use_qm_text_printf)
#define vsprintf(...)      QM_BANNED(vsprintf, use_qm_text_printf)
#define strtok(...)        QM_BANNED(strtok, keeps_hidden_state)

/* The library never prints, exits or opens files: it fills a QmDiag. */
#define printf(...)  QM_BANNED(printf, the_library_never_prints)
#define fprintf(...) QM_BANNED(fprintf, the_library_never_prints)
#define puts(...)    QM_BANNED(puts, the_library_never_prints)
#define fputs(...)   QM_BANNED(fputs, the_library_never_prints)
#define perror(...)  QM_BANNED(perror, use_qm_fail)
#define fopen(...)   QM_BANNED(fopen, files_belong_to_formats)
#define exit(...)    QM_BANNED(exit, use_qm_fail)
#define abort(...)   QM_BANNED(abort, use_assert)
#define system(...)  QM_BANNED(system, never)

#endif
