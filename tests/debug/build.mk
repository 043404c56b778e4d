# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What make check-debug runs on a debug kernel.

DEBUG_FAULTS := $(B)/tests/debug/faults
TEST_PROGRAMS += $(DEBUG_FAULTS)

$(B)/tests/debug/faults.o: CPPFLAGS += $(shell $(PKG_CONFIG) --cflags libnl-genl-3.0)

$(DEBUG_FAULTS): $(B)/tests/debug/faults.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libnl-genl-3.0)
