/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Between JSON objects and what the verbs need of them: a guest asked for by
 * name, fields read, settings and options written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"

int call_guest(const char *verb, const char *name, sd_json_variant **ret)
{
	struct call call = { .verb = verb, .name = name, .method = "Describe" };
	sd_json_variant *guest;
	int r;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", name)) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	if (r == EXIT_DONE) {
		guest = sd_json_variant_by_key(call.reply, "guest");
		if (guest)
			*ret = sd_json_variant_ref(guest);
		else
			r = fail("cannot %s '%s': vserverd did not describe it", verb, name);
	}
	call_free(&call);
	return r;
}

int settings_json(const struct cli *cli, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < cli->n_settings && r >= 0; i++)
		r = sd_json_variant_append_arraybo(
			&array, SD_JSON_BUILD_PAIR_STRING("key", cli->settings[i].name),
			SD_JSON_BUILD_PAIR_STRING("value", cli->settings[i].value));
	if (r < 0) {
		sd_json_variant_unref(array);
		return fail_memory();
	}
	*ret = array;
	return EXIT_DONE;
}

int option_json(const struct cli *cli, const char *option, bool separated,
		sd_json_variant **ret)
{
	int r = sd_json_variant_new_array(ret, NULL, 0);

	for (size_t i = 0; i < cli->n_options && r >= 0; i++) {
		char *copy, *rest, *word;

		if (strcmp(cli->options[i].name, option) != 0)
			continue;
		copy = rest = strdup(cli->options[i].value);
		if (!copy)
			return -ENOMEM;
		while (r >= 0 && (word = separated ? strsep(&rest, ",") : rest)) {
			if (*word)
				r = sd_json_variant_append_arrayb(ret, SD_JSON_BUILD_STRING(word));
			if (!separated)
				break;
		}
		free(copy);
	}
	return r;
}

int call_guests(const char *verb, sd_json_variant **ret)
{
	struct call call = { .verb = verb, .method = "List" };
	sd_json_variant *guests;
	int r = call_run(&call, 1);

	if (r == EXIT_DONE) {
		guests = sd_json_variant_by_key(call.reply, "guests");
		*ret = sd_json_variant_ref(guests);
	}
	call_free(&call);
	return r;
}

const char *field_string(sd_json_variant *object, const char *field)
{
	sd_json_variant *value = sd_json_variant_by_key(object, field);

	return value && sd_json_variant_is_string(value) ? sd_json_variant_string(value) : NULL;
}

bool field_number(sd_json_variant *object, const char *field, uint64_t *ret)
{
	sd_json_variant *value = sd_json_variant_by_key(object, field);

	if (!value || !sd_json_variant_is_unsigned(value))
		return false;
	*ret = sd_json_variant_unsigned(value);
	return true;
}

bool field_integer(sd_json_variant *object, const char *field, int64_t *ret)
{
	sd_json_variant *value = sd_json_variant_by_key(object, field);

	if (!value || !sd_json_variant_is_integer(value))
		return false;
	*ret = sd_json_variant_integer(value);
	return true;
}

bool field_true(sd_json_variant *object, const char *field)
{
	sd_json_variant *value = sd_json_variant_by_key(object, field);

	return value && sd_json_variant_is_boolean(value) && sd_json_variant_boolean(value);
}

const char *guest_setting(sd_json_variant *guest, const char *key)
{
	sd_json_variant *settings = sd_json_variant_by_key(guest, "settings");

	for (size_t i = 0; i < sd_json_variant_elements(settings); i++) {
		sd_json_variant *setting = sd_json_variant_by_index(settings, i);
		const char *name = field_string(setting, "key");

		if (name && !strcmp(name, key))
			return field_string(setting, "value");
	}
	return NULL;
}

bool guest_has_each(sd_json_variant *guest)
{
	const char *scope = guest_setting(guest, "cpu-scope");

	return scope && !strcmp(scope, "processor");
}

bool guest_lacks_share(sd_json_variant *guest)
{
	uint64_t usage;

	return field_number(guest, "cpuUsageNs", &usage) &&
	       !field_number(guest, "cpuShare", &usage);
}

void wait_for_share(void)
{
	usleep(550000);		/* the daemon wants half a second between looks */
}

int print_json(sd_json_variant *object)
{
	if (sd_json_variant_dump(object, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE,
				 stdout, NULL) < 0)
		return fail_memory();
	return EXIT_DONE;
}
