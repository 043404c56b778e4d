/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A look at what runs, and what two of them say was used in between: by
 * processes or, summed up, by contexts.
 */
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "look.h"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int compare_pids(const void *a, const void *b)
{
	const struct process *one = a, *two = b;

	return one->pid < two->pid ? -1 : one->pid > two->pid;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *two = b;

	if (one->cpu_ns != two->cpu_ns)
		return one->cpu_ns > two->cpu_ns ? -1 : 1;
	if (one->memory_bytes != two->memory_bytes)
		return one->memory_bytes > two->memory_bytes ? -1 : 1;
	return one->xid < two->xid ? -1 : one->xid > two->xid;
}

/* What a process used since @before; all of it, if it was not there yet. */
static uint64_t used(const struct look *before, const struct process *p)
{
	const struct process *old = bsearch(p, before->processes, before->n, sizeof(*p),
					    compare_pids);

	if (!old || old->start != p->start || old->cpu_ns > p->cpu_ns)
		return p->cpu_ns;
	return p->cpu_ns - old->cpu_ns;
}

/* Room for a process, or for its context, in which it is then counted. */
static struct row *row_of(struct row *rows, size_t *n, const struct process *p, bool sums)
{
	for (size_t i = 0; sums && i < *n; i++)
		if (rows[i].xid == p->xid)
			return &rows[i];
	rows[*n] = (struct row){ .xid = p->xid, .process = p };
	return &rows[(*n)++];
}

static int compare_xids(const void *a, const void *b)
{
	const uint32_t *one = a, *two = b;

	return *one < *two ? -1 : *one > *two;
}

/* NULL: it has none, or none that anybody knows of. */
static const struct bucket *bucket_of(const struct look *look, uint32_t xid)
{
	/* Its number is what a share begins with. */
	const struct share *share = bsearch(&xid, look->shares, look->n_shares, sizeof(*share),
					    compare_xids);

	return share ? &share->bucket : NULL;
}

/* How long it was on hold since @before; all of it, if it was not there yet. */
static uint64_t held(const struct look *before, uint32_t xid, const struct bucket *now)
{
	const struct bucket *old = bucket_of(before, xid);

	if (!old || !old->known || old->now.held_ns > now->now.held_ns)
		return now->now.held_ns;
	return now->now.held_ns - old->now.held_ns;
}

size_t look_rows(const struct look *before, const struct look *now, bool sums,
		 struct row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct process *p = &now->processes[i];
		struct row *row = row_of(rows, &n, p, sums);

		row->cpu_ns += used(before, p);
		row->memory_bytes += p->memory_bytes;
		row->n++;
	}
	for (size_t i = 0; sums && i < n; i++) {
		rows[i].bucket = bucket_of(now, rows[i].xid);
		if (rows[i].bucket && rows[i].bucket->known)
			rows[i].held_ns = held(before, rows[i].xid, rows[i].bucket);
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	return n;
}

/* Of the contexts that have one. */
static int look_at_shares(const struct target *target, struct look *ret)
{
	ret->shares = calloc(target->n + 1, sizeof(*ret->shares));
	if (!ret->shares)
		return fail_memory();
	for (size_t i = 0; i < target->n; i++) {
		struct share *share = &ret->shares[ret->n_shares];

		if (!target->contexts[i].bucket.rate_ns)
			continue;
		share->xid = target->contexts[i].xid;
		bucket_read(target->vs, &target->contexts[i], &share->bucket);
		ret->n_shares++;
	}
	return EXIT_DONE;
}

int look_take(struct target *target, uint32_t xid, struct look *ret)
{
	free(target->contexts);
	target->contexts = NULL;
	target->n = 0;
	if (vs_context_list(target->vs, &target->contexts, &target->n) < 0 ||
	    processes_read(target->vs, xid, &ret->processes, &ret->n) < 0)
		return fail("cannot show what is used: %s", vs_reason(target->vs));
	ret->ns = now_ns();
	qsort(ret->processes, ret->n, sizeof(*ret->processes), compare_pids);
	return xid == VS_XID_ALL ? look_at_shares(target, ret) : EXIT_DONE;
}

void look_free(struct look *look)
{
	processes_free(look->processes, look->n);
	free(look->shares);
}
