# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers

UNIT_TESTS += $(B)/tests/cli/words

$(B)/tests/cli/words: $(B)/tests/cli/words.o $(B)/utils/human.o $(B)/utils/error.o
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
