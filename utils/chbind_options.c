/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The command line of chbind, read and checked: what can be refused before
 * anything is made is refused here, what cannot be had included.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chbind.h"

static void help(void)
{
	puts("chbind [OPTION...] --ip ADDRESS [--] COMMAND [ARGUMENT...]\n"
	     "\n"
	     "Run a command that can use the given addresses of this host only.\n"
	     "\n"
	     "      --ip ADDRESS       an IPv4 or IPv6 address, FIRST-LAST or NETWORK/PREFIX;\n"
	     "                         up to 64 times\n"
	     "      --nid N            the number of the context, 2 to 49151; otherwise one is handed out\n"
	     "      --lback ADDRESS    what its 127.0.0.1 is outside: 127.0.42.1 makes its number 42\n"
	     "      --flag [!]F        private: nobody enters it any more; what every context is may\n"
	     "                         be named: lock single_ip lback_remap hide_lback\n"
	     "      --ncap [!]C        what every context has may be named: tun_create\n"
	     "      --secure           what every context is\n"
	     "      --bcast ADDRESS    refused: broadcasts are not heard\n"
	     "      --disconnect       run in the background\n"
	     "      --silent           do not tell the number\n"
	     "      --help             this\n"
	     "      --version          the version of VServer\n"
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

static void flag_or_die(const char *text, uint64_t *flags)
{
	char *reason = NULL;

	if (vs_net_flags_parse(text, flags, &reason) < 0)
		die(EXIT_USAGE, "--flag: %s", reason ?: "out of memory");
}

static void capability_or_die(const char *text)
{
	char *reason = NULL;

	if (vs_net_capabilities_parse(text, &reason) < 0)
		die(EXIT_USAGE, "--ncap: %s", reason ?: "out of memory");
}

/* The programs take it from the number: 127.(nid>>8).(nid&255).1. */
static uint32_t nid_of_loopback_or_die(const char *text)
{
	struct in_addr ip = {};
	uint32_t host, nid;

	if (inet_pton(AF_INET, text, &ip) != 1 || ntohl(ip.s_addr) >> 24 != IN_LOOPBACKNET)
		die(EXIT_USAGE, "--lback wants an address in 127.0.0.0/8, not '%s'; ::1 goes with it",
		    text);
	host = ntohl(ip.s_addr);
	nid = host >> 8 & 0xffff;
	if (host == INADDR_LOOPBACK)
		die(EXIT_USAGE, "--lback 127.0.0.1 is the host's own; --ip 127.0.0.1 behind the "
		    "others gives it that one");
	if ((host & 0xff) != 1 || nid < VS_XID_MIN || nid > VS_XID_STATIC_MAX)
		die(EXIT_USAGE, "--lback %s: choose 127.0.%u.1 to 127.%u.%u.1, by the number of "
		    "the context", text, VS_XID_MIN, VS_XID_STATIC_MAX >> 8,
		    VS_XID_STATIC_MAX & 0xff);
	return nid;
}

/* It chooses the number, or agrees with it. */
static void check_loopback(struct arguments *args)
{
	uint32_t nid = args->ctx.xid;

	if (!args->loopback_nid)
		return;
	if (nid && nid != args->loopback_nid)
		die(EXIT_USAGE, "--lback goes by the number of the context: with --nid %u it is "
		    "127.%u.%u.1", nid, nid >> 8, nid & 0xff);
	args->ctx.xid = args->loopback_nid;
}

enum { OPT_BCAST = 256, OPT_LBACK, OPT_FLAG, OPT_NCAP, OPT_SECURE, OPT_DISCONNECT, OPT_SILENT };

static const struct option options[] = {
	{ "ip",		required_argument,	NULL, 'i' },
	{ "nid",	required_argument,	NULL, 'n' },
	{ "bcast",	required_argument,	NULL, OPT_BCAST },
	{ "lback",	required_argument,	NULL, OPT_LBACK },
	{ "flag",	required_argument,	NULL, OPT_FLAG },
	{ "ncap",	required_argument,	NULL, OPT_NCAP },
	{ "secure",	no_argument,		NULL, OPT_SECURE },
	{ "disconnect",	no_argument,		NULL, OPT_DISCONNECT },
	{ "silent",	no_argument,		NULL, OPT_SILENT },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

static void read_option(int c, struct arguments *ret)
{
	switch (c) {
	case 'i':
		add_address(&ret->ctx, optarg);
		break;
	case 'n':
		ret->ctx.xid = xid_or_die("--nid", optarg);
		break;
	case OPT_BCAST:
		die(EXIT_USAGE, "--bcast: a wildcard is bound to one address here and hears no "
		    "broadcast; what must hear them runs without chbind; sending needs no option");
	case OPT_LBACK:
		ret->loopback_nid = nid_of_loopback_or_die(optarg);
		break;
	case OPT_FLAG:
		flag_or_die(optarg, &ret->ctx.flags);
		break;
	case OPT_NCAP:
		capability_or_die(optarg);
		break;
	case OPT_SECURE:	/* no flag and no capability makes one less so */
		break;
	case OPT_DISCONNECT:
		ret->disconnect = true;
		break;
	case OPT_SILENT:
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
}

void read_arguments(int argc, char **argv, struct arguments *ret)
{
	int c;

	while ((c = getopt_long(argc, argv, "+h", options, NULL)) >= 0)
		read_option(c, ret);
	check_loopback(ret);
	if (!ret->ctx.n_addresses)
		die(EXIT_USAGE, "which address? chbind --ip ADDRESS -- COMMAND");
	if (!argv[optind])
		die(EXIT_USAGE, "which command? chbind --ip ADDRESS -- COMMAND");
}
