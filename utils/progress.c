/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How far a call is that takes long: shown on a terminal; a pipe gets nothing but
 * the line at the end.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"

void progress_show(const struct call *call, sd_json_variant *reply)
{
	uint64_t percent;

	if (cli_has(call->cli, "quiet") || !isatty(STDERR_FILENO))
		return;
	if (field_number(reply, "progress", &percent))
		fprintf(stderr, "\r%s: %s, %u %%\033[K", call->name ? call->name : "guests",
			call->name ? "copying" : "reading", (unsigned int)percent);
}

void progress_clear(const struct cli *cli)
{
	if (!cli_has(cli, "quiet") && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
