// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Processors that guests may use, and whether they have what guests that may
 * use no others are guaranteed.  That is as allowed as it is to guarantee more
 * than the whole machine has; whoever does it is told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "guest.h"
#include "scope.h"

#define SECOND_NS	1000000000ULL
#define PERCENT_NS	1e7	/* of one processor, every second */

/** struct bound - a guest that may not use all processors. */
struct bound {
	char *name;
	struct vs_cpuset set;
	uint64_t guarantee_ns;
};

static uint64_t machine_ns(const struct vs_cpuset *set)
{
	return vs_cpuset_count(set) * SECOND_NS;
}

/* Whoever may use all that are on line is not bound. */
static bool is_bound(struct manager *m, const struct state *state, struct vs_cpuset *ret)
{
	return state && state->cgroup && vs_cgroup_cpuset(m->vs, state->cgroup, ret) == 0 &&
	       vs_cpuset_count(ret) < (unsigned int)get_nprocs();
}

uint64_t guest_cpuset_ns(struct manager *m, const struct guest *guest)
{
	struct vs_cpuset set;

	return guest_is_up(guest) && is_bound(m, guest->state, &set) ? machine_ns(&set) : 0;
}

/* --- all of them ----------------------------------------------------------------------- */

static void bounds_free(struct bound *bounds, size_t n)
{
	for (size_t i = 0; bounds && i < n; i++)
		free(bounds[i].name);
	free(bounds);
}

static int add_bound(struct manager *m, const char *name, struct bound **bounds, size_t *n)
{
	struct bound bound = { 0 }, *grown;
	struct state *state = NULL;
	struct vs_context context;
	bool bounded;

	bounded = state_read(name, &state) == 0 && state->xid &&
		  is_bound(m, state, &bound.set) &&
		  vs_context_get(m->vs, state->xid, &context) == 0;
	state_free(state);
	if (!bounded)
		return 0;
	bound.guarantee_ns = vs_bucket_guarantee_on(&context.bucket,
						    vs_cpuset_count(&bound.set));
	bound.name = strdup(name);
	grown = reallocarray(*bounds, *n + 1, sizeof(*grown));
	if (grown)
		*bounds = grown;
	if (!grown || !bound.name) {
		free(bound.name);
		return -ENOMEM;
	}
	grown[(*n)++] = bound;
	return 0;
}

static bool is_same(const struct vs_cpuset *a, const struct vs_cpuset *b)
{
	return vs_cpuset_within(a, b) && vs_cpuset_within(b, a);
}

/* "200.0% of 100.0% on processor 0 (db, web)", of who may use no others. */
static int tell_one(FILE *out, const struct bound *bounds, size_t n, const struct vs_cpuset *set)
{
	_cleanup_free_ char *list = NULL;
	const char *comma = "";
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (vs_cpuset_within(&bounds[i].set, set))
			sum += bounds[i].guarantee_ns;
	if (sum <= machine_ns(set))
		return 0;
	if (vs_format_cpuset(set, &list) < 0)
		return -ENOMEM;
	fprintf(out, "%s%.1f%% of %.1f%% on %s (", ftell(out) > 0 ? "; " : "",
		(double)sum / PERCENT_NS, (double)machine_ns(set) / PERCENT_NS, list);
	for (size_t i = 0; i < n; i++)
		if (bounds[i].guarantee_ns && vs_cpuset_within(&bounds[i].set, set)) {
			fprintf(out, "%s%s", comma, bounds[i].name);
			comma = ", ";
		}
	fputc(')', out);
	return 0;
}

/* Empty: nobody is guaranteed more than that. */
static int tell_all(const struct bound *bounds, size_t n, char **ret)
{
	size_t size;
	FILE *out = open_memstream(ret, &size);
	int r = out ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && !r; i++) {
		size_t before = 0;

		while (before < i && !is_same(&bounds[before].set, &bounds[i].set))
			before++;
		if (before == i)
			r = tell_one(out, bounds, n, &bounds[i].set);
	}
	if (out && fclose(out) != 0)
		r = -ENOMEM;
	return r;
}

int guest_cpusets_check(struct manager *m, char **ret)
{
	_cleanup_strv_free_ char **names = NULL;
	struct bound *bounds = NULL;
	size_t n = 0;
	int r = state_names(&names);

	*ret = NULL;
	for (char **name = names; r >= 0 && name && *name; name++)
		r = add_bound(m, *name, &bounds, &n);
	if (r >= 0)
		r = tell_all(bounds, n, ret);
	bounds_free(bounds, n);
	return r;
}
