// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of address.c, included at its end.
 */
bool __init vs_address_selftest(void)
{
	struct in6_addr global = { .s6_addr = { 0x20, 1, 0xd, 0xb8, [15] = 7 } };
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, 0xff, 192, 0, 2, 7 } };
	struct in6_addr any = IN6ADDR_ANY_INIT;
	struct vs_addresses set = {};

#define TEST(condition) do {						\
	if (!(condition)) {						\
		pr_err("vserver: %s: %s\n", __func__, #condition);	\
		return false;						\
	}								\
} while (0)

	TEST(vs_addresses_none(&set));
	TEST(vs_addresses_add4(&set, 0, NULL) == -EINVAL);
	TEST(vs_addresses_add4(&set, htonl(INADDR_BROADCAST), NULL) == -EINVAL);
	TEST(vs_addresses_add4(&set, htonl(0xe0000001), NULL) == -EINVAL);
	TEST(vs_addresses_none(&set));
	TEST(vs_addresses_add4(&set, htonl(0xc0000207), NULL) == 0);
	TEST(vs_addresses_add4(&set, htonl(0xc0000208), NULL) == -EINVAL);
	TEST(set.ip4 == htonl(0xc0000207));
	TEST(vs_addresses_add6(&set, &any, NULL) == -EINVAL);
	TEST(vs_addresses_add6(&set, &mapped, NULL) == -EINVAL);
	TEST(!set.has6);
	TEST(vs_addresses_add6(&set, &global, NULL) == 0);
	TEST(vs_addresses_add6(&set, &global, NULL) == -EINVAL);
	TEST(!vs_addresses_none(&set));
#undef TEST
	return true;
}
