# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the figures are measured with.

BENCH_HOOKS := $(B)/tests/bench/hooks
BENCH_CROWD := $(B)/tests/bench/crowd
BENCH_NET := $(B)/tests/bench/net
BENCH_RATE := $(B)/tests/bench/rate
TEST_PROGRAMS += $(BENCH_HOOKS) $(BENCH_CROWD) $(BENCH_NET) $(BENCH_RATE)

$(BENCH_HOOKS): $(B)/tests/bench/hooks.o
$(BENCH_CROWD): $(patsubst %,$(B)/tests/bench/%.o,crowd crowd_inside crowd_main)
$(BENCH_NET): $(B)/tests/bench/net.o
$(BENCH_RATE): $(B)/tests/bench/rate.o
$(BENCH_HOOKS) $(BENCH_CROWD) $(BENCH_NET) $(BENCH_RATE):
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
