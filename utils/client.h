/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Calls of io.vserver.Manager, as vserverd/io.vserver.Manager.varlink has
 * them, and the reading of what comes back.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-json.h>

struct cli;

/** struct call - one call, and what became of it. */
struct call {
	const char *verb;	/* for errors: "cannot VERB 'NAME'" */
	const char *name;	/* of the guest; NULL: none */
	const char *method;	/* "Start" */
	sd_json_variant *parameters;	/* call_free() lets go of it */
	/* for what streams: each reply but the last; NULL: one reply */
	void (*progress)(const struct call *call, sd_json_variant *reply);
	/* as soon as it succeeded; NULL: nothing */
	void (*done)(const struct call *call, const struct cli *cli);
	const struct cli *cli;
	const int *fd;		/* a descriptor that goes along, as number 0; NULL: none */

	sd_json_variant *reply;	/* of one that succeeded */
	int status;		/* exit status; a failure has been told */
};

/** call_run() - make all @n calls, some at a time, each failure told as soon
 * as it is known.  Returns the highest exit status of them. */
int call_run(struct call *calls, size_t n);
void call_free(struct call *call);
/** call_guest() - Describe @name, the guest into *@ret; as call_run(). */
int call_guest(const char *verb, const char *name, sd_json_variant **ret);
/** call_guests() - List, the array of guests into *@ret. */
int call_guests(const char *verb, sd_json_variant **ret);
/** client_reachable() - does vserverd answer?  Tells nobody. */
bool client_reachable(void);

/** settings_json() - what was given on the command line, as []Setting. */
int settings_json(const struct cli *cli, sd_json_variant **ret);
/** option_json() - all that were given of an option, as []string; of @separated, each
 * at its commas.  A negative errno. */
int option_json(const struct cli *cli, const char *option, bool separated,
		sd_json_variant **ret);

/* Fields of an object: NULL or false where it is null, or not there. */
const char *field_string(sd_json_variant *object, const char *field);
bool field_number(sd_json_variant *object, const char *field, uint64_t *ret);
bool field_integer(sd_json_variant *object, const char *field, int64_t *ret);
bool field_true(sd_json_variant *object, const char *field);
/** guest_setting() - the value in force, NULL where it is not set. */
const char *guest_setting(sd_json_variant *guest, const char *key);
/** guest_has_each() - its share is that of each processor. */
bool guest_has_each(sd_json_variant *guest);
/** guest_lacks_share() - it runs, but the daemon has looked at it only once:
 * what it uses of the processors is known after wait_for_share(). */
bool guest_lacks_share(sd_json_variant *guest);
void wait_for_share(void);

/** absolute_path() - for the daemon, which is elsewhere: links and all; free(). */
char *absolute_path(const char *path);

/** print_json() - for scripts: one line, for people: indented. */
int print_json(sd_json_variant *object);

#endif
