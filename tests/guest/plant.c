// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A library that was put into a tree: whatever loads it becomes the intruder,
 * which has a descriptor of the program that it was, and writes to it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor))
static void take_over(void)
{
	const char *intruder = getenv("INTRUDER") ?: "/usr/bin/intruder";
	char number[16];

	snprintf(number, sizeof(number), "%d", open("/proc/self/exe", O_PATH));
	execl(intruder, "intruder", "rewrite", number, NULL);
}
