# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the tests of the BPF programs try things with.

BPF_PROBE := $(B)/tests/bpf/probe
BPF_CONTEXT := $(B)/tests/bpf/context
TEST_PROGRAMS += $(BPF_PROBE) $(BPF_CONTEXT)

$(BPF_PROBE): $(patsubst %,$(B)/tests/bpf/%.o,probe probe_tasks probe_sockets probe_system)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread

$(BPF_CONTEXT): $(B)/tests/bpf/context.o $(B)/libvserver/libvserver.so.1
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread
