// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of address.c, included at its end.
 */
#define TEST(condition) do {						\
	if (!(condition)) {						\
		pr_err("vserver: %s: %s\n", __func__, #condition);	\
		return false;						\
	}								\
} while (0)

#define NET6(...) { .s6_addr = { 0x20, 1, 0xd, 0xb8, __VA_ARGS__ } }

static bool __init test_bad(struct vs_addresses *set)
{
	struct in6_addr global = NET6([15] = 7), below = NET6([15] = 6);
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, 0xff, 192, 0, 2, 7 } };
	struct in6_addr any = IN6ADDR_ANY_INIT;
	__be32 ip4 = htonl(0xc0000207), ip4_below = htonl(0xc0000206);

	TEST(vs_addresses_single(set));
	TEST(vs_addresses_add4(set, 0, 0, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add4(set, htonl(INADDR_BROADCAST), 0, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add4(set, htonl(0xe0000001), 0, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add4(set, ip4, 33, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add4(set, ip4, 0, &ip4_below, NULL) == -EINVAL);
	TEST(vs_addresses_add4(set, ip4_below, 24, &ip4, NULL) == -EINVAL);
	TEST(vs_addresses_add6(set, &any, 0, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add6(set, &mapped, 0, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add6(set, &global, 129, NULL, NULL) == -EINVAL);
	TEST(vs_addresses_add6(set, &global, 0, &below, NULL) == -EINVAL);
	TEST(!set->ip4 && !set->has6 && !set->n);
	return true;
}

static bool __init test_sets(struct vs_addresses *set)
{
	struct in6_addr global = NET6([15] = 7), near = NET6([15] = 6), far = NET6(1, [15] = 7);
	struct in6_addr link = { .s6_addr = { 0xfe, 0x80, [15] = 1 } };
	struct in6_addr peer = { .s6_addr = { 0xfe, 0x80, [15] = 9 } };
	__be32 last = htonl(0xc6336409);

	TEST(vs_addresses_add4(set, htonl(0xc0000207), 0, NULL, NULL) == 0);
	TEST(vs_addresses_single(set) && !set->several4);
	TEST(vs_addresses_have(set, vs_number4(htonl(0xc0000207))));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0xc0000208))));
	TEST(vs_addresses_add4(set, htonl(0xc0000285), 28, NULL, NULL) == 0);
	TEST(!vs_addresses_single(set) && set->several4);
	TEST(vs_addresses_have(set, vs_number4(htonl(0xc0000280))));
	TEST(vs_addresses_have(set, vs_number4(htonl(0xc000028f))));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0xc000027f))));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0xc0000290))));
	TEST(vs_addresses_add4(set, htonl(0xc6336400), 0, &last, NULL) == 0);
	TEST(vs_addresses_have(set, vs_number4(last)));
	TEST(set->ip4 == htonl(0xc0000207));
	/* One before all, and one around some of them. */
	TEST(vs_addresses_add4(set, htonl(0x0a000001), 0, NULL, NULL) == 0);
	TEST(vs_addresses_add4(set, htonl(0xc0000200), 24, NULL, NULL) == 0);
	TEST(vs_addresses_have(set, vs_number4(htonl(0x0a000001))));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0x0a000002))));
	TEST(vs_addresses_have(set, vs_number4(htonl(0xc00002ff))));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0xc0000300))));
	TEST(vs_addresses_have(set, vs_number4(last)));

	TEST(vs_addresses_add6(set, &link, 0, NULL, NULL) == 0);
	TEST(vs_addresses_add6(set, &far, 0, NULL, NULL) == 0);
	TEST(vs_addresses_add6(set, &global, 0, NULL, NULL) == 0);
	TEST(ipv6_addr_equal(&set->ip6, &link));
	TEST(vs_addresses_source6(set, vs_number6(&near)) == vs_number6(&global));
	TEST(vs_addresses_source6(set, vs_number6(&peer)) == vs_number6(&link));
	TEST(vs_addresses_source6(set, vs_number6(&far)) == vs_number6(&far));

	/* All of IPv6 up to 7fff:: has nothing of IPv4. */
	TEST(vs_addresses_add6(set, &global, 1, NULL, NULL) == 0);
	TEST(vs_addresses_have(set, vs_number6(&near)));
	TEST(vs_addresses_have(set, vs_number6(&link)));
	TEST(!vs_addresses_have(set, vs_number6(&peer)));
	TEST(!vs_addresses_have(set, vs_number4(htonl(0x0a000002))));
	TEST(vs_addresses_have(set, vs_number4(htonl(0x0a000001))));
	while (set->n < VS_ADDRESSES_MAX)
		TEST(vs_addresses_add6(set, &global, 0, NULL, NULL) == 0);
	TEST(vs_addresses_add6(set, &global, 0, NULL, NULL) == -EINVAL);
	return true;
}

bool __init vs_address_selftest(void)
{
	struct vs_addresses *set __free(kfree) = kzalloc(sizeof(*set), GFP_KERNEL);

	return set && test_bad(set) && test_sets(set);
}
#undef NET6
#undef TEST
