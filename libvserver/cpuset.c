// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Sets of processors: read and written as the kernel does it, "0-3,8", counted
 * and compared.  Who may use which is the control group's: cgroup_limit.c.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "private.h"

#define BITS	64

static bool has(const struct vs_cpuset *set, unsigned int cpu)
{
	return cpu < VS_PROCESSORS_MAX && set->words[cpu / BITS] >> cpu % BITS & 1;
}

static void add(struct vs_cpuset *set, unsigned int first, unsigned int last)
{
	for (unsigned int cpu = first; cpu <= last && cpu < VS_PROCESSORS_MAX; cpu++)
		set->words[cpu / BITS] |= 1ULL << cpu % BITS;
}

/* Digits only; *@text is behind them.  More than there can be is all the same. */
static int take_number(const char **text, unsigned int *ret)
{
	unsigned int number = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++)
		if (number < VS_PROCESSORS_MAX)
			number = number * 10 + (unsigned int)(**text - '0');
	*ret = number;
	return 0;
}

int vs_parse_cpuset(const char *text, struct vs_cpuset *ret)
{
	struct vs_cpuset set = {};
	bool large = false;

	if (strcmp(text, "infinity") == 0) {
		memset(ret, 0xff, sizeof(*ret));
		return 0;
	}
	for (;; text++) {
		unsigned int first, last;

		if (take_number(&text, &first) < 0)
			return -EINVAL;
		last = first;
		if (*text == '-') {
			text++;
			if (take_number(&text, &last) < 0)
				return -EINVAL;
		}
		if (last < first || (*text && *text != ','))
			return -EINVAL;
		large |= last >= VS_PROCESSORS_MAX;
		add(&set, first, last);
		if (!*text)
			break;
	}
	if (large)
		return -ERANGE;
	*ret = set;
	return 0;
}

int vs_format_cpuset(const struct vs_cpuset *set, char **ret)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	for (unsigned int cpu = 0; cpu < VS_PROCESSORS_MAX; cpu++) {
		unsigned int last = cpu;

		if (!has(set, cpu))
			continue;
		while (has(set, last + 1))
			last++;
		fprintf(out, "%s%u", ftell(out) > 0 ? "," : "", cpu);
		if (last > cpu)
			fprintf(out, "-%u", last);
		cpu = last;
	}
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

unsigned int vs_cpuset_count(const struct vs_cpuset *set)
{
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(set->words) / sizeof(*set->words); i++)
		n += (unsigned int)__builtin_popcountll(set->words[i]);
	return n;
}

bool vs_cpuset_within(const struct vs_cpuset *set, const struct vs_cpuset *all)
{
	for (size_t i = 0; i < sizeof(set->words) / sizeof(*set->words); i++)
		if (set->words[i] & ~all->words[i])
			return false;
	return true;
}

int vs_cpuset_read(int dir, const char *file, struct vs_cpuset *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = vs_read_file(dir, file, &text);

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	return vs_parse_cpuset(text, ret);
}

/* Those that are off line for now are among them: they come and go. */
void vs_cpuset_machine(struct vs_cpuset *ret)
{
	if (vs_cpuset_read(AT_FDCWD, "/sys/devices/system/cpu/present", ret) == 0)
		return;
	*ret = (struct vs_cpuset){};
	add(ret, 0, (unsigned int)get_nprocs_conf() - 1);
}
