# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the tests of the scheduler try to get more with.

SCHED_ESCAPE := $(B)/tests/sched/escape
TEST_PROGRAMS += $(SCHED_ESCAPE)

$(SCHED_ESCAPE): $(B)/tests/sched/escape.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread

SCHED_FOREIGN := $(B)/tests/sched/foreign
TEST_PROGRAMS += $(SCHED_FOREIGN)

$(B)/tests/sched/foreign.bpf.o: tests/sched/foreign.bpf.c $(B)/bpf/vmlinux.h
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(B)/tests/sched/foreign.skel.h: $(B)/tests/sched/foreign.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name foreign > $@

$(B)/tests/sched/foreign.o: $(B)/tests/sched/foreign.skel.h
$(B)/tests/sched/foreign.o: CPPFLAGS += -I$(B)

$(SCHED_FOREIGN): $(B)/tests/sched/foreign.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libbpf)

SCHED_LOAD := $(B)/tests/sched/load
TEST_PROGRAMS += $(SCHED_LOAD)

$(SCHED_LOAD): $(B)/tests/sched/load.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread
