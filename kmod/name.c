// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a context may be called.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "name.h"

int vs_name_check(const char *name, struct netlink_ext_ack *extack)
{
	const char *p;

	if (!*name || *name == '.' || *name == '-')
		goto bad;
	for (p = name; *p; p++)
		if (!isascii(*p) || (!isalnum(*p) && !strchr("._-", *p)))
			goto bad;
	return 0;
bad:
	NL_SET_ERR_MSG(extack, "a name has letters, digits, '.', '_' and '-', and begins with none of '.' and '-'");
	return -EINVAL;
}
