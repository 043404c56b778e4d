/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's addresses on the host's interfaces: put there, and taken away.  Those
 * without an interface are the host's own, and nothing is done about them.
 */
#ifndef HOST_ADDRESS_H
#define HOST_ADDRESS_H

#include "config.h"

/** host_address_check() - may it be put there?  0, also where it is there, left
 * over from this very guest; -EADDRINUSE somebody has it already, with who and
 * what to do; free() both. */
int host_address_check(struct vs *vs, const char *name, const struct address_config *address,
		       char **ret_reason, char **ret_remedy);
/** host_address_put() - put it there, with a label that names the guest; recorded
 * in its state before.  0; -EADDRINUSE as above; or another errno, with why. */
int host_address_put(struct vs *vs, const char *name, uint32_t xid,
		     const struct address_config *address, char **ret_reason,
		     char **ret_remedy);
/** host_address_await() - until it can be used.  0; -EADDRINUSE another machine
 * has it; -ETIMEDOUT; with why. */
int host_address_await(struct vs *vs, const struct address_config *address,
		       char **ret_reason, char **ret_remedy);
/** host_address_take() - away again, if the guest's state says that we put it
 * there.  0; or a negative errno, with vs_reason(). */
int host_address_take(struct vs *vs, const char *name, const struct vs_address *address);

#endif
