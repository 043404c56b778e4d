/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What each run (vserver run) has a number for: range of user ids, control group,
 * name of its context.  Who holds the lock of RUNS_DIR/N has all three.
 */
#ifndef RUN_SLOT_H
#define RUN_SLOT_H

#include <stdbool.h>
#include <vserver.h>

struct run_slot {
	int lock;		/* held until it is closed by all who have it */
	unsigned int n;
	uint32_t user_first;	/* of its range */
	char name[16];		/* "run-N" */
	char cgroup[64];	/* below /sys/fs/cgroup; run_slot_place() */
};

/** RUNS_CGROUP - in which runs are; none but the usual devices can be opened there.
 * RUNS_DEVICES_CGROUP: where that is the ceiling's (CAP_MKNOD). */
#define RUNS_CGROUP		"vserver.slice/runs"
#define RUNS_DEVICES_CGROUP	"vserver.slice/runs-mknod"
/** RUNS_WATCH_CGROUP - in which those are that end a run whose caller is killed. */
#define RUNS_WATCH_CGROUP	"vserver.slice/runs-watch"

/** run_slot_take() - one that nobody has, and what was left of it removed.
 * @ret_reason: as of ids_take(). */
int run_slot_take(struct vs *vs, struct run_slot *ret, char **ret_reason);
/** run_slot_place() - its control group is in the one or the other. */
void run_slot_place(struct run_slot *slot, bool devices);
/** run_slot_clear() - all that is there of one that is held: processes, control group,
 * and a context that nobody has entered.  0; or a negative errno, vs_reason(). */
int run_slot_clear(struct vs *vs, const struct run_slot *slot);
/** run_slots_sweep() - of those that nobody holds, all that is left. */
void run_slots_sweep(struct vs *vs);
/** run_slot_prepare() - the groups that they are in (run_prepare.c); once a boot. */
int run_slot_prepare(struct vs *vs);

#endif
