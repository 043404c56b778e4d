// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Parameters of the interface's methods, read.  A parameter that is missing,
 * unknown or of another type is answered here; whether a value makes sense is
 * the manager's to say.
 */
#include <errno.h>
#include <stddef.h>

#include "scope.h"
#include "varlink.h"

#define FIELD(request_name, type, call, member, flags) \
	{ request_name, type, call, offsetof(struct request, member), flags }

#define TEXT(request_name, member, flags) \
	FIELD(request_name, SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, member, flags)
#define WORDS(request_name, member) \
	FIELD(request_name, SD_JSON_VARIANT_ARRAY, sd_json_dispatch_strv, member, \
	      SD_JSON_NULLABLE)

#define NAME FIELD("name", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, name,	\
		   SD_JSON_MANDATORY)

struct pair {
	const char *key, *value;
};

static int dispatch_setting(sd_json_variant *variant, struct pair *ret)
{
	static const sd_json_dispatch_field table[] = {
		{ "key", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string,
		  offsetof(struct pair, key), SD_JSON_MANDATORY },
		{ "value", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string,
		  offsetof(struct pair, value), SD_JSON_MANDATORY },
		{},
	};

	/* "source" is said in answers, and not looked at here. */
	return sd_json_dispatch(variant, table, SD_JSON_ALLOW_EXTENSIONS, ret);
}

static int dispatch_settings(const char *name, sd_json_variant *variant,
			     sd_json_dispatch_flags_t flags, void *userdata)
{
	struct pairs *pairs = userdata;
	size_t n = sd_json_variant_elements(variant);

	pairs->keys = calloc(n + 1, sizeof(char *));
	pairs->values = calloc(n + 1, sizeof(char *));
	if (!pairs->keys || !pairs->values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct pair pair = { 0 };
		int r = dispatch_setting(sd_json_variant_by_index(variant, i), &pair);

		if (r < 0)
			return r;
		pairs->keys[i] = (char *)pair.key;
		pairs->values[i] = (char *)pair.value;
		pairs->n = i + 1;
	}
	return 0;
}

int request_none(sd_varlink *link, sd_json_variant *parameters)
{
	static const sd_json_dispatch_field table[] = { {} };

	return sd_varlink_dispatch(link, parameters, table, NULL);
}

int request_name(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = { NAME, {} };

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_start(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		FIELD("wait", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, wait,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_build(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		TEXT("from", from, SD_JSON_NULLABLE),
		TEXT("directory", directory, SD_JSON_NULLABLE),
		TEXT("suite", suite, SD_JSON_NULLABLE),
		WORDS("include", include),
		WORDS("mirrors", mirrors),
		TEXT("variant", variant, SD_JSON_NULLABLE),
		FIELD("empty", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, empty,
		      SD_JSON_NULLABLE),
		FIELD("settings", SD_JSON_VARIANT_ARRAY, dispatch_settings, settings,
		      SD_JSON_MANDATORY),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_clone(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		TEXT("to", to, SD_JSON_MANDATORY),
		FIELD("settings", SD_JSON_VARIANT_ARRAY, dispatch_settings, settings,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_rename(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME, TEXT("to", to, SD_JSON_MANDATORY), {},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_create(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		FIELD("settings", SD_JSON_VARIANT_ARRAY, dispatch_settings, settings,
		      SD_JSON_MANDATORY),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_set(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		FIELD("settings", SD_JSON_VARIANT_ARRAY, dispatch_settings, settings,
		      SD_JSON_MANDATORY),
		FIELD("runtime", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, runtime,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_export(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		FIELD("archive", SD_JSON_VARIANT_UNSIGNED, sd_json_dispatch_uint, archive,
		      SD_JSON_MANDATORY),
		FIELD("compress", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, compress,
		      SD_JSON_NULLABLE),
		FIELD("snapshot", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, snapshot,
		      SD_JSON_NULLABLE),
		FIELD("since", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, since,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_import(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		FIELD("name", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, name,
		      SD_JSON_NULLABLE),
		FIELD("archive", SD_JSON_VARIANT_UNSIGNED, sd_json_dispatch_uint, archive,
		      SD_JSON_MANDATORY),
		FIELD("settings", SD_JSON_VARIANT_ARRAY, dispatch_settings, settings,
		      SD_JSON_NULLABLE),
		FIELD("trust", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, trust,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

int request_address(sd_varlink *link, sd_json_variant *parameters, struct request *ret)
{
	static const sd_json_dispatch_field table[] = {
		NAME,
		FIELD("address", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, address,
		      SD_JSON_MANDATORY),
		FIELD("runtime", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, runtime,
		      SD_JSON_NULLABLE),
		{},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

void request_clear(struct request *request)
{
	scope_strv_free(&request->include);
	scope_strv_free(&request->mirrors);
	free(request->settings.keys);
	free(request->settings.values);
}
