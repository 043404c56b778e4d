// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a run is asked to be.  Its command line has been put in order before
 * (launch.c, utils/verb_run.c): settings come as --NAME VALUE, and then the rest.
 */
#include "run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scope.h"
#include "store.h"

int run_tell(int status, const char *format, ...)
{
	va_list ap;

	fputs("vserver: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

/* --- what is asked for ----------------------------------------------------------------- */

/* What is about a guest that is kept, or about one with an interface, is not here. */
static bool is_of_run(const char *name)
{
	static const char *const others[] = {
		"image", "init", "autostart", "net-rate", "net-rate-in", "net-traffic",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(name, others[i]))
			return false;
	return true;
}

static int take_setting(struct run *run, const char *name, const char *value)
{
	const struct vs_setting *setting = vs_setting_find(name);
	_cleanup_free_ char *reason = NULL, *remedy = NULL;

	if (!setting)
		return run_tell(EXIT_USAGE, "run: no setting '%s'; see: vserver help run", name);
	if (!is_of_run(name))
		return run_tell(EXIT_USAGE, "run: '%s' is a setting of guests that stay; make one: "
			    "vserver help build", name);
	if (!setting->list && entry_find(&run->entries, name))
		return run_tell(EXIT_USAGE, "run: '%s' is given twice", name);
	if (vs_setting_check(setting, value, &reason, &remedy) < 0)
		return run_tell(EXIT_FAILED, "cannot run: %s '%s': %s%s%s", name, value,
			    reason ?: "not a value for it", remedy ? "; " : "", remedy ?: "");
	if (!strcmp(name, "network") && !strcmp(value, "private"))
		return run_tell(EXIT_FAILED, "cannot run: network 'private': a run has no interface of "
			    "its own; give it an address of the host's, or network = none");
	return entries_add(&run->entries, setting, value, "", 0) < 0 ?
	       run_tell(EXIT_FAILED, "cannot run: %s", strerror(ENOMEM)) : 0;
}

int run_read_arguments(struct run *run, int argc, char **argv)
{
	int i = 1, r;

	if (i < argc && !strcmp(argv[i], "--rm")) {
		run->throw_away = true;
		i++;
	}
	for (; i + 1 < argc && !strncmp(argv[i], "--", 2) && argv[i][2]; i += 2) {
		r = take_setting(run, argv[i] + 2, argv[i + 1]);
		if (r)
			return r;
	}
	if (argc - i < 3 || strcmp(argv[i], "--") != 0)
		return run_tell(EXIT_USAGE, "run: COMMAND is missing; usage: vserver run "
			    "[--rm] IMAGE|DIRECTORY [--SETTING VALUE]... -- COMMAND...");
	run->root = argv[i + 1];
	run->argv = argv + i + 2;
	return *run->argv[0] ? -1 : run_tell(EXIT_USAGE, "run: the command is empty");
}

/* The host's own root would be given away with all that is mounted in it. */
static int check_directory(struct run *run)
{
	struct stat root, host;
	char *place;
	int r;

	if (stat(run->root, &root) < 0)
		return run_tell(EXIT_FAILED, "cannot run '%s' in %s: %s", run->argv[0], run->root,
			    strerror(errno));
	if (!S_ISDIR(root.st_mode))
		return run_tell(EXIT_FAILED, "cannot run '%s' in %s: it is not a directory; unpack it, "
			    "or make a guest of it: vserver help build", run->argv[0], run->root);
	if (stat("/", &host) == 0 && root.st_dev == host.st_dev && root.st_ino == host.st_ino)
		return run_tell(EXIT_FAILED, "cannot run '%s' in %s: it is the root of the host; "
			    "chcontext confines a command there", run->argv[0], run->root);
	if (geteuid())	/* who is refused in any case is told that */
		return 0;
	r = run_check_place(run->root, &place);
	if (r == -EACCES)
		return run_tell(EXIT_FAILED, "cannot run '%s' in %s: others than root get into it, "
			    "and what is set-user-ID there would be so for them; move it below a "
			    "directory of root's with mode 700", run->argv[0], run->root);
	if (r < 0)
		return run_tell(EXIT_FAILED, "cannot run '%s' in %s: %s", run->argv[0], run->root,
			    strerror(-r));
	run->root = place;	/* no link leads there any more */
	return 0;
}

/* A word without a slash is an image. */
int run_check_root(struct run *run)
{
	_cleanup_free_ char *digest = NULL, *reason = NULL;

	if (strchr(run->root, '/'))
		return check_directory(run);
	if (store_find(run->root, &digest, &reason) < 0)
		return run_tell(EXIT_FAILED, "cannot run '%s': %s; a directory is written with a slash: "
			    "./%s", run->argv[0], reason ?: strerror(ENOMEM), run->root);
	if (!run->throw_away)
		return run_tell(EXIT_USAGE, "run: a guest of an image goes when the command ends: say so "
			    "with --rm; for one that stays: vserver help create");
	return 0;
}
