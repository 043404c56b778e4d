# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the tests of the module speak to it with.

KMOD_NETLINK	:= $(B)/tests/kmod/netlink
KMOD_FUZZ	:= $(B)/tests/kmod/fuzz
KMOD_THOUSAND	:= $(B)/tests/kmod/thousand
TEST_PROGRAMS	+= $(KMOD_NETLINK) $(KMOD_FUZZ) $(KMOD_THOUSAND)

KMOD_NETLINK_OBJ := $(B)/tests/kmod/netlink.o
KMOD_FUZZ_OBJ	:= $(patsubst %,$(B)/tests/kmod/%.o,fuzz fuzz_message fuzz_value)

$(KMOD_NETLINK_OBJ) $(KMOD_FUZZ_OBJ): CPPFLAGS += $(shell $(PKG_CONFIG) --cflags libnl-genl-3.0)

$(KMOD_NETLINK): $(KMOD_NETLINK_OBJ)
$(KMOD_FUZZ): $(KMOD_FUZZ_OBJ)
$(KMOD_NETLINK) $(KMOD_FUZZ):
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libnl-genl-3.0)

$(KMOD_THOUSAND): $(B)/tests/kmod/thousand.o $(B)/libvserver/libvserver.so.1
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread
