# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The module as a part of the whole tree: built once for each set of kernel
# headers that is installed, into build/kmod/KERNEL/vserver.ko.  kmod/Makefile
# is the module's own, for kbuild and DKMS, and knows nothing of this tree.

# Every kernel whose headers are here; a packager names one.
KERNELS	?= $(patsubst /lib/modules/%/build,%,$(wildcard /lib/modules/*/build))

modules: $(KERNELS:%=$(B)/kmod/%/vserver.ko)

# kbuild writes beside the sources, so each kernel gets a copy of them.
$(B)/kmod/%/vserver.ko: $(wildcard kmod/*.[ch] kmod/selftest/*.c kmod/uapi/linux/*.h) kmod/Makefile
	$(call say,KMOD,$@)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && cp -r kmod/. $(@D)
	$(Q)$(MAKE) --no-print-directory -C $(@D) KVER=$* W=1 $(if $(filter 1,$(V)),,-s)
