# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Variables, quiet rules and the list of parts.  What a part is made of stands
# in its own Makefile, which is read here; paths are from this folder.
#
#   make demo     the whole road in a virtual machine     (any Debian 12 or 13)
#   make check    every test, on both kernels             (any Debian 12 or 13)
#   make          everything, natively, the module too    (Debian 13)
#   make install  [DESTDIR=…] [PREFIX=/usr]

B		?= build
VERSION		:= 0.1

CC		?= cc
CLANG		?= clang
BPFTOOL		?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG	?= pkg-config
CFLAGS		?= -O2 -g
PREFIX		?= /usr
BINDIR		?= $(PREFIX)/bin
SBINDIR		?= $(PREFIX)/sbin
LIBDIR		?= $(PREFIX)/lib/$(shell $(CC) -print-multiarch)
LIBEXECDIR	?= $(PREFIX)/lib/vserver
INCLUDEDIR	?= $(PREFIX)/include
MANDIR		?= $(PREFIX)/share/man
UNITDIR		?= $(PREFIX)/lib/systemd/system
COMPLETIONDIR	?= $(PREFIX)/share/bash-completion/completions

# What the code needs, whatever the packager sets.
VS_CPPFLAGS	:= -D_GNU_SOURCE -DVS_VERSION='"$(VERSION)"' \
		   -DVS_LIBEXECDIR='"$(LIBEXECDIR)"' \
		   -Ilibvserver -Ikmod/uapi -I. -I$(B)
VS_CFLAGS	:= -std=gnu17 -fPIC -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes \
		   -Wstrict-prototypes -Wno-unused-parameter \
		   -Wno-missing-field-initializers -Werror=implicit-function-declaration

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s%s\n' '$(1)' '$(2)'
endif

all:

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all modules install clean

# Each part adds to these: what `all` makes, what `install` runs.
ALL		:=
INSTALL		:=

include kmod/build.mk
include bpf/Makefile
include libvserver/Makefile
include vserverd/Makefile
include utils/Makefile
include tests/Makefile

all: $(ALL)
install: $(INSTALL)

$(B)/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(VS_CPPFLAGS) $(CPPFLAGS) $(VS_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

clean:
	$(Q)rm -rf $(B)

-include $(shell find $(B) -path $(B)/root -prune -o -type f -name '*.d' -print 2>/dev/null)
