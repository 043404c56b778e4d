/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * TAP for unit tests in C: ok(), is_int(), is_str(), and done_testing() as the
 * value of main().
 */
#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

#define ok(condition, ...) tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) tap_is_int((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5))) static inline bool
tap_ok(bool passed, const char *file, int line, const char *format, ...)
{
	__builtin_va_list ap;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	__builtin_va_start(ap, format);
	vprintf(format, ap);
	__builtin_va_end(ap);
	putchar('\n');
	if (!passed) {
		tap_failed++;
		printf("# %s:%d\n", file, line);
	}
	return passed;
}

#define tap_is_int(got, want, file, line, ...)                                \
	do {                                                                  \
		intmax_t got_ = (intmax_t)(got), want_ = (intmax_t)(want);    \
		if (!tap_ok(got_ == want_, file, line, __VA_ARGS__))          \
			printf("# got %" PRIdMAX ", expected %" PRIdMAX "\n", \
			       got_, want_);                                  \
	} while (0)

#define tap_is_str(got, want, file, line, ...)                                \
	do {                                                                  \
		const char *got_ = (got), *want_ = (want);                    \
		if (!tap_ok(got_ && !strcmp(got_, want_), file, line,         \
			    __VA_ARGS__))                                     \
			printf("# got '%s', expected '%s'\n",                 \
			       got_ ? got_ : "(null)", want_);                \
	} while (0)

static inline int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif /* TAP_H */
