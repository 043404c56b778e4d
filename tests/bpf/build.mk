# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the tests of the BPF programs try things with.

BPF_PROBE := $(B)/tests/bpf/probe
BPF_CONTEXT := $(B)/tests/bpf/context
BPF_NEXT := $(B)/tests/bpf/next
TEST_PROGRAMS += $(BPF_PROBE) $(BPF_CONTEXT) $(BPF_NEXT)/context

$(BPF_PROBE): $(patsubst %,$(B)/tests/bpf/%.o,probe probe_tasks probe_sockets probe_datagrams \
	probe_passed probe_system probe_kernel probe_reach)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread

$(BPF_CONTEXT): $(B)/tests/bpf/context.o $(B)/libvserver/libvserver.so.1
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread

# The same as another build would be: its programs, the scheduler too, do the same,
# and are others by their bytes.
$(BPF_NEXT)/bpf/%.skel.h: $(B)/bpf/%.bpf.o tests/bpf/build.mk
	@mkdir -p $(@D)
	$(Q)llvm-objcopy --add-section=.next=tests/bpf/build.mk $< $(@D)/$*.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $(@D)/$*.bpf.o name $* > $@

$(BPF_NEXT)/enforce.o: $(BPF_NEXT)/bpf/task.skel.h
$(BPF_NEXT)/scheduler.o: $(BPF_NEXT)/bpf/sched.skel.h
$(BPF_NEXT)/%.o: libvserver/%.c $(B)/libvserver/%.o
	$(Q)$(CC) -I$(BPF_NEXT) $(VS_CPPFLAGS) $(CPPFLAGS) $(VS_CFLAGS) $(LIB_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BPF_NEXT)/context: $(B)/tests/bpf/context.o $(BPF_NEXT)/enforce.o $(BPF_NEXT)/scheduler.o \
		$(filter-out %/enforce.o %/scheduler.o,$(LIB_OBJ))
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread
