// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's addresses: those that its files give it, and those that it has now.
 * The two differ where a file has been changed since it started.
 */
#include <errno.h>
#include <string.h>

#include "guest.h"

/* The context; false: the guest has none now. */
static bool read_context(struct manager *m, const struct guest *guest, struct vs_context *ret)
{
	return guest_is_up(guest) && guest->state && guest->state->xid &&
	       vs_context_get(m->vs, guest->state->xid, ret) == 0;
}

static bool uses(const struct vs_context *ctx, const struct vs_address *address)
{
	for (size_t i = 0; i < ctx->n_addresses; i++)
		if (config_same_address(&ctx->addresses[i], address))
			return true;
	return false;
}

/* @source: NULL: no file has it. */
static int add(const struct guest *guest, const struct vs_address *address,
	       const struct address_config *config, const char *source, bool used,
	       sd_json_variant **array)
{
	const struct state_address *added;
	char text[INET6_ADDRSTRLEN];
	unsigned int prefix;
	const char *dev;

	vs_address_format(address, text);
	added = guest->state && guest_is_up(guest) ? state_find(guest->state, text) : NULL;
	dev = added ? added->dev : config ? config->dev : NULL;
	prefix = added ? added->prefix : config ? config->prefix : 0;
	return sd_json_variant_append_arraybo(array,
		SD_JSON_BUILD_PAIR_STRING("address", text),
		SD_JSON_BUILD_PAIR_CONDITION(dev != NULL, "prefix", SD_JSON_BUILD_UNSIGNED(prefix)),
		SD_JSON_BUILD_PAIR_CONDITION(dev != NULL, "dev", SD_JSON_BUILD_STRING(dev)),
		SD_JSON_BUILD_PAIR_CONDITION(source != NULL, "source", SD_JSON_BUILD_STRING(source)),
		SD_JSON_BUILD_PAIR_BOOLEAN("used", used),
		SD_JSON_BUILD_PAIR_BOOLEAN("added", added != NULL));
}

static int add_configured(const struct guest *guest, const struct vs_context *ctx,
			  sd_json_variant **array)
{
	const struct config *config = guest->config;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < config->n_values && n < config->n_addresses && r >= 0; i++) {
		const struct setting_value *value = &config->values[i];
		const struct address_config *address = &config->addresses[n];

		if (value->setting->type != VS_TYPE_ADDRESS || !strcmp(value->value, "none"))
			continue;
		n++;
		r = add(guest, &address->address, address, value->source,
			uses(ctx, &address->address), array);
	}
	return r;
}

static bool is_configured(const struct guest *guest, const struct vs_address *address)
{
	for (size_t i = 0; guest->config && i < guest->config->n_addresses; i++)
		if (config_same_address(&guest->config->addresses[i].address, address))
			return true;
	return false;
}

int guest_addresses_json(struct manager *m, const struct guest *guest, sd_json_variant **ret)
{
	struct vs_context ctx = { 0 };
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	if (!read_context(m, guest, &ctx))
		ctx.n_addresses = 0;
	if (r >= 0 && guest->config)
		r = add_configured(guest, &ctx, &array);
	for (size_t i = 0; i < ctx.n_addresses && r >= 0; i++)
		if (!is_configured(guest, &ctx.addresses[i]))
			r = add(guest, &ctx.addresses[i], NULL, NULL, true, &array);
	if (r < 0) {
		sd_json_variant_unref(array);
		return r;
	}
	*ret = array;
	return 0;
}
