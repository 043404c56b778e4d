// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Enforcement: the BPF objects task, admin, file, socket and net are loaded,
 * attached, pinned and given to the module here and nowhere else.
 *
 * Replacing another build's programs leaves no gap and no state that the next
 * load could not mend:
 *
 *   1. new links are attached and pinned in links-new; old and new both refuse
 *   2. the module is given the new ones and lets go of the old
 *   3. the old pins go, links-new becomes links
 *
 * A links-new that is there at the beginning is a load that was interrupted:
 * it is removed, and everything is done again.  Adopted is what has no such
 * trace, every pin, and in the module the number of links and the generation
 * (a hash of the objects' bytes) of this build.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/admin.skel.h"
#include "bpf/file.skel.h"
#include "bpf/net.skel.h"
#include "bpf/socket.skel.h"
#include "bpf/task.skel.h"
#include "bpf/vs_bpf.h"
#include "attach.h"
#include "bpf_log.h"
#include "private.h"

#define LINKS_NEW	VS_PIN_ROOT "/links-new"
#define ENTER_NEW	VS_PIN_ROOT "/enter-new"
#define N_OBJECTS	5

/* task is first: identities are copied before anything else asks for them. */
static const struct {
	const char *name;
	const void *(*bytes)(size_t *size);
} objects[N_OBJECTS] = {
	{ "task",	task__elf_bytes },
	{ "admin",	admin__elf_bytes },
	{ "file",	file__elf_bytes },
	{ "socket",	socket__elf_bytes },
	{ "net",	net__elf_bytes },
};

/* Maps that outlive a generation. */
static const struct {
	const char *name;
	const char *pin;
} maps[] = {
	{ "tasks",	VS_PIN_TASKS },
	{ "sockets",	VS_PIN_SOCKETS },
};

/* One generation, on its way into the kernel. */
struct generation {
	struct bpf_object *objects[N_OBJECTS];
	struct bpf_link *links[VS_LINKS_MAX];
	size_t n_links;			/* attached */
	size_t n_expected;		/* programs that are to be attached */
	struct bpf_program *enter;
};

static void generation_close(struct generation *g)
{
	for (size_t i = 0; i < g->n_links; i++)
		bpf_link__destroy(g->links[i]);
	for (size_t i = 0; i < N_OBJECTS; i++)
		bpf_object__close(g->objects[i]);
}

#define _cleanup_generation_ __attribute__((cleanup(generation_close)))

/* FNV-1a over all objects; never 0, which is what a module without links says. */
static uint32_t generation_hash(void)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < N_OBJECTS; i++) {
		size_t size;
		const unsigned char *bytes = objects[i].bytes(&size);

		for (size_t n = 0; n < size; n++)
			hash = (hash ^ bytes[n]) * 16777619U;
	}
	return hash ?: 1;
}

/* Parse the objects of this build; nothing reaches the kernel yet. */
static int generation_open(struct vs *vs, struct generation *g)
{
	for (size_t i = 0; i < N_OBJECTS; i++) {
		LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = objects[i].name);
		struct bpf_program *program;
		size_t size;
		const void *bytes = objects[i].bytes(&size);

		g->objects[i] = bpf_object__open_mem(bytes, size, &opts);
		if (!g->objects[i])
			return vs_fail_errno(vs, -errno, "reading the BPF object '%s'",
					     objects[i].name);
		bpf_object__for_each_program(program, g->objects[i]) {
			if (bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL)
				g->enter = program;
			else
				g->n_expected++;
		}
	}
	return 0;
}

/* --- is what is there ours, and whole? ---------------------------------------- */

static bool is_pinned(const struct generation *g)
{
	struct bpf_program *program;
	char path[PATH_MAX];

	if (access(LINKS_NEW, F_OK) == 0 || access(VS_PIN_ENTER, F_OK) < 0)
		return false;
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		if (access(maps[i].pin, F_OK) < 0)
			return false;
	for (size_t i = 0; i < N_OBJECTS; i++)
		bpf_object__for_each_program(program, g->objects[i]) {
			if (program == g->enter)
				continue;
			snprintf(path, sizeof(path), VS_PIN_LINKS "/%s",
				 bpf_program__name(program));
			if (access(path, F_OK) < 0)
				return false;
		}
	return true;
}

static int read_status(struct vs *vs, const struct generation *g,
		       struct vs_enforce_status *ret, uint32_t *ret_generation)
{
	uint32_t held;
	int r;

	r = vs_nl_enforce_get(vs, &held, ret_generation);
	if (r < 0)
		return r;
	ret->links_held = held;
	ret->links_expected = g->n_expected;
	ret->pinned = is_pinned(g);
	return 0;
}

int vs_enforce_status(struct vs *vs, struct vs_enforce_status *ret)
{
	_cleanup_generation_ struct generation g = {};
	uint32_t generation;
	int r;

	r = generation_open(vs, &g);
	if (r < 0)
		return r;
	return read_status(vs, &g, ret, &generation);
}

/* --- loading -------------------------------------------------------------------- */

static int check_machine(struct vs *vs)
{
	if (vs_probe_bpf_lsm() == 0)
		return vs_fail(vs, -EOPNOTSUPP, "the kernel runs without the BPF LSM; add bpf "
			       "to the list in lsm= on the kernel's command line");
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return vs_fail(vs, -EOPNOTSUPP, "the kernel has no type information (BTF); "
			       "boot one built with CONFIG_DEBUG_INFO_BTF");
	if (access("/sys/kernel/btf/vserver", R_OK) < 0)
		return vs_fail(vs, -EOPNOTSUPP, "vserver.ko is loaded without type information "
			       "(BTF); build it again with pahole installed");
	return 0;
}

/* Maps that are there are used again: a new one sets every task free that is in
 * a context, and is made only where surely there is none and nothing enforces. */
static int reuse_maps(struct vs *vs, struct bpf_object *object, bool enforced)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, maps[i].name);
		_cleanup_close_ int fd = -1;
		int r;

		if (!map)
			continue;
		fd = vs_pin_map(maps[i].pin, maps[i].name);
		if (fd == -ENOENT && !enforced)
			continue;
		if (fd < 0)
			return vs_fail_errno(vs, fd, "looking for the map '%s'", maps[i].name);
		r = bpf_map__reuse_fd(map, fd);
		if (r < 0)
			return vs_fail_errno(vs, r, "taking over the map '%s'", maps[i].name);
	}
	return 0;
}

static int pin_maps(struct vs *vs, struct bpf_object *object)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, maps[i].name);

		if (map && access(maps[i].pin, F_OK) < 0 &&
		    bpf_obj_pin(bpf_map__fd(map), maps[i].pin) < 0)
			return vs_fail_errno(vs, -errno, "pinning %s", maps[i].pin);
	}
	return 0;
}

static int load_objects(struct vs *vs, struct generation *g, bool enforced)
{
	for (size_t i = 0; i < N_OBJECTS; i++) {
		struct vs_bpf_log log;
		char what[64];
		int r;

		r = reuse_maps(vs, g->objects[i], enforced);
		if (r < 0)
			return r;
		vs_bpf_log_begin(&log);
		r = bpf_object__load(g->objects[i]);
		vs_bpf_log_end(&log);
		snprintf(what, sizeof(what), "loading the BPF object '%s'", objects[i].name);
		if (r < 0)
			return vs_bpf_log_fail(vs, &log, r, what);
		r = pin_maps(vs, g->objects[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int attach_program(struct vs *vs, struct generation *g,
			  struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	struct bpf_link *link;
	char path[PATH_MAX];

	if (g->n_links == VS_LINKS_MAX)
		return vs_fail(vs, -E2BIG, "more programs than the module holds links");
	link = vs_attach(program);
	if (!link)
		return vs_fail_errno(vs, -errno, "attaching %s", name);
	g->links[g->n_links++] = link;

	snprintf(path, sizeof(path), LINKS_NEW "/%s", name);
	if (bpf_obj_pin(bpf_link__fd(link), path) < 0)
		return vs_fail_errno(vs, -errno, "pinning %s", path);
	return 0;
}

static int attach_programs(struct vs *vs, struct generation *g)
{
	if (mkdir(LINKS_NEW, 0700) < 0)
		return vs_fail_errno(vs, -errno, "making " LINKS_NEW);
	for (size_t i = 0; i < N_OBJECTS; i++) {
		struct bpf_program *program;
		struct vs_bpf_log log;
		int r = 0;

		vs_bpf_log_begin(&log);
		bpf_object__for_each_program(program, g->objects[i])
			if (program != g->enter && !r)
				r = attach_program(vs, g, program);
		vs_bpf_log_end(&log);
		if (r < 0)
			return r;
	}
	if (bpf_obj_pin(bpf_program__fd(g->enter), ENTER_NEW) < 0)
		return vs_fail_errno(vs, -errno, "pinning " ENTER_NEW);
	return 0;
}

static int give_to_module(struct vs *vs, const struct generation *g)
{
	int fds[VS_LINKS_MAX];

	for (size_t i = 0; i < g->n_links; i++)
		fds[i] = bpf_link__fd(g->links[i]);
	return vs_nl_enforce_set(vs, fds, g->n_links, generation_hash());
}

/* Step 3: from here on the next load adopts. */
static int settle(struct vs *vs)
{
	int r;

	r = vs_pin_remove(VS_PIN_LINKS);
	if (r < 0)
		return vs_fail_errno(vs, r, "removing the old %s", VS_PIN_LINKS);
	if (rename(ENTER_NEW, VS_PIN_ENTER) < 0)
		return vs_fail_errno(vs, -errno, "replacing %s", VS_PIN_ENTER);
	if (rename(LINKS_NEW, VS_PIN_LINKS) < 0)
		return vs_fail_errno(vs, -errno, "replacing %s", VS_PIN_LINKS);
	return 0;
}

static int forget_interrupted(struct vs *vs)
{
	int r = vs_pin_remove(LINKS_NEW);

	if (unlink(ENTER_NEW) < 0 && errno != ENOENT)
		r = -errno;
	return r < 0 ? vs_fail_errno(vs, r, "removing what an interrupted load left") : 0;
}

/* @enforced: the module holds links of another generation. */
static int replace(struct vs *vs, struct generation *g, bool enforced)
{
	int r;

	r = forget_interrupted(vs);
	if (!r)
		r = load_objects(vs, g, enforced);
	if (!r)
		r = attach_programs(vs, g);
	if (!r)
		r = give_to_module(vs, g);
	if (r < 0) {
		vs_pin_remove(LINKS_NEW);
		unlink(ENTER_NEW);
		return r;
	}
	return settle(vs);
}

int vs_enforce_load(struct vs *vs)
{
	_cleanup_generation_ struct generation g = {};
	struct vs_enforce_status status;
	_cleanup_close_ int lock = -1;
	uint32_t generation;
	int r;

	r = check_machine(vs);
	if (r < 0)
		return r;
	lock = vs_pin_lock(vs);
	if (lock < 0)
		return lock;
	r = generation_open(vs, &g);
	if (r < 0)
		return r;
	r = read_status(vs, &g, &status, &generation);
	if (r < 0)
		return r;
	if (status.pinned && status.links_held == status.links_expected &&
	    generation == generation_hash())
		return 0;
	return replace(vs, &g, status.links_held);
}

int vs_enforce_unload(struct vs *vs)
{
	_cleanup_close_ int lock = -1;
	int r;

	lock = vs_pin_lock(vs);
	if (lock < 0)
		return lock;
	r = vs_nl_enforce_set(vs, NULL, 0, 0);
	if (r == -EBUSY)
		return vs_fail(vs, r, "there are contexts; end them first");
	if (r < 0)
		return r;
	r = forget_interrupted(vs);
	if (!r)
		r = vs_pin_remove(VS_PIN_LINKS);
	if (r < 0)
		return vs_fail_errno(vs, r, "removing %s", VS_PIN_LINKS);
	if (unlink(VS_PIN_ENTER) < 0 && errno != ENOENT)
		return vs_fail_errno(vs, -errno, "removing %s", VS_PIN_ENTER);
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		if (unlink(maps[i].pin) < 0 && errno != ENOENT)
			return vs_fail_errno(vs, -errno, "removing %s", maps[i].pin);
	rmdir(VS_PIN_ROOT);	/* stays while the scheduler is pinned in it */
	return 0;
}
