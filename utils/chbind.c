/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chbind: a command that can use its own addresses only.  It makes a context
 * that has the addresses, enters it as far as addresses go (the nid), and
 * becomes the command; which processes it may see and signal stays as it was.
 */
#include <errno.h>
#include <getopt.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classic.h"

struct arguments {
	struct vs_context ctx;
	bool silent;
};

static void help(void)
{
	puts("chbind [OPTION...] --ip ADDRESS [--] COMMAND [ARGUMENT...]\n"
	     "\n"
	     "Run a command that can use the given addresses of this host only.\n"
	     "\n"
	     "      --ip ADDRESS   an IPv4 or IPv6 address, FIRST-LAST or NETWORK/PREFIX; up to 64 times\n"
	     "      --nid N        the number of the context, 2 to 49151; otherwise one is handed out\n"
	     "      --silent       do not tell the number\n"
	     "      --help         this\n"
	     "      --version      the version of VServer\n"
	     "\n"
	     "Exit status: the command's; 1 failed, 2 usage, 254 the context exists.");
	exit(0);
}

static void add_address(struct vs_context *ctx, const char *text)
{
	if (ctx->n_addresses == VS_ADDRESSES_MAX)
		die(EXIT_USAGE, "--ip %s: more than %d addresses", text, VS_ADDRESSES_MAX);
	if (vs_address_parse_set(text, &ctx->addresses[ctx->n_addresses]) < 0)
		die(EXIT_USAGE, "--ip wants an IPv4 or IPv6 address, FIRST-LAST or "
		    "NETWORK/PREFIX, not '%s'", text);
	ctx->n_addresses++;
}

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

static void read_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{ "ip",		required_argument,	NULL, 'i' },
		{ "nid",	required_argument,	NULL, 'n' },
		{ "silent",	no_argument,		NULL, 's' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	int c;

	while ((c = getopt_long(argc, argv, "+h", options, NULL)) >= 0)
		switch (c) {
		case 'i':
			add_address(&ret->ctx, optarg);
			break;
		case 'n':
			ret->ctx.xid = xid_or_die("--nid", optarg);
			break;
		case 's':
			ret->silent = true;
			break;
		case 'h':
			help();
			break;
		case 'V':
			version();
			break;
		default:
			exit(EXIT_USAGE);	/* getopt has told */
		}
	if (!ret->ctx.n_addresses)
		die(EXIT_USAGE, "which address? chbind --ip ADDRESS -- COMMAND");
	if (!argv[optind])
		die(EXIT_USAGE, "which command? chbind --ip ADDRESS -- COMMAND");
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
