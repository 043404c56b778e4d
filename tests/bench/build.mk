# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the figures are measured with.

BENCH_HOOKS := $(B)/tests/bench/hooks
TEST_PROGRAMS += $(BENCH_HOOKS)

$(BENCH_HOOKS): $(B)/tests/bench/hooks.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
