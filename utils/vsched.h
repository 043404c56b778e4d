/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vsched: what its command line says, and what that makes of a bucket.
 */
#ifndef VSCHED_H
#define VSCHED_H

#include "classic.h"

/* What can be said of a bucket. */
enum field {
	FIELD_RATE,
	FIELD_INTERVAL,
	FIELD_SIZE,
	FIELD_RELEASE,
	FIELD_IDLE_RATE,
	FIELD_IDLE_INTERVAL,
	FIELD_IDLE,
	FIELD_TOKENS,
	FIELD_BIAS,
	FIELD_SCOPE,
	FIELDS,
};

/** struct change - what is to be another, and by which word that was said. */
struct change {
	const char *said[FIELDS];	/* "--cpu-bucket"; NULL: stays as it is */
	struct vs_bucket to;
	bool none;			/* no share any more */
};

/** struct arguments - the command line.  Strings are borrowed. */
struct arguments {
	const char *context;
	struct change change;
	bool changes, force, json;
};

/** read_arguments() - or end. */
void read_arguments(int argc, char **argv, struct arguments *ret);

/** change_take() - the value of a word; @said is what an error calls it.  Ends
 * where it is none.  false: there is no such word. */
bool change_take(struct change *change, const char *word, const char *said, const char *value);
/** change_read_dir() - each word from the file of its name, or end.  false: there
 * is no such directory, and that may be. */
bool change_read_dir(struct change *change, const char *path, bool missing_ok);
/** change_make() - what becomes of a context's bucket, or end: what does not fit
 * together is none. */
void change_make(const struct change *change, const struct vs_context *context,
		 struct vs_bucket *ret);

/** guest_limit() - cpu.max of the guest whose context that is, as its bucket.
 * 0, also where nothing of it runs; or a negative errno. */
int guest_limit(struct vs *vs, uint32_t xid, const struct vs_bucket *bucket);
/** change_lock() - until this process ends nobody else changes the context: another
 * vsched, or vserverd where it is a guest's. */
void change_lock(const struct vs_context *context);

#endif
