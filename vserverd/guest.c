// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One guest as it is at the moment, and as List and Describe give it.  It
 * changes nothing.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "accounting.h"
#include "guest.h"
#include "image.h"
#include "layer.h"
#include "operation.h"
#include "scope.h"
#include "unkept.h"

#define USEC_PER_SEC 1000000ULL

/* A line each becomes one line. */
static void join_lines(char **text)
{
	_cleanup_free_ char *lines = *text;
	char *joined = malloc(2 * strlen(lines) + 1), *p = joined;

	*text = NULL;
	for (const char *c = lines; p && *c; c++) {
		if (*c != '\n')
			*p++ = *c;
		else if (c[1])
			p = stpcpy(p, "; ");
	}
	if (p)
		*p = '\0';
	*text = joined;
}

static int read_config(struct guest *guest, struct problem *problem)
{
	int r = config_read(guest->name, &guest->config, &guest->errors);

	if (r == 0)
		return 0;
	if (r == -EINVAL) {
		join_lines(&guest->errors);
		return 0;
	}
	if (r != -ENOENT)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      strerror(-r));
	if (!image_exists(guest->name))
		return problem_set(problem, PROBLEM_NO_SUCH_GUEST, guest->name, NULL);
	if (asprintf(&guest->errors, "there is no " CONFIG_DIR "/%s.conf, but a tree; write the "
		     "file, or delete the guest", guest->name) < 0)
		guest->errors = NULL;
	return 0;
}

/* The state file says it, if the unit runs; if it does not, nobody keeps the
 * file true. */
static const char *find_phase(struct manager *m, const struct guest *guest)
{
	static const char *const phases[] = {
		"stopped", "starting", "running", "stopping", "failed",
	};
	const struct operation *operation = operation_find(m, guest->name);
	const char *phase = guest->state ? guest->state->phase : "stopped";
	struct unit_status unit;
	bool up = strcmp(phase, "stopped") && strcmp(phase, "failed");

	if (operation && operation->state && !operation->started)
		return operation->state;
	if (unit_status(m->units, guest->name, &unit) == 0) {
		if (!unit_is_up(&unit) && up)
			return "failed";
		if (unit_is_up(&unit) && !up)
			return !strcmp(unit.active, "deactivating") ? "stopping" : "starting";
	}
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
		if (!strcmp(phase, phases[i]))
			return phases[i];
	return "failed";
}

int guest_read(struct manager *m, const char *name, struct guest **ret,
	       struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	int r;

	if (!vs_name_valid(name))
		return problem_invalid(problem, "name", name, "it is not a name for a guest",
				       "use up to 63 letters, digits, dots, dashes and "
				       "underscores, a letter or digit first");
	guest = calloc(1, sizeof(*guest));
	if (!guest || !(guest->name = strdup(name)))
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	r = read_config(guest, problem);
	if (r < 0)
		return r;
	if (state_read(name, &guest->state) < 0)
		guest->state = NULL;
	guest->phase = find_phase(m, guest);
	*ret = TAKE_PTR(guest);
	return 0;
}

void guest_free(struct guest *guest)
{
	if (!guest)
		return;
	config_free(guest->config);
	state_free(guest->state);
	free(guest->errors);
	free(guest->name);
	free(guest);
}

bool guest_is_up(const struct guest *guest)
{
	return strcmp(guest->phase, "stopped") && strcmp(guest->phase, "failed");
}

/* --- as JSON ------------------------------------------------------------------------ */

static int add_settings(const struct guest *guest, sd_json_variant **object)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; guest->config && i < guest->config->n_values && r >= 0; i++) {
		const struct setting_value *v = &guest->config->values[i];

		r = sd_json_variant_append_arraybo(&array,
			SD_JSON_BUILD_PAIR_STRING("key", v->setting->name),
			SD_JSON_BUILD_PAIR_STRING("value", v->value),
			SD_JSON_BUILD_PAIR_STRING("source", v->source));
	}
	if (r >= 0)
		r = sd_json_variant_set_field(object, "settings", array);
	sd_json_variant_unref(array);
	return r;
}

/* Names of those that are so. */
static int add_names(const struct guest *guest, const char *field,
		     bool (*is)(const struct config *config, const char *name),
		     sd_json_variant **object)
{
	sd_json_variant *array = NULL;
	int r = 0;

	for (size_t i = 0; guest->config && i < guest->config->n_values && r >= 0; i++) {
		const char *name = guest->config->values[i].setting->name;

		if (is(guest->config, name))
			r = sd_json_variant_append_arrayb(&array, SD_JSON_BUILD_STRING(name));
	}
	if (r >= 0 && array)
		r = sd_json_variant_set_field(object, field, array);
	sd_json_variant_unref(array);
	return r;
}

static int add_addresses(const struct guest *guest, sd_json_variant **object)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; guest->config && i < guest->config->n_addresses && r >= 0; i++) {
		char text[INET6_ADDRSTRLEN];

		vs_address_format(&guest->config->addresses[i].address, text);
		r = sd_json_variant_append_arrayb(&array, SD_JSON_BUILD_STRING(text));
	}
	if (r >= 0)
		r = sd_json_variant_set_field(object, "addresses", array);
	sd_json_variant_unref(array);
	return r;
}

static int add_since(const struct guest *guest, sd_json_variant **object)
{
	time_t seconds;
	struct tm tm;
	char text[32];
	int r;

	if (!guest->state || !guest->state->since_usec)
		return 0;
	seconds = (time_t)(guest->state->since_usec / USEC_PER_SEC);
	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%FT%TZ", &tm);
	r = sd_json_variant_set_field_string(object, "since", text);
	if (r >= 0 && !strcmp(guest->phase, "running"))
		r = sd_json_variant_set_field_unsigned(object, "uptimeSeconds",
						       (uint64_t)(time(NULL) - seconds));
	return r;
}

/* What only a guest that is up has. */
static int add_state(const struct guest *guest, sd_json_variant **object)
{
	const struct state *state = guest->state;
	int r = 0;

	if (!state || !guest_is_up(guest))
		return 0;
	if (state->xid)
		r = sd_json_variant_set_field_unsigned(object, "xid", state->xid);
	if (r >= 0 && state->xid)
		r = sd_json_variant_set_field_unsigned(object, "ceiling", state->ceiling);
	if (r >= 0 && state->init)
		r = sd_json_variant_set_field_unsigned(object, "init", (uint64_t)state->init);
	if (r >= 0 && state->init)
		r = sd_json_variant_set_field_unsigned(object, "initStart", state->init_start);
	if (r >= 0 && state->cgroup)
		r = sd_json_variant_set_field_string(object, "cgroup", state->cgroup);
	return r < 0 ? r : guest_add_network(state, object);
}

static int add_usage(struct manager *m, const struct guest *guest, sd_json_variant **object)
{
	struct usage usage;
	int r;

	if (!guest->state || !guest->state->cgroup || !guest_is_up(guest) ||
	    accounting_look(m, guest->name, guest->state->cgroup, &usage) < 0)
		return 0;
	r = sd_json_variant_set_field_unsigned(object, "cpuUsageNs", usage.cpu_ns);
	if (r >= 0 && usage.share_known)
		r = sd_json_variant_set_field_unsigned(object, "cpuShare", usage.share);
	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(object, "memoryBytes",
						       usage.memory_bytes);
	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(object, "memoryPeakBytes",
						       usage.memory_peak_bytes);
	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(object, "tasks", usage.tasks);
	return r;
}

static int add_refusal(sd_json_variant **array, enum vs_rule rule, uint64_t count)
{
	return sd_json_variant_append_arraybo(array,
		SD_JSON_BUILD_PAIR_STRING("rule", vs_rule_name(rule)),
		SD_JSON_BUILD_PAIR_UNSIGNED("count", count));
}

static int add_refused(const struct vs_context *ctx, sd_json_variant **object)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (int rule = 0; rule <= VS_RULE_MAX && r >= 0; rule++)
		if (ctx->refused[rule])
			r = add_refusal(&array, (enum vs_rule)rule, ctx->refused[rule]);
	if (r >= 0)
		r = sd_json_variant_set_field(object, "refused", array);
	sd_json_variant_unref(array);
	return r;
}

static int add_context(struct manager *m, const struct guest *guest,
		       const struct vs_guarantees *all, sd_json_variant **object)
{
	struct vs_context ctx;
	int r;

	if (!guest->state || !guest->state->xid || !guest_is_up(guest) ||
	    vs_context_get(m->vs, guest->state->xid, &ctx) < 0)
		return 0;
	r = add_refused(&ctx, object);
	return r < 0 ? r : guest_add_bucket(m, guest, &ctx, all, object);
}

/* A wrong file is told before somebody starts it. */
static int add_reason(const struct guest *guest, sd_json_variant **object)
{
	const struct state *state = guest->state;
	_cleanup_free_ char *text = NULL;

	if (!strcmp(guest->phase, "failed") && state && state->reason) {
		if (asprintf(&text, "%s%s%s", state->step ? state->step : "",
			     state->step ? ": " : "", state->reason) < 0)
			return -ENOMEM;
		return sd_json_variant_set_field_string(object, "reason", text);
	}
	if (!guest->config && guest->errors)
		return sd_json_variant_set_field_string(object, "reason", guest->errors);
	return 0;
}

/* "sha256:HEX", as it is written in a file. */
static int add_image(const struct guest *guest, sd_json_variant **object)
{
	_cleanup_free_ char *image = layer_image(guest->name);

	if (!image)
		return 0;
	*strchr(image, '-') = ':';
	return sd_json_variant_set_field_string(object, "image", image);
}

int guest_json(struct manager *m, const struct guest *guest, const struct vs_guarantees *all,
	       sd_json_variant **ret)
{
	bool ready = !strcmp(guest->phase, "running") && guest->state && guest->state->ready;
	_cleanup_free_ char *unit = NULL;
	sd_json_variant *object = NULL;
	int r;

	r = unit_name(guest->name, &unit);
	if (r >= 0)
		r = sd_json_buildo(&object, SD_JSON_BUILD_PAIR_STRING("name", guest->name),
				   SD_JSON_BUILD_PAIR_STRING("state", guest->phase),
				   SD_JSON_BUILD_PAIR_BOOLEAN("ready", ready),
				   SD_JSON_BUILD_PAIR_STRING("unit", unit));
	if (r >= 0)
		r = add_state(guest, &object);
	if (r >= 0)
		r = add_since(guest, &object);
	if (r >= 0)
		r = add_reason(guest, &object);
	if (r >= 0)
		r = add_addresses(guest, &object);
	if (r >= 0)
		r = add_usage(m, guest, &object);
	if (r >= 0)
		r = add_context(m, guest, all, &object);
	if (r >= 0)
		r = guest_add_traffic(m, guest, &object);
	if (r >= 0)
		r = add_image(guest, &object);
	if (r >= 0)
		r = add_names(guest, "unkept", unkept, &object);
	if (r >= 0)
		r = add_names(guest, "unused", unused, &object);
	if (r >= 0)
		r = add_settings(guest, &object);
	if (r < 0) {
		sd_json_variant_unref(object);
		return r;
	}
	*ret = object;
	return 0;
}
