/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Why something that was asked for cannot be done: what one of the
 * interface's errors is made of, before it is sent.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

enum problem_kind {
	PROBLEM_NONE,
	PROBLEM_NO_SUCH_GUEST,
	PROBLEM_NO_SUCH_IMAGE,
	PROBLEM_EXISTS,
	PROBLEM_NOT_RUNNING,
	PROBLEM_ALREADY_RUNNING,
	PROBLEM_BUSY,
	PROBLEM_INVALID_VALUE,
	PROBLEM_NOT_SUPPORTED,
	PROBLEM_FAILED,
};

/** struct problem - strings are NULL where the kind has no such field. */
struct problem {
	enum problem_kind kind;
	char *name;		/* the guest */
	char *what;		/* busy: by; invalid value: key; not supported: feature;
				 * failed: step */
	char *value;
	char *reason;		/* without a final dot */
	char *remedy;
};

/** problem_set() - of the kinds that have but a name (and @what: busy).
 * All of these return -ECANCELED, for "return problem_set(…)". */
int problem_set(struct problem *problem, enum problem_kind kind, const char *name,
		const char *what);
int problem_invalid(struct problem *problem, const char *key, const char *value,
		    const char *reason, const char *remedy);
int problem_unsupported(struct problem *problem, const char *feature, const char *reason,
			const char *remedy);
int problem_failed(struct problem *problem, const char *step, const char *remedy,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
/** problem_worker() - of a worker that told "STEP\nREASON", or one sentence. */
int problem_worker(struct problem *problem, const char *step, const char *remedy,
		   const char *reason);
void problem_clear(struct problem *problem);

#define _cleanup_problem_ __attribute__((cleanup(problem_clear)))

#endif
