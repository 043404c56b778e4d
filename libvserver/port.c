// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Ports that a program listens on without an address: the host's, which are
 * heard on the addresses of contexts too, where these do not listen themselves.
 * That they have the port is no reason why a context should not (kmod/share.c).  A
 * wildcard of a context that has addresses is none any more (bpf/net.bpf.c), so what is found here
 * is the host's, or that of a context of chcontext's alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

#include "port.h"

/* What is looked at, all of one moment. */
struct view {
	struct vs_bound *bound;
	size_t n_bound;
	struct vs_context *contexts;
	size_t n_contexts;
};

static void cleanup_view(struct view *view)
{
	free(view->bound);
	free(view->contexts);
}

#define _cleanup_view_	__attribute__((cleanup(cleanup_view)))

static int look(struct vs *vs, struct view *ret)
{
	int r = vs_bound_list(vs, &ret->bound, &ret->n_bound);

	return r < 0 ? r : vs_context_list(vs, &ret->contexts, &ret->n_contexts);
}

/* --- whom it concerns ------------------------------------------------------------------ */

static bool is_within(const struct vs_address *set, const struct vs_address *one)
{
	const uint8_t *a = set->ip6.s6_addr, *b = one->ip6.s6_addr;
	size_t size = set->family == AF_INET ? 4 : 16;

	if (set->family != one->family)
		return false;
	for (unsigned int bit = 0; bit < set->prefix; bit++)
		if ((a[bit / 8] ^ b[bit / 8]) & 0x80 >> bit % 8)
			return false;
	if (set->has_last)
		return memcmp(a, b, size) <= 0 && memcmp(b, set->last6.s6_addr, size) <= 0;
	return set->prefix || !memcmp(a, b, size);
}

static bool has_address(const struct vs_context *context, const struct vs_address *one)
{
	for (size_t i = 0; i < context->n_addresses; i++)
		if (is_within(&context->addresses[i], one))
			return true;
	return false;
}

static bool has_family(const struct vs_context *context, int family)
{
	for (size_t i = 0; i < context->n_addresses; i++)
		if (context->addresses[i].family == family)
			return true;
	return false;
}

/* Is somebody bound to that port by an address of the context's? */
static bool hears(const struct view *view, const struct vs_context *context,
		  const struct vs_port *port, int family)
{
	for (size_t i = 0; i < view->n_bound; i++) {
		const struct vs_bound *bound = &view->bound[i];

		if (bound->port == port->port && bound->protocol == port->protocol &&
		    !bound->any && bound->address.family == family &&
		    has_address(context, &bound->address))
			return true;
	}
	return false;
}

static bool concerns(const struct view *view, const struct vs_context *context,
		     const struct vs_port *port)
{
	return (port->ip4 && has_family(context, AF_INET) &&
		!hears(view, context, port, AF_INET)) ||
	       (port->ip6 && has_family(context, AF_INET6) &&
		!hears(view, context, port, AF_INET6));
}

static int add_contexts(const struct view *view, struct vs_port *port)
{
	port->contexts = calloc(view->n_contexts + 1, sizeof(*port->contexts));
	if (!port->contexts)
		return -ENOMEM;
	for (size_t i = 0; i < view->n_contexts; i++) {
		const struct vs_context *context = &view->contexts[i];

		if (!concerns(view, context, port))
			continue;
		port->contexts[port->n_contexts].xid = context->xid;
		strcpy(port->contexts[port->n_contexts++].name, context->name);
	}
	return 0;
}

/* An address for the remedies: of the host and of no context. */
static void find_host(const struct view *view, char *ret)
{
	struct ifaddrs *all = NULL;

	strcpy(ret, "ADDRESS");
	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
		const struct sockaddr_in *sin = (const struct sockaddr_in *)one->ifa_addr;
		struct vs_address address = { .family = AF_INET };
		bool taken = false;

		if (!sin || sin->sin_family != AF_INET)
			continue;
		address.ip4 = sin->sin_addr;
		if (ntohl(address.ip4.s_addr) >> 24 == IN_LOOPBACKNET)
			continue;
		for (size_t i = 0; i < view->n_contexts && !taken; i++)
			taken = has_address(&view->contexts[i], &address);
		if (taken)
			continue;
		inet_ntop(AF_INET, &address.ip4, ret, INET_ADDRSTRLEN);
		break;
	}
	freeifaddrs(all);
}

/* --- each port once ---------------------------------------------------------------------- */

/* One program may have a socket of each family, or several workers. */
static struct vs_port *same(struct vs_port *ports, size_t n, const struct vs_port *one)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i].protocol == one->protocol && ports[i].port == one->port &&
		    !strcmp(ports[i].dev, one->dev) && !strcmp(ports[i].command, one->command) &&
		    !strcmp(ports[i].unit, one->unit))
			return &ports[i];
	return NULL;
}

static void free_port(struct vs_port *port)
{
	free(port->command);
	free(port->unit);
	free(port->remedy);
	free(port->contexts);
}

void vs_ports_free(struct vs_port *ports, size_t n)
{
	for (size_t i = 0; ports && i < n; i++)
		free_port(&ports[i]);
	free(ports);
}

static int by_port(const void *a, const void *b)
{
	const struct vs_port *left = a, *right = b;

	return left->port != right->port ? left->port - right->port :
					   left->protocol - right->protocol;
}

static int add_port(struct vs_port *ports, size_t *n, const struct vs_bound *bound,
		    const struct vs_holder *holder)
{
	struct vs_port port = {
		.protocol = bound->protocol,
		.port = bound->port,
		.ip4 = bound->ip4,
		.ip6 = bound->ip6,
		.pid = holder->pid,
	}, *there;
	int r = vs_holder_name(holder->pid, &port.command, &port.unit);

	if (r < 0)
		return r;
	if (bound->interface && !if_indextoname(bound->interface, port.dev))
		strcpy(port.dev, "?");
	there = same(ports, *n, &port);
	if (!there) {
		ports[(*n)++] = port;
		return 0;
	}
	there->ip4 |= port.ip4;
	there->ip6 |= port.ip6;
	free_port(&port);
	return 0;
}

/* The holders of what is bound to no address, in the order of view->bound. */
static int find_holders(const struct view *view, struct vs_holder **ret)
{
	struct vs_holder *holders = calloc(view->n_bound + 1, sizeof(*holders));
	size_t n = 0;
	int r;

	if (!holders)
		return -ENOMEM;
	for (size_t i = 0; i < view->n_bound; i++)
		if (view->bound[i].any)
			holders[n++].inode = view->bound[i].inode;
	r = vs_holders_find(holders, n);
	if (r < 0)
		free(holders);
	else
		*ret = holders;
	return r;
}

static int collect(const struct view *view, struct vs_port *ports, size_t *n)
{
	_cleanup_free_ struct vs_holder *holders = NULL;
	const struct vs_holder *holder;
	char host[INET_ADDRSTRLEN];
	int r = find_holders(view, &holders);

	holder = holders;
	for (size_t i = 0; i < view->n_bound && r >= 0; i++)
		if (view->bound[i].any)
			r = add_port(ports, n, &view->bound[i], holder++);
	find_host(view, host);
	for (size_t i = 0; i < *n && r >= 0; i++) {
		r = add_contexts(view, &ports[i]);
		ports[i].remedy = vs_port_remedy(&ports[i], host);
		if (!ports[i].remedy)
			r = -ENOMEM;
	}
	return r;
}

int vs_port_list(struct vs *vs, struct vs_port **ret, size_t *ret_n)
{
	_cleanup_view_ struct view view = {};
	struct vs_port *ports;
	size_t n = 0;
	int r;

	r = look(vs, &view);
	if (r < 0)
		return r;
	ports = calloc(view.n_bound + 1, sizeof(*ports));
	r = ports ? collect(&view, ports, &n) : -ENOMEM;
	if (r < 0) {
		vs_ports_free(ports, n);
		return vs_fail_errno(vs, r, "looking for who listens");
	}
	qsort(ports, n, sizeof(*ports), by_port);
	*ret = ports;
	*ret_n = n;
	return 0;
}

int vs_port_count(struct vs *vs, size_t *ret_n)
{
	_cleanup_view_ struct view view = {};
	size_t n = 0;
	int r = look(vs, &view);

	if (r < 0)
		return r;
	for (size_t i = 0; i < view.n_bound; i++) {
		const struct vs_bound *bound = &view.bound[i];
		const struct vs_port port = {
			.protocol = bound->protocol,
			.port = bound->port,
			.ip4 = bound->ip4,
			.ip6 = bound->ip6,
		};
		bool found = !bound->any;

		for (size_t j = 0; j < view.n_contexts && !found; j++) {
			found = concerns(&view, &view.contexts[j], &port);
			n += found;
		}
	}
	*ret_n = n;
	return 0;
}
