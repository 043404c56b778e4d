// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * May settings be what they are asked to be: each by itself, all together with
 * what the guest has already, and on this machine.  And what of the guest's has
 * no effect any more with them, which is told and refused to nobody.
 */
#include <errno.h>
#include <string.h>

#include "config_file.h"
#include "presence.h"
#include "scope.h"
#include "set_check.h"
#include "unkept.h"

/* Who asks for it now wants it now; in a file it may wait for its network. */
static int check_present(enum network network, const char *value, char **ret_reason,
			 char **ret_remedy)
{
	struct address_config address;
	int r;

	if (!strcmp(value, "none"))
		return 0;
	if (config_parse_address(value, &address) < 0)
		return -EINVAL;
	r = presence_check_in(network, &address, ret_reason, ret_remedy);
	free(address.dev);
	return r;
}

static int check_pair(const struct pairs *settings, size_t i, struct problem *problem)
{
	const char *key = settings->keys[i], *value = settings->values[i];
	const struct vs_setting *setting = vs_setting_find(key);
	_cleanup_free_ char *reason = NULL, *remedy = NULL;

	if (!setting)
		return problem_invalid(problem, key, value, "no setting is called so",
				       "see vserver.conf(5)");
	for (size_t j = 0; j < i && !setting->list; j++)
		if (!strcmp(settings->keys[j], key))
			return problem_invalid(problem, key, value, "it is given twice",
					       "give it once");
	if (vs_setting_check(setting, value, &reason, &remedy) < 0)
		return problem_invalid(problem, key, value, reason, remedy);
	if (!config_line_fits(key, value))
		return problem_invalid(problem, key, value, "it does not fit into one line",
				       "control characters, ' ;' and more than 198 characters "
				       "cannot be written");
	return 0;
}

static int check_addresses(const struct config *config, const struct pairs *settings,
			   struct problem *problem)
{
	for (size_t i = 0; i < settings->n; i++) {
		const char *key = settings->keys[i], *value = settings->values[i];
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (vs_setting_find(key)->type == VS_TYPE_ADDRESS &&
		    check_present(config->network, value, &reason, &remedy) < 0)
			return problem_invalid(problem, key, value, reason, remedy);
	}
	return 0;
}

/* "[FILE:LINE: ]KEY: REASON; REMEDY" of the first line. */
static int fail_together(const struct pairs *settings, char *errors, struct problem *problem)
{
	char *remedy, *reason;

	if (*errors == '/')
		return problem_failed(problem, "reading its configuration", NULL, "%.*s",
				      (int)strcspn(errors, "\n"), errors);
	errors[strcspn(errors, "\n")] = '\0';
	reason = strstr(errors, ": ");
	if (!reason)
		return problem_failed(problem, "checking the settings", NULL, "%s", errors);
	*reason = '\0';
	reason += 2;
	remedy = strstr(reason, "; ");
	if (remedy) {
		*remedy = '\0';
		remedy += 2;
	}
	for (size_t i = 0; i < settings->n; i++)
		if (!strcmp(settings->keys[i], errors))
			return problem_invalid(problem, errors, settings->values[i], reason,
					       remedy);
	return problem_invalid(problem, settings->keys[0], settings->values[0], reason, remedy);
}

/* What is asked for now is to be kept, and to have an effect; what a file has is
 * told. */
static int check_kept(const struct config *config, const struct pairs *settings,
		      struct problem *problem)
{
	for (size_t i = 0; i < settings->n; i++) {
		const char *name = settings->keys[i];
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (!unused(config, name) && !unkept(config, name))
			continue;
		if (unkept_reason(config, name, &reason, &remedy) < 0)
			return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
		if (unused(config, name))
			return problem_invalid(problem, name, settings->values[i], reason, remedy);
		return problem_unsupported(problem, name, reason, remedy);
	}
	return 0;
}

int set_preview(const char *name, const struct pairs *settings, struct config **ret,
		struct problem *problem)
{
	_cleanup_free_ char *errors = NULL;
	struct config *config = NULL;
	int r;

	for (size_t i = 0; i < settings->n; i++) {
		r = check_pair(settings, i, problem);
		if (r < 0)
			return r;
	}
	r = config_preview(name, (const char *const *)settings->keys,
			   (const char *const *)settings->values, settings->n, &config, &errors);
	if (r == -EINVAL && errors)
		return fail_together(settings, errors, problem);
	if (r < 0)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      strerror(-r));
	r = check_addresses(config, settings, problem);
	if (!r)
		r = check_kept(config, settings, problem);
	if (r < 0) {
		config_free(config);
		return r;
	}
	*ret = config;
	return 0;
}

int set_check(const char *name, const struct pairs *settings, struct problem *problem)
{
	struct config *config = NULL;
	int r = set_preview(name, settings, &config, problem);

	config_free(config);
	return r;
}

/* --- what is told --------------------------------------------------------------------- */

static int add_warning(const struct config *config, const char *name, sd_json_variant **array)
{
	_cleanup_free_ char *reason = NULL, *remedy = NULL;
	int r = unkept_reason(config, name, &reason, &remedy);

	if (r < 0)
		return r;
	return sd_json_variant_append_arraybo(array, SD_JSON_BUILD_PAIR_STRING("key", name),
					      SD_JSON_BUILD_PAIR_STRING("reason", reason),
					      SD_JSON_BUILD_PAIR_STRING("remedy", remedy));
}

/* What was so before, whoever made it so has been told. */
int set_warnings(const struct config *before, const struct config *next, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = 0;

	for (size_t i = 0; i < next->n_values && r >= 0; i++) {
		const char *name = next->values[i].setting->name;

		if ((unused(next, name) && !unused(before, name)) ||
		    (unkept(next, name) && !unkept(before, name)))
			r = add_warning(next, name, &array);
	}
	if (r < 0) {
		sd_json_variant_unref(array);
		return r;
	}
	*ret = array;
	return 0;
}

static bool is_same(const struct address_config *a, const struct address_config *b)
{
	return config_same_address(&a->address, &b->address) && a->prefix == b->prefix &&
	       !a->dev == !b->dev && (!a->dev || !strcmp(a->dev, b->dev));
}

int set_warn_address(const struct config *before, const struct config *next,
		     sd_json_variant **array)
{
	bool same = before->n_addresses == next->n_addresses;

	for (size_t i = 0; same && i < next->n_addresses; i++)
		same = is_same(&before->addresses[i], &next->addresses[i]);
	if (same)
		return 0;
	return sd_json_variant_append_arraybo(array, SD_JSON_BUILD_PAIR_STRING("key", "address"),
		SD_JSON_BUILD_PAIR_BOOLEAN("later", true),
		SD_JSON_BUILD_PAIR_STRING("reason", "it runs, with those that it has"),
		SD_JSON_BUILD_PAIR_STRING("remedy", "vserver address add and remove change them "
						    "at once"));
}
