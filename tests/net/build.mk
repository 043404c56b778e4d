# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What opens many connections.

NET_CONNECTIONS := $(B)/tests/net/connections
TEST_PROGRAMS += $(NET_CONNECTIONS)

$(NET_CONNECTIONS): $(B)/tests/net/connections.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
