// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the unit of a guest is called.  The daemon asks for it by that name,
 * the supervisor knows by it that it is the main process of the right one.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* As systemd-escape does: what is not a letter, a digit or one of "_.:"
 * becomes \xNN, a dot in front too. */
int unit_name(const char *name, char **ret)
{
	static const char prefix[] = "vserver@", suffix[] = ".service";
	char *unit = malloc(sizeof(prefix) + 4 * strlen(name) + sizeof(suffix));
	char *p;

	if (!unit)
		return -ENOMEM;
	p = stpcpy(unit, prefix);
	for (const char *c = name; *c; c++) {
		bool plain = isascii((unsigned char)*c) &&
			     (isalnum((unsigned char)*c) || *c == '_' || *c == ':' ||
			      (*c == '.' && c != name));

		if (plain)
			*p++ = *c;
		else
			p += sprintf(p, "\\x%02x", (unsigned char)*c);
	}
	strcpy(p, suffix);
	*ret = unit;
	return 0;
}
