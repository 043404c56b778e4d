# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a hostile guest runs.  Static: the guest has few libraries.

GUEST_INTRUDER := $(B)/tests/guest/intruder
TEST_PROGRAMS += $(GUEST_INTRUDER)

$(GUEST_INTRUDER): $(B)/tests/guest/intruder.o $(addprefix $(B)/tests/guest/,intruder_files.o intruder_users.o \
	intruder_frames.o intruder_network.o intruder_walls.o intruder_havoc.o)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^

GUEST_PLANT := $(B)/tests/guest/plant.so
TEST_PROGRAMS += $(GUEST_PLANT)

$(GUEST_PLANT): $(B)/tests/guest/plant.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -o $@ $^

GUEST_FLOW := $(B)/tests/guest/flow
TEST_PROGRAMS += $(GUEST_FLOW)

$(GUEST_FLOW): $(B)/tests/guest/flow.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^
