// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Loads the token bucket scheduler (bpf/sched.bpf.c) and pins its link and
 * every one of its maps: their timers die with the last user reference, and
 * contexts on hold would never run again.
 *
 * The kernel has one scheduler at a time, and no way to put another one in its
 * place.  So another build's goes when all that takes time is done, and all that
 * may be refused: between them is a moment in which guests have cpu.max and bare
 * contexts no limit; and one that cannot be loaded leaves in force what was there.
 * Buckets begin anew, full.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/sched.skel.h"
#include "bpf/vs_bpf.h"
#include "bpf_log.h"
#include "private.h"

#define PIN_LINK	VS_PIN_SCHEDULER "/link"
#define PIN_TASKS	VS_PIN_SCHEDULER "/tasks"
#define PIN_BUILD	VS_PIN_SCHEDULER "/build_"	/* and the hash of the object */

static void sched_close(struct sched **skel)
{
	sched__destroy(*skel);
}

#define _cleanup_sched_ __attribute__((cleanup(sched_close)))

/* The pin whose name has the hash of this build's object (FNV-1a): looked for with
 * each context that is asked about, and so hashed once. */
static void pin_of_build(struct vs *vs, char *ret, size_t size)
{
	uint32_t hash = 2166136261U;
	size_t n, i;
	const unsigned char *bytes = sched__elf_bytes(&n);

	for (i = 0; i < n && !vs->scheduler_hash; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	if (!vs->scheduler_hash)
		vs->scheduler_hash = hash;
	snprintf(ret, size, PIN_BUILD "%08x", vs->scheduler_hash);
}

static int reuse_tasks(struct vs *vs, struct sched *skel)
{
	_cleanup_close_ int fd = vs_pin_map(VS_PIN_TASKS, "tasks");
	int r;

	if (fd == -ENOENT)
		return vs_fail(vs, -ENOKEY, "enforcement is not loaded: the scheduler would know "
			       "no context");
	if (fd < 0)
		return vs_fail_errno(vs, fd, "looking for the map 'tasks'");
	r = bpf_map__reuse_fd(skel->maps.tasks, fd);
	return r < 0 ? vs_fail_errno(vs, r, "taking over the map 'tasks'") : 0;
}

/* bpffs takes no dots, which .bss has. */
static void name_of_pin(const struct bpf_map *map, char *ret, size_t size)
{
	snprintf(ret, size, VS_PIN_SCHEDULER "/%s", bpf_map__name(map));
	for (char *p = ret + strlen(VS_PIN_SCHEDULER); *p; p++)
		if (*p == '.')
			*p = '_';
}

static int pin_all(struct vs *vs, struct sched *skel, struct bpf_link *link)
{
	struct bpf_map *map;
	char path[256];

	bpf_object__for_each_map(map, skel->obj) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		name_of_pin(map, path, sizeof(path));
		if (bpf_obj_pin(bpf_map__fd(map), path) < 0)
			return vs_fail_errno(vs, -errno, "pinning %s", path);
	}
	pin_of_build(vs, path, sizeof(path));
	if (bpf_obj_pin(bpf_map__fd(skel->maps.buckets), path) < 0)
		return vs_fail_errno(vs, -errno, "pinning %s", path);
	if (bpf_obj_pin(bpf_link__fd(link), PIN_LINK) < 0)
		return vs_fail_errno(vs, -errno, "pinning %s", PIN_LINK);
	return 0;
}

/* Verified by the kernel, and not attached yet. */
static int prepare(struct vs *vs, struct sched *skel)
{
	struct vs_bpf_log log;
	int r;

	/* The library attaches it; loading the skeleton shall not. */
	bpf_map__set_autoattach(skel->maps.vserver, false);
	r = reuse_tasks(vs, skel);
	if (r < 0)
		return r;
	vs_bpf_log_begin(&log);
	r = sched__load(skel);
	vs_bpf_log_end(&log);
	return r < 0 ? vs_bpf_log_fail(vs, &log, r, "loading the scheduler") : 0;
}

static int attach(struct vs *vs, struct sched *skel)
{
	struct vs_bpf_log log;
	struct bpf_link *link;
	int r;

	vs_bpf_log_begin(&log);
	link = bpf_map__attach_struct_ops(skel->maps.vserver);
	r = link ? 0 : -errno;
	vs_bpf_log_end(&log);
	if (r < 0)
		return vs_bpf_log_fail(vs, &log, r, "loading the scheduler");

	if (mkdir(VS_PIN_SCHEDULER, 0700) < 0 && errno != EEXIST)
		r = vs_fail_errno(vs, -errno, "making %s", VS_PIN_SCHEDULER);
	else
		r = pin_all(vs, skel, link);
	if (r < 0)
		vs_pin_remove(VS_PIN_SCHEDULER);
	bpf_link__destroy(link);	/* the pin keeps it */
	return r;
}

/* Gone when the last reference goes, which is asynchronous. */
static int wait_until_gone(struct vs *vs)
{
	for (int i = 0; i < 500; i++) {
		if (vs_scheduler_running(vs) != 1)
			return 0;
		usleep(10000);
	}
	return vs_fail(vs, -ETIMEDOUT, "the scheduler does not end");
}

/* What ops.exit() has left in the pinned .bss; another build's is unknown. */
int vs_scheduler_exit_reason(struct vs *vs, char **ret)
{
	_cleanup_sched_ struct sched *skel = sched__open();
	_cleanup_free_ typeof(*skel->bss) *bss = NULL;
	_cleanup_close_ int fd = -1;
	uint32_t key = 0;
	char path[256];

	/* The map is longer than the struct, which has no variables that are static. */
	if (skel)
		bss = malloc(bpf_map__value_size(skel->maps.bss));
	if (!bss)
		return vs_fail(vs, -ENOMEM, "reading the BPF object 'sched'");
	pin_of_build(vs, path, sizeof(path));
	if (access(path, F_OK) < 0)
		return -ENODATA;
	name_of_pin(skel->maps.bss, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_map_lookup_elem(fd, &key, bss) < 0 || !bss->exited.kind)
		return -ENODATA;
	if (asprintf(ret, "%s%s%s", bss->exited.reason, *bss->exited.message ? ": " : "",
		     bss->exited.message) < 0)
		return -ENOMEM;
	/* The kernel names the task that starved, and whoever is in a guest names tasks. */
	for (char *c = *ret; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return 0;
}

int vs_scheduler_unload(struct vs *vs)
{
	int r = vs_pin_remove(VS_PIN_SCHEDULER);

	if (r < 0)
		return vs_fail_errno(vs, r, "removing %s", VS_PIN_SCHEDULER);
	return wait_until_gone(vs);
}

/* One that goes by another map of identities takes every task for the host's. */
static bool knows_the_tasks(void)
{
	_cleanup_close_ int enforced = vs_pin_map(VS_PIN_TASKS, "tasks");
	_cleanup_close_ int used = bpf_obj_get(PIN_TASKS);
	uint32_t id, used_id;

	return enforced >= 0 && used >= 0 && vs_pin_map_id(enforced, &id) == 0 &&
	       vs_pin_map_id(used, &used_id) == 0 && id == used_id;
}

bool vs_scheduler_is_ours(struct vs *vs)
{
	char build[256];

	pin_of_build(vs, build, sizeof(build));
	return vs_scheduler_running(vs) == 1 && access(build, F_OK) == 0;
}

/* What runs is this build's, is whole, and knows who is in which context. */
static bool is_adopted(struct vs *vs)
{
	return vs_scheduler_is_ours(vs) && access(PIN_LINK, F_OK) == 0 && knows_the_tasks();
}

int vs_scheduler_load(struct vs *vs)
{
	_cleanup_sched_ struct sched *skel = NULL;
	_cleanup_free_ char *running = NULL;
	_cleanup_close_ int lock = -1;
	int unloaded, r = vs_probe_scheduler(&running);

	if (r == -EOPNOTSUPP)
		return vs_fail(vs, -EOPNOTSUPP, "this kernel has no sched_ext; cpu.max keeps the "
			       "shares");
	if (r == 1 && strcmp(running, VS_SCHEDULER) != 0)
		return vs_fail(vs, -EBUSY, "another sched_ext scheduler, %s, runs; end it, and "
			       "vserverd loads ours", running);
	lock = vs_pin_lock(vs);
	if (lock < 0)
		return lock;
	if (is_adopted(vs))
		return 0;

	skel = sched__open();
	if (!skel)
		return vs_fail_errno(vs, -errno, "reading the BPF object 'sched'");
	r = prepare(vs, skel);
	/* Another build's stays then; one that takes all for the host's is worse than none. */
	if (r < 0 && knows_the_tasks())
		return r;
	/* That, one that the kernel has ended, or half a load. */
	unloaded = vs_scheduler_unload(vs);
	if (r < 0 || unloaded < 0)
		return r < 0 ? r : unloaded;
	return attach(vs, skel);
}
