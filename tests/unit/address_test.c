/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Addresses: how they are written, and which are this host's.
 */
#include <errno.h>

#include "tap.h"
#include "vserver.h"

static void writing(void)
{
	char text[INET6_ADDRSTRLEN];
	struct vs_address a = { .family = -1 };

	is_int(vs_address_parse("192.0.2.7", &a), 0, "an IPv4 address is read");
	is_int(a.family, AF_INET, "as one");
	vs_address_format(&a, text);
	is_str(text, "192.0.2.7", "and printed");
	is_int(vs_address_parse("2001:DB8:0::7", &a), 0, "an IPv6 address is read");
	is_int(a.family, AF_INET6, "as one");
	vs_address_format(&a, text);
	is_str(text, "2001:db8::7", "and printed in its short form");

	a.family = -1;
	is_int(vs_address_parse("192.0.2", &a), -EINVAL, "three bytes are no address");
	is_int(vs_address_parse("192.0.2.256", &a), -EINVAL, "nor is a byte of 256");
	is_int(vs_address_parse("192.0.2.7/24", &a), -EINVAL, "a prefix is not part of it");
	is_int(vs_address_parse("192.0.2.07", &a), -EINVAL, "nor is an octal number");
	is_int(vs_address_parse("fe80::1%lo", &a), -EINVAL, "nor a scope");
	is_int(vs_address_parse("localhost", &a), -EINVAL, "nor a name");
	is_int(vs_address_parse("", &a), -EINVAL, "nor nothing");
	is_int(a.family, -1, "a refused address touches nothing");
}

static void set(const char *text, const char *again)
{
	char printed[VS_ADDRESS_TEXT] = "";
	struct vs_address a;
	char what[100];

	snprintf(what, sizeof(what), "%s is %s", text, again);
	if (!vs_address_parse_set(text, &a))
		vs_address_format(&a, printed);
	is_str(printed, again, what);
}

static void sets(void)
{
	static const char *const bad[] = {
		"", "/24", "-", "192.0.2.0/", "192.0.2.0/0", "192.0.2.0/33", "192.0.2.0/+8",
		"192.0.2.0/8x", "2001:db8::/129", "192.0.2.9-192.0.2.8", "192.0.2.9-",
		"192.0.2.9-2001:db8::9", "192.0.2.0/24-192.0.2.9", "192.0.2.1-192.0.2.9/24", "web/24",
	};
	struct vs_address a = { .family = -1 };

	set("192.0.2.7", "192.0.2.7");
	set("192.0.2.0/24", "192.0.2.0/24");
	set("192.0.2.128/25", "192.0.2.128/25");
	set("192.0.2.7/24", "192.0.2.7");
	set("192.0.2.7/32", "192.0.2.7");
	set("2001:db8::/64", "2001:db8::/64");
	set("2001:db8::7/64", "2001:db8::7");
	set("192.0.2.8-192.0.2.15", "192.0.2.8-192.0.2.15");
	set("2001:db8::8-2001:db8::f", "2001:db8::8-2001:db8::f");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(vs_address_parse_set(bad[i], &a), -EINVAL, bad[i]);
	is_int(a.family, -1, "a refused one touches nothing");
}

static int is_local(const char *text)
{
	struct vs_address a;

	return vs_address_parse(text, &a) ? -1 : vs_address_is_local(&a);
}

static void local(void)
{
	is_int(is_local("127.0.0.1"), 1, "control: 127.0.0.1 is this host's");
	is_int(is_local("127.0.0.5"), 1, "so is all of 127/8");
	is_int(is_local("203.0.113.9"), 0, "an address of a book is not");
	is_int(is_local("2001:db8::9"), 0, "nor is one of IPv6");
	is_int(is_local("0.0.0.0"), 0, "the wildcard is no address");
	is_int(is_local("::"), 0, "of either family");
	is_int(is_local("224.0.0.1"), 0, "nor is a group's");
	is_int(is_local("255.255.255.255"), 0, "nor everybody's");
}

int main(void)
{
	writing();
	sets();
	local();
	return done_testing();
}
