/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is known of a guest that is up: written by its supervisor before each
 * thing that it makes, read by the daemon and by whoever cleans up.
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

#define STATE_DIR	"/run/vserver/guests"	/* NAME.json */

struct state_address {
	char *address;		/* without prefix */
	unsigned int prefix;
	char *dev;
};

/** struct state - NAME.json. */
struct state {
	char *phase;		/* starting, running, stopping, stopped, failed */
	bool ready;
	uint32_t xid;		/* 0: none yet */
	uint64_t ceiling;
	pid_t init;		/* 0: none */
	uint64_t init_start;	/* clock ticks since boot */
	char *cgroup;		/* below /sys/fs/cgroup; NULL: none yet */
	struct state_address *added;	/* addresses that we put on the host, or, with
					 * @interface, for which it answers; read only */
	size_t n_added;
	char *interface;	/* the host's end of its own network; NULL: none */
	uint64_t since_usec;	/* CLOCK_REALTIME of the last change of phase */
	uint64_t boots;		/* how often it has booted since start */
	char *step;		/* what failed: step, reason, remedy; or NULL */
	char *reason;
	char *remedy;
};

/** state_read() - 0; -ENOENT there is none; -EBADMSG it is not ours. */
int state_read(const char *name, struct state **ret);
/** state_write() - whole or not at all, and on the disk; but the addresses that
 * are on the host, which stay those of the file. */
int state_write(const char *name, const struct state *state);
/** state_record(), state_forget() - an address will be on the host, or is not any
 * more.  0; -ENOENT there is no state. */
int state_record(const char *name, const struct state_address *address);
int state_forget(const char *name, const char *address);
/** state_find() - where we put an address; NULL: nowhere. */
const struct state_address *state_find(const struct state *state, const char *address);
int state_remove(const char *name);
/** state_check_down() - for who has the lock of a guest: -EBUSY it was started
 * meanwhile, with a reason. */
int state_check_down(const char *name, char **ret_reason);
void state_free(struct state *state);
/** state_is_left() - does it name things that were made and not removed? */
bool state_is_left(const struct state *state);
/** state_names() - every guest that has a state; strv, free each. */
int state_names(char ***ret);

#endif
