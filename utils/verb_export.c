/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver export: a stopped guest as one archive, to where the output goes.  The
 * daemon writes it, through the descriptor that it gets from here.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

/* Without a name until it is whole, where the file system can; there are
 * passwords in it.  @ret_named: it could not, and has it. */
static int open_output(const char *path, bool *ret_named)
{
	char *copy = strdup(path);
	int fd;

	if (access(path, F_OK) == 0) {
		free(copy);
		errno = EEXIST;
		return -1;
	}
	fd = copy ? open(dirname(copy), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600) : -1;
	free(copy);
	*ret_named = fd < 0;
	return fd >= 0 ? fd : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static int name_output(int fd, const char *path)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static int export(const struct cli *cli, int fd)
{
	struct call call = {
		.verb = "export",
		.name = cli->args[0],
		.method = "Export",
		.cli = cli,
		.fd = &fd,
	};
	const char *compress = cli_value(cli, "compress");
	const char *snapshot = cli_value(cli, "snapshot"), *since = cli_value(cli, "since");
	int r;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_UNSIGNED("archive", 0),
			   SD_JSON_BUILD_PAIR_CONDITION(snapshot != NULL, "snapshot",
							SD_JSON_BUILD_STRING(snapshot)),
			   SD_JSON_BUILD_PAIR_CONDITION(since != NULL, "since",
							SD_JSON_BUILD_STRING(since)),
			   SD_JSON_BUILD_PAIR_CONDITION(compress != NULL, "compress",
							SD_JSON_BUILD_STRING(compress))) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	call_free(&call);
	return r;
}

static int export_to(const struct cli *cli, const char *path)
{
	bool named;
	int fd = open_output(path, &named), r;

	if (fd < 0)
		return fail("cannot export '%s': %s: %s%s", cli->args[0], path, strerror(errno),
			    errno == EEXIST ? "; remove it, or name another" : "");
	r = export(cli, fd);
	if (!r && !named && name_output(fd, path) < 0)
		r = fail("cannot export '%s': %s: %s", cli->args[0], path, strerror(errno));
	if (r && named)
		unlink(path);
	if (!r)
		cli_say(cli, "%s: exported to %s", cli->args[0], path);
	close(fd);
	return r;
}

static int run(const struct cli *cli)
{
	const char *path = cli_value(cli, "output");

	if (path)
		return export_to(cli, path);
	if (isatty(STDOUT_FILENO))
		return fail_usage("cannot export '%s': an archive is nothing for a terminal; say "
				  "where to: > FILE, or --output FILE", cli->args[0]);
	return export(cli, STDOUT_FILENO);
}

const struct verb verb_export = {
	.name = "export",
	.arguments = "NAME [--snapshot SNAP] [--since SNAP] [--output FILE]",
	.summary = "write a stopped guest, or a snapshot, as one archive",
	.details =
		"\n"
		"The archive has the guest's settings and its files, and is tar within: what it\n"
		"begins with is vserver/guest.conf.  'vserver import' makes a guest of it, on\n"
		"this host or another.",
	.options = (const struct option_row[]){
		{ "output", 'o', "FILE", "write there, which is not there yet" },
		{ "snapshot", 0, "SNAP", "files of this snapshot; the guest may run" },
		{ "since", 0, "SNAP", "what has changed since this one only" },
		{ "compress", 0, "HOW", "zstd, which is the default, gzip or none" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.run = run,
};
