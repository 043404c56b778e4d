/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context's bucket now, for people and for scripts.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <systemd/sd-json.h>

#include <vserver.h>

/** struct bucket - what it is to be, and what the scheduler knows of it. */
struct bucket {
	struct vs_bucket asked;		/* rate_ns 0: there is none */
	bool known;			/* the scheduler runs, and has seen the context */
	struct vs_cpu_usage now;
};

/** bucket_read() - of a context as it was read from the table. */
void bucket_read(struct vs *vs, const struct vs_context *context, struct bucket *ret);
/** bucket_json() - an object of the interface's type Bucket; null: there is none.
 * 0 or a negative errno. */
int bucket_json(const struct bucket *bucket, sd_json_variant **ret);

#endif
