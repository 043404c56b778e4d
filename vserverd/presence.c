// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whether the addresses of a guest can be had now: the host has them or the
 * interface to put them on, and no other context uses them.  That an address
 * is written well, its file's reader has seen; this changes while nobody
 * touches a file.
 */
#include "presence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

static int absent(char **ret_reason, char **ret_remedy, int written)
{
	if (written < 0) {
		*ret_reason = NULL;
		*ret_remedy = NULL;
	}
	return -ENODEV;
}

int presence_check(const struct address_config *address, char **ret_reason,
		   char **ret_remedy)
{
	char text[INET6_ADDRSTRLEN];

	if (address->dev ? if_nametoindex(address->dev) != 0 :
			   vs_address_is_local(&address->address) == 1)
		return 0;
	*ret_reason = NULL;
	*ret_remedy = NULL;
	vs_address_format(&address->address, text);
	if (address->dev) {
		*ret_remedy = strdup("see the interfaces of this host: ip link");
		return absent(ret_reason, ret_remedy,
			      asprintf(ret_reason, "%s: there is no interface '%s'", text,
				       address->dev));
	}
	*ret_remedy = strdup("add it to the host, or write ADDRESS/PREFIX dev INTERFACE to have "
			     "it added");
	return absent(ret_reason, ret_remedy,
		      asprintf(ret_reason, "%s is not an address of this host", text));
}

/* What the host answers for never comes to the guest. */
static int check_own(const struct address_config *config, char **ret_reason, char **ret_remedy)
{
	char text[INET6_ADDRSTRLEN];

	if (config->dev && !if_nametoindex(config->dev))
		return presence_check(config, ret_reason, ret_remedy);
	if (vs_address_is_local(&config->address) != 1)
		return 0;
	vs_address_format(&config->address, text);
	if (asprintf(ret_reason, "%s is an address of this host", text) < 0)
		*ret_reason = NULL;
	*ret_remedy = strdup("take it off the host, or give the guest another");
	return -EADDRINUSE;
}

int presence_check_in(enum network network, const struct address_config *address,
		      char **ret_reason, char **ret_remedy)
{
	return network == NETWORK_BIND ? presence_check(address, ret_reason, ret_remedy) :
					 check_own(address, ret_reason, ret_remedy);
}

static const struct address_config *find_common(const struct config *config,
						const struct vs_context *context)
{
	for (size_t i = 0; i < config->n_addresses; i++)
		for (size_t j = 0; j < context->n_addresses; j++)
			if (config_same_address(&config->addresses[i].address,
						&context->addresses[j]))
				return &config->addresses[i];
	return NULL;
}

int presence_holder(struct vs *vs, const struct config *config, uint32_t xid,
		    struct vs_context *ret, const struct address_config **ret_address)
{
	_cleanup_free_ struct vs_context *contexts = NULL;
	size_t n = 0;
	int r;

	if (!config->n_addresses)
		return 0;
	r = vs_context_list(vs, &contexts, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct address_config *common = find_common(config, &contexts[i]);

		if (!common || contexts[i].xid == xid)
			continue;
		*ret = contexts[i];
		*ret_address = common;
		return 1;
	}
	return 0;
}
