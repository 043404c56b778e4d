/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver enter, exec: a shell or a command in a running guest.  The daemon
 * says where the guest is; libvserver goes there in this very process, so
 * that input, output and exit status are the caller's own.
 */
#include <errno.h>
#include <unistd.h>

#include <vserver.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

/* "cannot ... 'web'" */
static const char *deed(const struct cli *cli)
{
	return cli->verb->command ? "run a command in" : "enter";
}

/* What the daemon said, as libvserver wants it. */
static int locate(const struct cli *cli, sd_json_variant *guest, struct vs_exec *ret)
{
	const char *name = cli->args[0];
	uint64_t init, xid, start = 0, ceiling = 0;

	ret->cgroup = field_string(guest, "cgroup");
	if (!field_number(guest, "init", &init) || !field_number(guest, "xid", &xid) ||
	    !ret->cgroup)
		return fail("cannot %s '%s': not running; start it: vserver start %s",
			    deed(cli), name, name);
	field_number(guest, "initStart", &start);
	field_number(guest, "ceiling", &ceiling);
	ret->init = (pid_t)init;
	ret->xid = (uint32_t)xid;
	ret->init_start = start;
	ret->ceiling = ceiling;
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	struct vs_exec exec = {
		.argv = cli->n_args > 1 ? cli->args + 1 : NULL,
		.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
	};
	sd_json_variant *guest = NULL;
	struct vs *vs = NULL;
	int r;

	r = call_guest(deed(cli), cli->args[0], &guest);
	if (!r)
		r = locate(cli, guest, &exec);
	if (r)
		goto out;

	r = vs_open(&vs);
	if (r < 0) {
		r = fail("cannot %s '%s': %s", deed(cli), cli->args[0], open_error(r));
		goto out;
	}
	r = vs_space_exec(vs, &exec);
	if (r < 0) {
		fail("cannot %s '%s': %s", deed(cli), cli->args[0], vs_reason(vs));
		/* As shells do: not found, found but not to be run. */
		r = r == -ENOENT ? 127 : r == -EACCES ? 126 : EXIT_FAILED;
	}
out:
	vs_close(vs);
	sd_json_variant_unref(guest);
	return r;
}

const struct verb verb_enter = {
	.name = "enter",
	.arguments = "NAME",
	.summary = "run a login shell in a running guest",
	.details = "\nExit status: the shell's.",
	.min = 1, .max = 1, .wants = "NAME",
	.run = run,
};

const struct verb verb_exec = {
	.name = "exec",
	.arguments = "NAME [--] COMMAND...",
	.summary = "run a command in a running guest",
	.details =
		"\n"
		"The command is root's, in a terminal of its own where input and output are a\n"
		"terminal.  Exit status: the command's; 128 + N where signal N ended it; 127\n"
		"where it was not found, 126 where it cannot be run.",
	.min = 2, .max = SIZE_MAX, .wants = "COMMAND",
	.command = true,
	.run = run,
};
