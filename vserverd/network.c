// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a supervisor does for a guest's own network.  It is made when init is, by
 * libvserver, and goes with it; here is what comes before, what goes afterwards
 * whatever became of it, and the parts of nftables: a guest's root may use them,
 * and may not have them loaded.
 */
#include "network.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "presence.h"
#include "scope.h"
#include "supervisor.h"

extern char **environ;

/* Nor is it an error where there is none: nft tells the guest. */
static void load_modules(void)
{
	static const char *const argv[] = {
		"modprobe", "-q", "-a", "veth", "nf_tables", "nft_ct", "nft_chain_nat", "nft_nat",
		"nft_masq", "nft_redir", "nft_reject_inet", "nft_limit", "nft_log", "nft_fib_inet",
		NULL
	};
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) == 0)
		waitpid(pid, NULL, 0);
}

static int check_addresses(const struct config *config, char **ret_reason)
{
	_cleanup_free_ char *remedy = NULL;
	int r = 0;

	for (size_t i = 0; i < config->n_addresses && !r; i++)
		r = presence_check_in(config->network, &config->addresses[i], ret_reason, &remedy);
	return r;
}

int network_prepare(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL;
	char name[IFNAMSIZ];
	int r;

	if (s->config->network != NETWORK_PRIVATE)
		return 0;
	r = check_addresses(s->config, &reason);
	if (r < 0)
		return failed(s, "preparing its network", reason ?: strerror(-r), r);
	vs_network_name(s->state->xid, s->name, &name);
	s->state->interface = strdup(name);
	if (!s->state->interface)
		return -ENOMEM;
	r = state_write(s->name, s->state);
	if (!r)
		load_modules();
	return r;
}

/* Written down first, then done.  What is there already is the host's own. */
static int announce(struct supervisor *s, const struct address_config *config)
{
	char text[INET6_ADDRSTRLEN];
	const struct state_address record = {
		.address = text,
		.prefix = config->prefix,
		.dev = config->dev,
	};
	int r;

	if (!config->dev)
		return 0;
	vs_address_format(&config->address, text);
	r = state_record(s->name, &record);
	if (r < 0)
		return r;
	r = vs_proxy_add(s->vs, &config->address, config->dev);
	return r == -EEXIST ? state_forget(s->name, text) : r;
}

int network_announce(struct supervisor *s)
{
	int r = 0;

	for (size_t i = 0; i < s->config->n_addresses && !r; i++)
		r = announce(s, &s->config->addresses[i]);
	return r;
}

const struct vs_network *network_of(const struct supervisor *s, struct vs_network *ret,
				    struct vs_network_address *addresses)
{
	const struct config *c = s->config;
	size_t n = 0;

	if (c->network == NETWORK_BIND)
		return NULL;
	for (size_t i = 0; i < c->n_addresses && n < VS_ADDRESSES_MAX; i++, n++)
		addresses[n] = (struct vs_network_address){
			.address = c->addresses[i].address,
			.prefix = c->addresses[i].prefix,
		};
	*ret = (struct vs_network){
		.interface = s->state->interface,
		.addresses = addresses,
		.n_addresses = n,
	};
	return ret;
}

int network_remove(struct vs *vs, const char *name, const struct state *state)
{
	return state->interface ? vs_network_remove(vs, state->xid, state->interface) : 0;
}
