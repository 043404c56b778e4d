// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Of which network a guest is, and whether its other settings fit to that.
 */
#include <string.h>

#include "config.h"
#include "config_entry.h"
#include "scope.h"

enum network config_network(const char *value)
{
	if (value && !strcmp(value, "private"))
		return NETWORK_PRIVATE;
	if (value && !strcmp(value, "none"))
		return NETWORK_NONE;
	return NETWORK_BIND;
}

void config_take_network(const struct entries *entries, struct config *config, FILE *errors)
{
	const char *user = entry_value(entries, "user");

	config->network = config_network(entry_value(entries, "network"));
	if (config->network == NETWORK_PRIVATE && user && !strcmp(user, "host"))
		entry_complain(errors, entry_find(entries, "network"), "network: who has the host's "
			       "user ids would be root of the host's network too; leave out user "
			       "= host, or set network = none");
}

static bool is_on_a_wire(const struct vs_address *address)
{
	if (address->family == AF_INET6)
		return !IN6_IS_ADDR_LOOPBACK(&address->ip6) &&
		       !IN6_IS_ADDR_LINKLOCAL(&address->ip6);
	return ntohl(address->ip4.s_addr) >> 24 != IN_LOOPBACKNET &&
	       ntohl(address->ip4.s_addr) >> 16 != 0xa9fe;	/* 169.254.0.0/16 */
}

static void check_address(const struct entry *entry, FILE *errors)
{
	struct address_config address;

	if (config_parse_address(entry->value, &address) < 0)
		return;		/* that has been told */
	if (!is_on_a_wire(&address.address))
		entry_complain(errors, entry, "address: '%s' leads to no other machine; write one "
			       "that is routed to this host", entry->value);
	free(address.dev);
}

void config_check_network(const struct entries *entries, const struct config *config,
			  FILE *errors)
{
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *entry = &entries->entry[i];

		if (entry->setting->type != VS_TYPE_ADDRESS || !*entry->value)
			continue;
		if (config->network == NETWORK_NONE)
			entry_complain(errors, entry, "address: '%s': with network = none there is "
				       "no interface to have it; leave it out, or set network = "
				       "private", entry->value);
		else if (config->network == NETWORK_PRIVATE)
			check_address(entry, errors);
	}
}
