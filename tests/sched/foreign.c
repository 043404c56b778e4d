// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * foreign: loads another scheduler than ours, which runs as long as this does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/sched/foreign.skel.h"

int main(void)
{
	struct foreign *skel = foreign__open_and_load();

	if (!skel || foreign__attach(skel) < 0) {
		printf("foreign: %s\n", strerror(errno));
		return 1;
	}
	pause();
	return 0;
}
