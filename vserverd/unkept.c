// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings of a share that have no effect: for this kernel cannot keep them, or
 * for there is no share.  A scheduler that has ended is another matter: it is
 * loaded again, and then keeps them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"
#include "unkept.h"

static const char *value_of(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_values; i++)
		if (!strcmp(config->values[i].setting->name, name))
			return config->values[i].value;
	return NULL;
}

/* Only one that somebody wants; what is made of none is cut to a quota. */
static bool is_too_large(const struct config *config)
{
	const char *value = value_of(config, "cpu-bucket");
	uint64_t ns;

	return value && vs_parse_time(value, &ns) == 0 &&
	       ns > vs_cgroup_burst_max(&config->bucket);
}

static bool has_bias(const struct config *config)
{
	const char *value = value_of(config, "cpu-prio-bias");
	int32_t bias = 0;

	return value && vs_parse_bias(value, &bias) == 0 && bias != 0;
}

static bool has_idle(const struct config *config)
{
	const char *value = value_of(config, "cpu-idle");
	uint64_t rate = 0, interval;

	return value && vs_parse_share(value, &rate, &interval) == 0 && rate != 0;
}

static bool has_scope(const struct config *config)
{
	const char *value = value_of(config, "cpu-scope");
	uint32_t scope = VS_SCOPE_MACHINE;

	return value && vs_parse_scope(value, &scope) == 0 && scope != VS_SCOPE_MACHINE;
}

/* Beside cpu, and not what there is anyway. */
static bool is_wanted(const struct config *config, const char *name)
{
	if (!strcmp(name, "cpu-prio-bias"))
		return has_bias(config);
	if (!strcmp(name, "cpu-idle"))
		return has_idle(config);
	if (!strcmp(name, "cpu-scope"))
		return has_scope(config);
	return (!strcmp(name, "cpu-bucket") || !strcmp(name, "cpu-release") ||
		!strcmp(name, "cpu-tokens")) && value_of(config, name);
}

bool unused(const struct config *config, const char *name)
{
	return !config->bucket.rate_ns && is_wanted(config, name);
}

bool unkept(const struct config *config, const char *name)
{
	if (vs_scheduler_possible() || !config->bucket.rate_ns)
		return false;
	return strcmp(name, "cpu-bucket") ? is_wanted(config, name) : is_too_large(config);
}

/* Of one that is unused. */
static int no_share(char **ret_reason, char **ret_remedy)
{
	_cleanup_free_ char *reason = strdup("without cpu there is no share, and nothing for it "
					     "to do");
	_cleanup_free_ char *remedy = strdup("set cpu too");

	if (!reason || !remedy)
		return -ENOMEM;
	*ret_reason = TAKE_PTR(reason);
	*ret_remedy = TAKE_PTR(remedy);
	return 0;
}

int unkept_reason(const struct config *config, const char *name, char **ret_reason,
		  char **ret_remedy)
{
	_cleanup_free_ char *most = NULL, *reason = NULL, *remedy = NULL;
	bool bucket = !strcmp(name, "cpu-bucket");

	if (unused(config, name))
		return no_share(ret_reason, ret_remedy);
	if (vs_format_time(vs_cgroup_burst_max(&config->bucket), &most) < 0 ||
	    asprintf(&reason, "this kernel has no sched_ext, and cpu.max %s%s",
		     bucket ? "saves up no more than a quota, " : "has nothing like it",
		     bucket ? most : "") < 0) {
		reason = NULL;
		return -ENOMEM;
	}
	if (asprintf(&remedy, "%s%s%s, or boot a kernel with CONFIG_SCHED_CLASS_EXT: "
		     "linux-image-amd64 of backports", bucket ? "give " : "leave it out",
		     bucket ? most : "", bucket ? " or less" : "") < 0) {
		remedy = NULL;
		return -ENOMEM;
	}
	*ret_reason = TAKE_PTR(reason);
	*ret_remedy = TAKE_PTR(remedy);
	return 0;
}

char *unkept_names(const struct config *config,
		   bool (*is)(const struct config *config, const char *name))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < config->n_values; i++) {
		const char *name = config->values[i].setting->name;

		if (is(config, name))
			fprintf(out, "%s%s", ftell(out) > 0 ? ", " : "", name);
	}
	if (fclose(out) != 0 || (text && !*text)) {
		free(text);
		text = NULL;
	}
	return text;
}
