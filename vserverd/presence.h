/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whether the addresses of a guest can be had now.
 */
#ifndef PRESENCE_H
#define PRESENCE_H

#include "config.h"

/**
 * presence_check() - does the host have the address, or the interface to put
 * it on?  Return: 0; -ENODEV with why and what to do; free() both.
 */
int presence_check(const struct address_config *address, char **ret_reason,
		   char **ret_remedy);
/**
 * presence_check_in() - the same of a guest of that network: an address of its own
 * one is not the host's.
 * Return: also -EADDRINUSE.
 */
int presence_check_in(enum network network, const struct address_config *address,
		      char **ret_reason, char **ret_remedy);
/**
 * presence_holder() - the context that has an address of this guest already.
 * @xid: the guest's own, which does not count; 0: it has none.
 * @ret_address: which it is.
 * Return: 1 and who; 0 nobody; a negative errno, with vs_reason().
 */
int presence_holder(struct vs *vs, const struct config *config, uint32_t xid,
		    struct vs_context *ret, const struct address_config **ret_address);

#endif
