# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# libFuzzer's targets: one a parser, built with clang, ASan and UBSan from
# objects of their own.
#
#   make fuzz [SECONDS=60]

FUZZ_TARGETS	:= $(filter-out control,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_SANITIZE	:= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SECONDS		?= 60

.PHONY: fuzz fuzz-build fuzz-targets
fuzz:
	$(Q)FUZZ_SECONDS=$(SECONDS) FUZZ_SEED=0 B=$(B) tests/unit/fuzz.t

fuzz-build:
	$(Q)$(MAKE) --no-print-directory B=$(B)/fuzz CC=$(CLANG) \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)' fuzz-targets

fuzz-targets: $(patsubst %,$(B)/tests/fuzz/%,$(FUZZ_TARGETS) control)

$(B)/tests/fuzz/address $(B)/tests/fuzz/config: $(patsubst %,$(B)/vserverd/%.o, \
	config config_bucket config_entry config_file config_mount config_network config_path \
	config_read config_traffic text)
$(B)/tests/fuzz/unpack: $(patsubst %,$(B)/vserverd/%.o, \
	unpack unpack_judge attribute_filter xattr import archive_sum fail)
$(B)/tests/fuzz/reply.o $(B)/tests/fuzz/notify.o: CPPFLAGS += $(LIB_CFLAGS)

# The objects of the unit tests, which are named in a file that is read later.
.SECONDEXPANSION:
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $$(UNIT_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) -fsanitize=fuzzer $(FUZZ_SANITIZE) -o $@ \
		$(if $(filter %/reply,$@),$(filter-out %/nl.o,$^),$^) \
		$(LIB_LIBS) $(shell $(PKG_CONFIG) --libs libsystemd inih libarchive nettle)
