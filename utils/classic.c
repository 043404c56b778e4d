/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The manners that chcontext and chbind share: one line for an error, the
 * right exit status, and nothing left behind.
 */
#include "classic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void tell(const char *format, va_list args)
{
	char *line = NULL;

	if (vasprintf(&line, format, args) < 0) {
		fprintf(stderr, "%s: out of memory\n", program_invocation_short_name);
		return;
	}
	/* A name from the command line must not make a second line. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = ' ';
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, line);
	free(line);
}

void die(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
	exit(status);
}

void version(void)
{
	printf("%s %s\n", program_invocation_short_name, VS_VERSION);
	exit(0);
}

uint32_t xid_or_die(const char *option, const char *text)
{
	uint32_t xid = 0;
	int r = vs_parse_xid(text, &xid);

	if (r == -ERANGE)
		die(EXIT_USAGE, "%s %s: out of range; choose %u to %u", option, text,
		    VS_XID_MIN, VS_XID_STATIC_MAX);
	if (r < 0)
		die(EXIT_USAGE, "%s wants a number, not '%s'", option, text);
	return xid;
}

struct vs *open_or_die(void)
{
	struct vs *vs = NULL;
	int r = vs_open(&vs);

	if (r == -ENOPKG)
		die(EXIT_FAILED, "vserver.ko is not loaded; load it: modprobe vserver");
	if (r < 0)
		die(EXIT_FAILED, "cannot reach vserver.ko: %s", strerror(-r));
	return vs;
}

/* As execvp() will look for it. */
void command_or_die(char *const *argv)
{
	const char *path = getenv("PATH") ?: "/usr/bin:/bin";
	const char *name = argv[0];
	int why = ENOENT;

	if (strchr(name, '/')) {
		if (access(name, X_OK) == 0)
			return;
		die(EXIT_FAILED, "cannot run '%s': %s", name, strerror(errno));
	}
	for (;;) {
		int n = (int)strcspn(path, ":");
		char *file = NULL;
		int found;

		if (asprintf(&file, "%.*s/%s", n, n ? path : ".", name) < 0)
			die(EXIT_FAILED, "out of memory");
		found = access(file, X_OK);
		if (found < 0 && errno == EACCES)
			why = EACCES;
		free(file);
		if (found == 0)
			return;
		if (!path[n])
			break;
		path += n + 1;
	}
	die(EXIT_FAILED, "cannot run '%s': %s", name, strerror(why));
}

void tell_status(int status, void *fd)
{
	unsigned char byte = (unsigned char)status;

	if (write((int)(intptr_t)fd, &byte, 1) != 1)
		_exit(status);
}

void disconnect_or_die(void)
{
	unsigned char status;
	int pipes[2], null;
	pid_t pid;

	pid = pipe2(pipes, O_CLOEXEC) < 0 ? -1 : fork();
	if (pid < 0)
		die(EXIT_FAILED, "cannot go to the background: %s", strerror(errno));
	if (pid > 0) {
		close(pipes[1]);
		_exit(read(pipes[0], &status, 1) == 1 ? status : 0);
	}
	close(pipes[0]);
	on_exit(tell_status, (void *)(intptr_t)pipes[1]);
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
}

void create_or_die(struct vs *vs, const char *what, struct vs_context *ctx)
{
	uint32_t wanted = ctx->xid;
	int r = vs_context_create(vs, ctx);

	if (r == -EEXIST && wanted)
		die(EXIT_EXISTS, "%s %u exists", what, wanted);
	if (r < 0)
		die(EXIT_FAILED, "cannot make a context: %s", vs_reason(vs));
}

void end_and_die(struct vs *vs, uint32_t xid, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
	vs_context_end(vs, xid);
	exit(EXIT_FAILED);
}
