# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What reads manifests and the JSON of OCI images, which come from outside.

IMAGE_FORMATS := $(patsubst %,$(B)/vserverd/%.o,manifest_compare oci_json fail)
UNIT_TESTS += $(B)/tests/image/formats

$(B)/tests/image/formats.o: CPPFLAGS += -Ivserverd -Itests/unit
$(B)/tests/image/formats: $(B)/tests/image/formats.o $(IMAGE_FORMATS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs libsystemd)

$(B)/tests/fuzz/image: $(IMAGE_FORMATS)
