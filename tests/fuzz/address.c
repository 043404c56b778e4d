// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Addresses, alone and as in a guest's file: what is taken is printed in a form
 * that is taken again; what the settings accept, the daemon can read.
 */
#include <arpa/inet.h>
#include <string.h>
#include <vserver.h>

#include "fuzz.h"
#include "vserverd/config.h"

static void address_again(const char *text)
{
	struct vs_address address, again;
	char printed[INET6_ADDRSTRLEN];

	if (vs_address_parse(text, &address) < 0)
		return;
	vs_address_format(&address, printed);
	must(vs_address_parse(printed, &again) == 0 && again.family == address.family);
	if (address.family == AF_INET)
		must(again.ip4.s_addr == address.ip4.s_addr);
	else
		must(!memcmp(&again.ip6, &address.ip6, sizeof(again.ip6)));
}

static void read_by_daemon(const char *text)
{
	char *reason = NULL, *remedy = NULL;
	struct address_config config = {};
	int accepted = vs_setting_check(vs_setting_find("address"), text, &reason, &remedy);

	if (config_parse_address(text, &config) == 0) {
		must(config.prefix <= (config.address.family == AF_INET ? 32 : 128));
		free(config.dev);
	} else {
		must(accepted < 0 || !strcmp(text, "none"));	/* no address at all */
	}
	free(reason);
	free(remedy);
}

static void set_again(const char *text)
{
	char printed[VS_ADDRESS_TEXT], reprinted[VS_ADDRESS_TEXT];
	struct vs_address address, again;

	if (vs_address_parse_set(text, &address) < 0)
		return;
	vs_address_format(&address, printed);
	must(vs_address_parse_set(printed, &again) == 0);
	vs_address_format(&again, reprinted);
	must(!strcmp(printed, reprinted));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	address_again(text);
	set_again(text);
	read_by_daemon(text);
	free(text);
	return 0;
}
