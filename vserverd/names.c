// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * By which names a guest finds others and itself: its /etc/resolv.conf has the
 * host's name servers, those that it can reach, and its /etc/hosts its own name
 * on its own address.  Each is written at every start where there is none, or
 * where the one that is there is ours by its first line.  How that is done in
 * files that are the guest's is guest_file.c's.
 *
 * A resolver on the host's loopback is none for a guest, whose loopback is its
 * own; behind that of systemd-resolved are those that it asks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "guest_file.h"
#include "layer.h"
#include "scope.h"
#include "supervisor.h"

#define MARK "# Written by VServer at each start of the guest; without this line it is left alone."

/* The last one is asked only where those before it have none that will do. */
static const char *const sources[] = {
	"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", NULL
};

/* Its first address of that family, or NULL. */
static const struct vs_address *address_of(const struct config *config, int family)
{
	for (size_t i = 0; i < config->n_addresses; i++)
		if (config->addresses[i].address.family == family)
			return &config->addresses[i].address;
	return NULL;
}

/* --- name servers ------------------------------------------------------------------------ */

static bool is_reachable(const struct config *config, const char *server)
{
	struct vs_address address;

	/* One with an interface behind it (fe80::1%eth0) is no such address. */
	if (vs_address_parse(server, &address) < 0 || !address_of(config, address.family))
		return false;
	if (address.family == AF_INET)
		return address.ip4.s_addr &&
		       ntohl(address.ip4.s_addr) >> 24 != IN_LOOPBACKNET;
	return !IN6_IS_ADDR_UNSPECIFIED(&address.ip6) && !IN6_IS_ADDR_LOOPBACK(&address.ip6) &&
	       !IN6_IS_ADDR_LINKLOCAL(&address.ip6);
}

/* Lines as they stand; how many servers there are among them, or -errno. */
static int copy_lines(const struct config *config, FILE *in, FILE *out)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int n = 0;

	while (getline(&line, &size, in) > 0) {
		char *rest = line, *key, *value;

		rest[strcspn(rest, "\n")] = '\0';
		key = strsep(&rest, " \t");
		if (!rest)
			continue;
		value = rest + strspn(rest, " \t");
		if (!strcmp(key, "search") || !strcmp(key, "domain")) {
			fprintf(out, "%s %s\n", key, value);
		} else if (!strcmp(key, "nameserver")) {
			value[strcspn(value, " \t#;")] = '\0';
			if (!is_reachable(config, value))
				continue;
			fprintf(out, "nameserver %s\n", value);
			n++;
		}
	}
	return n;
}

/* 0 and NULL: the host has none that the guest can reach. */
static int find_servers(const struct config *config, char **ret)
{
	int n = 0;

	*ret = NULL;
	for (const char *const *path = sources; *path && n <= 0; path++) {
		_cleanup_fclose_ FILE *in = fopen(*path, "re");
		_cleanup_free_ char *text = NULL;
		size_t size = 0;
		FILE *out;

		if (!in)
			continue;
		out = open_memstream(&text, &size);
		if (!out)
			return -ENOMEM;
		n = copy_lines(config, in, out);
		if (fclose(out) != 0)
			return -ENOMEM;
		if (n > 0)
			*ret = TAKE_PTR(text);
	}
	return 0;
}

static int write_servers(const struct config *config, int tree)
{
	_cleanup_free_ char *text = NULL;
	int r = find_servers(config, &text);

	if (r < 0 || !text)
		return r;
	return guest_file_write(tree, "etc", "resolv.conf", MARK, text);
}

/* --- its own name -------------------------------------------------------------------------- */

/* "192.0.2.7 web.example.org web" */
static void add_name(const struct config *config, const struct vs_address *address, FILE *out)
{
	const char *name = config->hostname;
	int n = (int)strcspn(name, ".");
	char text[VS_ADDRESS_TEXT];

	if (!address)
		return;
	vs_address_format(address, text);
	fprintf(out, "%s %s", text, name);
	if (name[n])
		fprintf(out, " %.*s", n, name);
	fputc('\n', out);
}

static int write_hosts(const struct config *config, int tree)
{
	const struct vs_address *ip4 = address_of(config, AF_INET);
	const struct vs_address *ip6 = address_of(config, AF_INET6);
	const struct vs_address own = { .family = AF_INET, .ip4.s_addr = htonl(0x7f000101) };
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	fputs("127.0.0.1 localhost\n"
	      "::1 localhost ip6-localhost ip6-loopback\n", out);
	add_name(config, ip4, out);
	add_name(config, ip6, out);
	if (!ip4 && !ip6)
		add_name(config, &own, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	return guest_file_write(tree, "etc", "hosts", MARK, text);
}

/* A guest boots without either: whoever misses them has been told. */
int names_write(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL;
	_cleanup_close_ int tree = layer_open_tree(s->vs, s->config, false, &reason);
	int r;

	if (tree < 0)
		return failed(s, "opening its tree", reason ?: strerror(-tree), tree);
	r = write_servers(s->config, tree);
	if (r < 0)
		tell(s, LOG_WARNING, "its /etc/resolv.conf is not written: %s", strerror(-r));
	r = write_hosts(s->config, tree);
	if (r < 0)
		tell(s, LOG_WARNING, "its /etc/hosts is not written: %s", strerror(-r));
	return 0;
}
