/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One guest as it is at the moment: what it is to be, what is known of it,
 * what systemd says.  Read anew for each question.
 */
#ifndef GUEST_H
#define GUEST_H

#include <systemd/sd-json.h>

#include "config.h"
#include "manager.h"
#include "state.h"

struct guest {
	char *name;
	struct config *config;	/* NULL: it has none, or a wrong one */
	char *errors;		/* then what is wrong, "; " between */
	struct state *state;	/* NULL: none */
	const char *phase;	/* stopped, starting, running, stopping, failed */
};

/** guest_read() - 0; -ECANCELED there is no such guest, or it cannot be read. */
int guest_read(struct manager *m, const char *name, struct guest **ret,
	       struct problem *problem);
void guest_free(struct guest *guest);
/** guest_is_up() - starting, running or stopping. */
bool guest_is_up(const struct guest *guest);
/** guest_json() - an object of the interface's type Guest.
 * @all: as guest_guarantees() has read it, once for all guests. */
int guest_json(struct manager *m, const struct guest *guest, const struct vs_guarantees *all,
	       sd_json_variant **ret);

/* guest_address.c */
/** guest_addresses_json() - an array of the interface's type Address. */
int guest_addresses_json(struct manager *m, const struct guest *guest, sd_json_variant **ret);

/* guest_bucket.c */
/** guest_guarantees() - of all contexts; machine_ns 0: nobody knows. */
struct vs_guarantees guest_guarantees(struct manager *m);
/** guest_add_bucket() - the field bucket, where the guest has one. */
int guest_add_bucket(struct manager *m, const struct guest *guest, const struct vs_context *ctx,
		     const struct vs_guarantees *all, sd_json_variant **object);

/* guest_network.c */
/** guest_add_network() - the fields interface and dropped, where it has such a network. */
int guest_add_network(const struct state *state, sd_json_variant **object);

/* guest_cpuset.c */
/** guest_cpuset_ns() - what the processors that it may use have every second; 0: it
 * may use all, or is not up. */
uint64_t guest_cpuset_ns(struct manager *m, const struct guest *guest);
/** guest_cpusets_check() - where guests are guaranteed more than the processors that
 * they may use have, in words; empty: nowhere; free().  0 or a negative errno. */
int guest_cpusets_check(struct manager *m, char **ret);

/* guest_traffic.c */
/** guest_add_traffic() - the field traffic. */
int guest_add_traffic(struct manager *m, const struct guest *guest, sd_json_variant **object);

static inline void scope_guest_free(struct guest **guest)
{
	guest_free(*guest);
}
#define _cleanup_guest_ __attribute__((cleanup(scope_guest_free)))

#endif
