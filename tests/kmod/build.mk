# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the tests of the module speak to it with.

KMOD_NETLINK := $(B)/tests/kmod/netlink
TEST_PROGRAMS += $(KMOD_NETLINK)

$(B)/tests/kmod/netlink.o: CPPFLAGS += $(shell $(PKG_CONFIG) --cflags libnl-genl-3.0)

$(KMOD_NETLINK): $(B)/tests/kmod/netlink.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libnl-genl-3.0)
