/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chbind: a command that can use its own addresses only.  It makes a context
 * that has the addresses, enters it as far as addresses go (the nid), and
 * becomes the command; which processes it may see and signal stays as it was.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chbind.h"

static bool is_within(const struct vs_address *network, const struct sockaddr *address)
{
	const uint8_t *a = (const uint8_t *)&network->ip4, *b;

	if (!address || address->sa_family != network->family)
		return false;
	b = network->family == AF_INET ?
		(const uint8_t *)&((const struct sockaddr_in *)address)->sin_addr :
		(const uint8_t *)&((const struct sockaddr_in6 *)address)->sin6_addr;
	for (unsigned int bit = 0; bit < network->prefix; bit++)
		if ((a[bit / 8] ^ b[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

/* Wildcards are bound to one address of the network, which has to be there: one
 * that an interface has, or its first, where all of it is routed here. */
static void choose_address(struct vs_address *network)
{
	struct ifaddrs *all = NULL, *one;

	if (getifaddrs(&all) < 0)
		return;
	for (one = all; one; one = one->ifa_next) {
		if (!is_within(network, one->ifa_addr))
			continue;
		if (network->family == AF_INET)
			network->ip4 = ((struct sockaddr_in *)one->ifa_addr)->sin_addr;
		else
			network->ip6 = ((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr;
		break;
	}
	freeifaddrs(all);
}

static void check_addresses(struct vs_context *ctx)
{
	for (size_t i = 0; i < ctx->n_addresses; i++) {
		struct vs_address *address = &ctx->addresses[i];
		char text[VS_ADDRESS_TEXT];

		vs_address_format(address, text);
		if (address->prefix)
			choose_address(address);
		if (vs_address_is_local(address) == 1)
			continue;
		if (address->prefix)
			die(EXIT_FAILED, "no address of %s is this host's; add one, or all: "
			    "ip route add local %s dev lo", text, text);
		text[strcspn(text, "-")] = '\0';
		die(EXIT_FAILED, "%s is not an address of this host; add it first: "
		    "ip address add %s/%d dev INTERFACE", text, text,
		    address->family == AF_INET ? 32 : 128);
	}
}

int main(int argc, char **argv)
{
	struct arguments args = {};
	struct vs *vs;

	argv[0] = program_invocation_short_name;
	read_arguments(argc, argv, &args);
	command_or_die(argv + optind);
	check_addresses(&args.ctx);

	vs = open_or_die();
	if (args.disconnect)
		disconnect_or_die();
	create_or_die(vs, "network context", &args.ctx);
	if (vs_context_enter(vs, 0, args.ctx.xid) < 0)
		end_and_die(vs, args.ctx.xid, "%s", vs_reason(vs));
	if (!args.silent)
		fprintf(stderr, "New network context is %u\n", args.ctx.xid);
	vs_close(vs);

	/* The context ends with its last task: if this fails, with us. */
	execvp(argv[optind], argv + optind);
	die(EXIT_FAILED, "cannot run '%s': %s", argv[optind], strerror(errno));
}
