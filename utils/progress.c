/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How far a call is that takes long: a bar on a terminal; a pipe gets nothing but
 * the line at the end.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"

#define BAR_WIDTH 24

static bool shows(const struct cli *cli)
{
	return !cli_has(cli, "quiet") && isatty(STDERR_FILENO);
}

void progress_show(const struct call *call, sd_json_variant *reply)
{
	char bar[BAR_WIDTH + 1];
	uint64_t percent;

	if (!shows(call->cli) || !field_number(reply, "progress", &percent) || percent > 100)
		return;
	for (unsigned int i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < percent * BAR_WIDTH / 100 ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%s: [%s] %3u %%\033[K", call->name ? call->name : call->verb, bar,
		(unsigned int)percent);
}

void progress_clear(const struct cli *cli)
{
	if (shows(cli))
		fputs("\r\033[K", stderr);
}
