/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What chcontext and chbind share: they make a context, put themselves into
 * it and become the command.
 */
#ifndef CLASSIC_H
#define CLASSIC_H

#include <stdbool.h>
#include <stdint.h>

#include <vserver.h>

enum {
	EXIT_FAILED	= 1,
	EXIT_USAGE	= 2,
	EXIT_EXISTS	= 254,	/* a context of that number exists */
};

/* Tell it, one line on stderr, and end; nothing has been made yet. */
_Noreturn void die(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** version() - print the program's name and version, and end. */
_Noreturn void version(void);

/** xid_or_die() - the number that @option was given. */
uint32_t xid_or_die(const char *option, const char *text);

/** open_or_die() - the module. */
struct vs *open_or_die(void);

/** command_or_die() - can the command be run at all?  Before anything is made. */
void command_or_die(char *const *argv);

/** tell_status() - for on_exit(): the status into the pipe @fd, which exec closes;
 * so a byte means that exec was never reached. */
void tell_status(int status, void *fd);

/** disconnect_or_die() - into the background.  The parent leaves when the command
 * runs, or with the status of the failure. */
void disconnect_or_die(void);

/** create_or_die() - make the context; @what is for the message. */
void create_or_die(struct vs *vs, const char *what, struct vs_context *ctx);

/** end_and_die() - tell it, end the context that was made, and end. */
_Noreturn void end_and_die(struct vs *vs, uint32_t xid, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
