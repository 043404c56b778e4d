// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Why a start may not begin: what can be refused is refused before anything
 * is made.
 */
#include <errno.h>
#include <string.h>

#include "enforcement.h"
#include "guest.h"
#include "host_address.h"
#include "init.h"
#include "layer.h"
#include "operation.h"
#include "presence.h"
#include "scope.h"
#include "traffic.h"

static int check_init(struct manager *m, const struct config *config, struct problem *problem)
{
	_cleanup_strv_free_ char **argv = NULL;
	_cleanup_free_ char *reason = NULL;
	_cleanup_close_ int tree = layer_open_tree(m->vs, config, true, &reason);

	if (tree < 0)
		return problem_failed(problem, "finding its tree",
				      config->image ? NULL : "build it, or delete it",
				      "%s", reason ? reason : strerror(-tree));
	if (init_find(m->vs, config, tree, &argv, &reason) == 0)
		return 0;
	return problem_failed(problem, "finding its init",
			      config->init ? "put it there, or set init" :
					     "put a root filesystem there, or set init",
			      "%s", reason ? reason : strerror(ENOMEM));
}

static int check_addresses(const struct config *config, struct problem *problem)
{
	for (size_t i = 0; i < config->n_addresses; i++) {
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (presence_check_in(config->network, &config->addresses[i], &reason,
				      &remedy) < 0)
			return problem_failed(problem, "adding its addresses", remedy, "%s",
					      reason ? reason : strerror(ENOMEM));
	}
	return 0;
}

/* What is left of this very guest goes at its start; another's does not. */
static int check_context(struct manager *m, const struct guest *guest,
			 struct problem *problem)
{
	bool left = guest->state && state_is_left(guest->state);
	const struct config *config = guest->config;
	struct vs_context context;

	if (config->xid && vs_context_get(m->vs, config->xid, &context) == 0 &&
	    !(left && !strcmp(context.name, config->name)))
		return problem_failed(problem, "making its context", "see: vserver contexts",
				      "context %u is there already, of '%s'", config->xid,
				      context.name);
	if (!left && vs_context_find(m->vs, config->name, &context) == 0)
		return problem_failed(problem, "making its context", "see: vserver contexts",
				      "context %u is there already under that name",
				      context.xid);
	return 0;
}

/* Else the first of the two to stop would take the address from the other. */
static int check_holder(struct manager *m, const struct guest *guest, struct problem *problem)
{
	const struct address_config *address;
	struct vs_context own = { 0 }, holder;
	char text[INET6_ADDRSTRLEN];
	int r;

	/* What is left of it, as check_context() has seen. */
	if (vs_context_find(m->vs, guest->name, &own) < 0)
		own.xid = 0;
	r = presence_holder(m->vs, guest->config, own.xid, &holder, &address);
	if (r < 0)
		return problem_failed(problem, "adding its addresses", NULL, "%s",
				      vs_reason(m->vs));
	if (r == 0)
		return 0;
	vs_address_format(&address->address, text);
	return problem_failed(problem, "adding its addresses", "give each its own, or end that "
			      "one first; see: vserver contexts",
			      "%s is used by context %u, '%s'", text, holder.xid, holder.name);
}

/* Nor is what the host has put there and taken away again; a guest's, as we have
 * seen, it is not. */
static int check_host(struct manager *m, const struct guest *guest, struct problem *problem)
{
	const struct config *config = guest->config;

	for (size_t i = 0; config->network == NETWORK_BIND && i < config->n_addresses; i++) {
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (host_address_check(m->vs, guest->name, &config->addresses[i], &reason,
				       &remedy) < 0)
			return problem_failed(problem, "adding its addresses", remedy, "%s",
					      reason ? reason : strerror(ENOMEM));
	}
	return 0;
}

/* The next look at it would stop it. */
static int check_traffic(struct manager *m, const struct config *config,
			 struct problem *problem)
{
	struct traffic_account account;

	if (!config->quota.stop || traffic_account(m->vs, config->name, NULL, &account) < 0 ||
	    !traffic_is_over(config, &account))
		return 0;
	return problem_failed(problem, "looking at its traffic", "set net-traffic to more, or start "
			      "it next month", "what net-traffic allows is used up");
}

int operation_check_start(struct manager *m, const struct guest *guest,
			  struct problem *problem)
{
	int r;

	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	r = enforcement_need(m, problem);
	if (!r)
		r = check_init(m, guest->config, problem);
	if (!r)
		r = check_addresses(guest->config, problem);
	if (!r)
		r = check_context(m, guest, problem);
	if (!r)
		r = check_holder(m, guest, problem);
	if (!r)
		r = check_host(m, guest, problem);
	if (!r)
		r = check_traffic(m, guest->config, problem);
	return r;
}
