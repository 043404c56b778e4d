# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Unit tests of what needs neither root nor the module: each is linked with
# the few objects of the library that judge values.

UNIT_OBJ	:= $(patsubst %,$(B)/libvserver/%.o,\
		   address attribute bucket ceiling context cpuset flags guarantee handle mount_value nl nl_task probe \
		   quota schedule seccomp seccomp_filter setting setting_check shut traffic_value value)
UNIT_LIB_TESTS	:= $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*_test.c))

UNIT_SCRIPTS	:= $(wildcard tests/unit/*.t)

UNIT_TESTS	+= $(UNIT_LIB_TESTS) $(UNIT_SCRIPTS)

$(UNIT_LIB_TESTS): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(UNIT_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) $(if $(filter %/seccomp_test,$@),$(SECCOMP_LIBS))
