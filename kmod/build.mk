# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The module as a part of the whole tree: built once for each set of kernel
# headers that is installed, into build/kmod/KERNEL/vserver.ko, and for the
# tests with self-tests into build/kmod/KERNEL/selftest.  kmod/Makefile is the
# module's own, for kbuild and DKMS, and knows nothing of this tree.

# KMOD_KDIR: headers of the one kernel in KERNELS that are elsewhere.

# Every kernel whose headers are here; a packager names one, or none: KERNELS=
KERNELS	?= $(patsubst /lib/modules/%/build,%,$(wildcard /lib/modules/*/build))
MODULESDIR ?= /lib/modules
DEPMOD	?= $(firstword $(wildcard /usr/sbin/depmod /sbin/depmod) depmod)

# What is said to be all must not lack the module and say nothing.
ALL	+= $(or $(KERNELS:%=$(B)/kmod/%/vserver.ko),$(if $(filter file,$(origin KERNELS)),kmod-no-headers))
INSTALL	+= install-kmod

modules: $(foreach k,$(KERNELS),$(B)/kmod/$k/vserver.ko $(B)/kmod/$k/selftest/vserver.ko)

.PHONY: kmod-no-headers install-kmod
kmod-no-headers:
	@echo 'no headers of any kernel, so no module: apt install linux-headers-amd64,' \
		'or, to build the rest only: make KERNELS=' >&2; exit 1

# A packager's depmod is run where the package is installed.
install-kmod:
	$(call say,INSTALL,kmod)
	$(Q)$(foreach k,$(KERNELS),install -D -m 644 $(B)/kmod/$k/vserver.ko \
		$(DESTDIR)$(MODULESDIR)/$k/updates/vserver.ko &&) :
	$(Q)$(if $(DESTDIR),:,$(foreach k,$(KERNELS),$(DEPMOD) $k &&) :)

KMOD_SOURCES := $(wildcard kmod/*.[ch] kmod/selftest/*.c kmod/uapi/linux/*.h) kmod/Makefile

# kbuild writes beside the sources, so each build gets a copy of them.
define kmod_rule
$(B)/kmod/$(1)/$(2)vserver.ko: $(KMOD_SOURCES)
	$$(call say,KMOD,$$@)
	$$(Q)rm -rf $(B)/kmod/$(1)/$(2)src && mkdir -p $(B)/kmod/$(1)/$(2)src && cp -r kmod/. $(B)/kmod/$(1)/$(2)src
	$$(Q)$$(MAKE) --no-print-directory -C $(B)/kmod/$(1)/$(2)src KVER=$(1) W=1 $(3) \
		$$(if $$(KMOD_KDIR),KDIR=$$(KMOD_KDIR)) $$(if $$(filter 1,$$(V)),,-s)
	$$(Q)cp $(B)/kmod/$(1)/$(2)src/vserver.ko $$@
endef
$(foreach k,$(KERNELS),$(eval $(call kmod_rule,$k,,)))
$(foreach k,$(KERNELS),$(eval $(call kmod_rule,$k,selftest/,VS_SELFTEST=1)))

# With faults to be found, for make check-debug alone.
$(foreach k,$(KERNELS),$(eval $(call kmod_rule,$k,broken/,VS_BROKEN=1)))
modules-broken: $(foreach k,$(KERNELS),$(B)/kmod/$k/broken/vserver.ko)
.PHONY: modules-broken
