// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What guests use: their cgroups' counters, and the share of the processors
 * that follows from two looks at one.  Nothing runs between looks.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "accounting.h"
#include "scope.h"

/* Less apart, two looks say little; the share found before is given again. */
#define INTERVAL_MIN_NS 500000000ULL
/* More apart, they do not say what is used now: the second is a first one. */
#define INTERVAL_MAX_NS 10000000000ULL

/* The last look at a guest. */
struct sample {
	struct sample *next;
	char *name;
	uint64_t at_ns;
	uint64_t cpu_usec;
	bool known;		/* share is */
	uint64_t share;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static struct sample *find_sample(struct manager *m, const char *name)
{
	struct sample *sample = m->samples;

	while (sample && strcmp(sample->name, name))
		sample = sample->next;
	if (sample)
		return sample;

	sample = calloc(1, sizeof(*sample));
	if (!sample || !(sample->name = strdup(name))) {
		free(sample);
		return NULL;
	}
	sample->next = m->samples;
	m->samples = sample;
	return sample;
}

/* us per ns, in units of 1/10000 */
static uint64_t share_of(uint64_t cpu_usec, uint64_t elapsed_ns)
{
	return elapsed_ns ? cpu_usec * 10000000ULL / elapsed_ns : 0;
}

static void advance(struct sample *sample, uint64_t cpu_usec)
{
	uint64_t now = now_ns(), elapsed = now - sample->at_ns;

	if (!sample->at_ns || cpu_usec < sample->cpu_usec || elapsed > INTERVAL_MAX_NS) {
		sample->known = false;
	} else if (elapsed >= INTERVAL_MIN_NS) {
		sample->share = share_of(cpu_usec - sample->cpu_usec, elapsed);
		sample->known = true;
	} else {
		return;
	}
	sample->at_ns = now;
	sample->cpu_usec = cpu_usec;
}

int accounting_look(struct manager *m, const char *name, const char *cgroup,
		    struct usage *ret)
{
	struct vs_usage usage;
	struct sample *sample;
	int r;

	r = vs_cgroup_usage(m->vs, cgroup, &usage);
	if (r < 0)
		return r;
	sample = find_sample(m, name);
	if (!sample)
		return -ENOMEM;
	advance(sample, usage.cpu_usec);

	*ret = (struct usage){
		.cpu_ns = usage.cpu_usec * 1000,
		.share_known = sample->known,
		.share = sample->share,
		.memory_bytes = usage.memory_bytes,
		.memory_peak_bytes = usage.memory_peak_bytes,
		.tasks = usage.tasks,
	};
	return 0;
}

void accounting_free(struct manager *m)
{
	while (m->samples) {
		struct sample *next = m->samples->next;

		free(m->samples->name);
		free(m->samples);
		m->samples = next;
	}
}
