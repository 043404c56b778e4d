// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest is to be: settings and the defaults, made into one struct; and
 * whether they fit together.  Which lines there are says config_read.c, files are
 * written by config_write.c.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_entry.h"
#include "scope.h"

/* ADDRESS[/PREFIX] [dev INTERFACE [nodad]] */
int config_parse_address(const char *text, struct address_config *ret)
{
	_cleanup_free_ char *address = NULL, *dev = NULL, *no_dad = NULL;
	struct address_config config = { 0 };
	char *slash;

	if (sscanf(text, "%ms dev %ms %ms", &address, &dev, &no_dad) < 1 || !address)
		return -EINVAL;
	slash = strchr(address, '/');
	if (slash)
		*slash++ = '\0';
	if (vs_address_parse(address, &config.address) < 0)
		return -EINVAL;

	config.prefix = config.address.family == AF_INET ? 32 : 128;
	if (slash) {
		uint64_t prefix;

		if (vs_parse_count(slash, &prefix) < 0 || prefix > config.prefix)
			return -EINVAL;
		config.prefix = (unsigned int)prefix;
	}
	config.dev = TAKE_PTR(dev);
	config.no_dad = no_dad != NULL;
	*ret = config;
	return 0;
}

bool config_same_address(const struct vs_address *a, const struct vs_address *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET ? a->ip4.s_addr == b->ip4.s_addr :
				      IN6_ARE_ADDR_EQUAL(&a->ip6, &b->ip6);
}

static int take_addresses(struct config *config, const struct entries *entries, FILE *errors)
{
	const struct entry *none = NULL;

	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *entry = &entries->entry[i];
		struct address_config address, *grown;

		if (entry->setting->type != VS_TYPE_ADDRESS || !*entry->value)
			continue;
		if (!strcmp(entry->value, "none")) {
			none = entry;
			continue;
		}
		if (config_parse_address(entry->value, &address) < 0) {
			entry_complain(errors, entry, "address: '%s' is not an address; "
				 "write ADDRESS/PREFIX dev INTERFACE", entry->value);
			continue;
		}
		for (size_t j = 0; j < config->n_addresses; j++)
			if (config_same_address(&config->addresses[j].address, &address.address))
				entry_complain(errors, entry, "address: '%s' is given twice",
					       entry->value);
		if (config->n_addresses == VS_ADDRESSES_MAX)
			entry_complain(errors, entry, "address: more than %d", VS_ADDRESSES_MAX);

		grown = reallocarray(config->addresses, config->n_addresses + 1, sizeof(*grown));
		if (!grown) {
			free(address.dev);
			return -ENOMEM;
		}
		config->addresses = grown;
		config->addresses[config->n_addresses++] = address;
	}
	if (none && config->n_addresses)
		entry_complain(errors, none, "address: 'none' is not the only one; leave it out");
	return 0;
}

static uint64_t take_limit(const struct entries *entries, const char *name,
			   int (*parse)(const char *text, uint64_t *ret))
{
	const char *value = entry_value(entries, name);
	uint64_t limit;

	return value && parse(value, &limit) == 0 ? limit : UINT64_MAX;
}

static int take_string(const struct entries *entries, const char *name, char **ret)
{
	const char *value = entry_value(entries, name);

	if (!value)
		return 0;
	*ret = strdup(value);
	return *ret ? 0 : -ENOMEM;
}

bool config_is_true(const char *value)
{
	return !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "on") ||
	       !strcmp(value, "1");
}

/* What one cannot have any use of is no wish that was understood. */
static void take_ceiling(struct config *config, const struct entries *entries, FILE *errors)
{
	const char *capabilities = entry_value(entries, "capabilities");
	const char *user = entry_value(entries, "user");
	_cleanup_free_ char *bad = NULL, *names = NULL;
	uint64_t useless = 0;

	config->own_users = !user || strcmp(user, "host");
	config->ceiling = vs_ceiling_guest() | (config->own_users ? vs_ceiling_user() : 0);
	if (config->network == NETWORK_PRIVATE && config->own_users)
		config->ceiling |= vs_ceiling_network();
	if (!capabilities || vs_ceiling_parse(capabilities, &config->ceiling, &bad) < 0)
		return;
	if (config->own_users)
		useless = config->ceiling & vs_ceiling_host();
	if (config->network != NETWORK_BIND)
		useless &= ~vs_ceiling_network();
	if (useless && vs_ceiling_format(useless, &names) == 0)
		entry_complain(errors, entry_find(entries, "capabilities"), "capabilities: %s counts "
			 "towards the host only, of which a guest with user ids of its own is no "
			 "root; leave it out, or set user = host", names);
}

static int take(struct config *config, const struct entries *entries, FILE *errors)
{
	const char *xid = entry_value(entries, "xid");
	const char *autostart = entry_value(entries, "autostart");
	const char *no_new_privs = entry_value(entries, "no-new-privs");
	const char *seccomp = entry_value(entries, "seccomp");
	const char *root = entry_value(entries, "root");
	const char *protect = entry_value(entries, "protect");
	const char *snapshots = entry_value(entries, "snapshots");

	if (xid)
		vs_parse_xid(xid, &config->xid);
	config->autostart = autostart && config_is_true(autostart);
	config->no_new_privs = no_new_privs && config_is_true(no_new_privs);
	config->read_only = root && !strcmp(root, "read-only");
	config->no_seccomp = seccomp && !strcmp(seccomp, "none");
	config->protected = protect && config_is_true(protect);
	if (snapshots)
		vs_parse_schedule(snapshots, &config->snapshots);
	config->memory_bytes = take_limit(entries, "memory", vs_parse_size);
	config->swap_bytes = take_limit(entries, "memory-swap", vs_parse_size);
	config->tasks = take_limit(entries, "tasks", vs_parse_count);
	config_take_network(entries, config, errors);
	take_ceiling(config, entries, errors);
	config_take_bucket(entries, &config->bucket, errors);
	config_take_traffic(entries, config);
	if (take_string(entries, "image", &config->image) < 0 ||
	    take_string(entries, "hostname", &config->hostname) < 0 ||
	    take_string(entries, "init", &config->init) < 0 ||
	    take_string(entries, "cpuset", &config->cpuset) < 0 ||
	    take_addresses(config, entries, errors) < 0 ||
	    config_take_mounts(entries, config, errors) < 0)
		return -ENOMEM;
	config_check_network(entries, config, errors);
	if (!config->hostname)
		config->hostname = strdup(config->name);
	return config->hostname ? 0 : -ENOMEM;
}

static int values_add(struct config *config, const struct vs_setting *setting,
		      const char *value, const char *source)
{
	struct setting_value *grown;

	grown = reallocarray(config->values, config->n_values + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	config->values = grown;
	grown[config->n_values] = (struct setting_value){
		.setting = setting,
		.value = strdup(value),
		.source = strdup(source),
	};
	config->n_values++;
	return grown[config->n_values - 1].value && grown[config->n_values - 1].source ?
	       0 : -ENOMEM;
}

static int take_values(struct config *config, const struct entries *entries)
{
	for (const struct vs_setting *s = vs_settings(); s->name; s++) {
		size_t before = config->n_values;

		for (size_t i = 0; i < entries->n; i++)
			if (entries->entry[i].setting == s &&
			    values_add(config, s, entries->entry[i].value,
				       entries->entry[i].path) < 0)
				return -ENOMEM;
		if (config->n_values == before && s->fallback &&
		    values_add(config, s, s->fallback, "default") < 0)
			return -ENOMEM;
	}
	return 0;
}

static int config_new(const char *name, struct config **ret)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return -ENOMEM;
	config->name = strdup(name);
	if (!config->name || asprintf(&config->root, GUESTS_DIR "/%s/root", name) < 0) {
		config->root = NULL;
		config_free(config);
		return -ENOMEM;
	}
	*ret = config;
	return 0;
}

int config_make(const char *name, const struct entries *entries, FILE *errors,
		struct config **ret)
{
	struct config *config;
	int r;

	r = config_new(name, &config);
	if (r < 0)
		return r;
	r = take(config, entries, errors);
	if (!r)
		r = take_values(config, entries);
	if (r < 0) {
		config_free(config);
		return r;
	}
	*ret = config;
	return 0;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->n_addresses; i++)
		free(config->addresses[i].dev);
	for (size_t i = 0; i < config->n_values; i++) {
		free(config->values[i].value);
		free(config->values[i].source);
	}
	for (size_t i = 0; i < config->n_mounts; i++)
		vs_mount_clear(&config->mounts[i]);
	free(config->mounts);
	free(config->addresses);
	free(config->values);
	free(config->name);
	free(config->root);
	free(config->image);
	free(config->hostname);
	free(config->init);
	free(config->cpuset);
	free(config);
}
