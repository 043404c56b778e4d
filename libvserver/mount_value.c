// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How a mount of a guest is written, "/srv/data /data idmap,ro", and what is
 * wrong with what is none.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "private.h"

#define WORDS_MAX	16

__attribute__((format(printf, 2, 3)))
static int because(char **ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(ret, format, args) < 0)
		*ret = NULL;
	va_end(args);
	return -EINVAL;
}

/* --- paths ------------------------------------------------------------------------------ */

/* Absolute, each part a name: no "..", no ".", no "//", nothing at its end. */
static bool is_plain(const char *path)
{
	if (*path != '/')
		return false;
	while (*path == '/') {
		size_t n = strcspn(++path, "/");

		if (!n || (n == 1 && *path == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += n;
	}
	return true;
}

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

static int check_target(const char *target, char **ret_reason, char **ret_remedy)
{
	static const char *const kernels[] = { "/proc", "/sys", "/dev" };

	if (!is_plain(target)) {
		because(ret_reason, "'%s' is no place to mount something", target);
		return because(ret_remedy, "write an absolute path inside the guest, without '..' in it");
	}
	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++)
		if (is_below(target, kernels[i])) {
			because(ret_reason, "%s of a guest is made by VServer", kernels[i]);
			return because(ret_remedy, "mount it elsewhere");
		}
	return 0;
}

static int check_source(const char *source, char **ret_reason, char **ret_remedy)
{
	if (strcmp(source, "/") && !is_plain(source)) {
		because(ret_reason, "'%s' is neither tmpfs nor a path of the host", source);
		return because(ret_remedy, "write tmpfs, or an absolute path without '..' in it");
	}
	if (!is_below(source, "/proc"))
		return 0;
	because(ret_reason, "what is in /proc is another thing for each who looks");
	return because(ret_remedy, "leave it out; a guest has a /proc of its own");
}

/* --- options ------------------------------------------------------------------------------ */

static bool take_flag(const char *word, struct vs_mount *mount)
{
	const struct {
		const char *word;
		bool *flag;
		bool value;
	} flags[] = {
		{ "ro", &mount->read_only, true }, { "rw", &mount->read_only, false },
		{ "suid", &mount->suid, true }, { "nosuid", &mount->suid, false },
		{ "dev", &mount->dev, true }, { "nodev", &mount->dev, false },
		{ "noexec", &mount->no_exec, true }, { "exec", &mount->no_exec, false },
		{ "idmap", &mount->idmap, true },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(word, flags[i].word)) {
			*flags[i].flag = flags[i].value;
			return true;
		}
	return false;
}

static bool take_mode(const char *text, uint32_t *ret)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	*ret = (uint32_t)mode;
	return *text >= '0' && *text <= '7' && !*end && mode && mode <= 07777;
}

static int take_option(const char *word, struct vs_mount *mount, char **ret_reason,
		       char **ret_remedy)
{
	bool tmpfs = mount->type == VS_MOUNT_TMPFS;

	if (tmpfs ? strcmp(word, "idmap") && take_flag(word, mount) : take_flag(word, mount))
		return 0;
	if (!tmpfs && (!strcmp(word, "bind") || !strcmp(word, "overlay"))) {
		mount->type = *word == 'b' ? VS_MOUNT_BIND : VS_MOUNT_OVERLAY;
		return 0;
	}
	if (tmpfs && !strncmp(word, "size=", 5) &&
	    vs_parse_size(word + 5, &mount->size_bytes) == 0 && mount->size_bytes &&
	    mount->size_bytes != UINT64_MAX)
		return 0;
	if (tmpfs && !strncmp(word, "mode=", 5) && take_mode(word + 5, &mount->mode))
		return 0;
	because(ret_reason, "'%s' is no option of %s", word, tmpfs ? "a tmpfs" : "a path");
	return because(ret_remedy, "there are ro, noexec, suid, dev%s", tmpfs ?
		       ", size=SIZE and mode=MODE" : ", idmap and overlay");
}

int vs_parse_mount(const char *text, struct vs_mount *ret, char **ret_reason,
		   char **ret_remedy)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *word, *words[WORDS_MAX];
	struct vs_mount mount = { .mode = 0755 };
	size_t n = 0;
	int r = 0;

	*ret_reason = *ret_remedy = NULL;
	while (rest && n < WORDS_MAX && (word = strsep(&rest, n < 2 ? " \t" : " \t,")))
		if (*word)
			words[n++] = word;
	if (n < 2 || rest) {
		because(ret_reason, "'%s' is no mount", text);
		return because(ret_remedy, "write it like /srv/data /data ro, or tmpfs /cache size=64M");
	}
	mount.type = strcmp(words[0], "tmpfs") ? VS_MOUNT_BIND : VS_MOUNT_TMPFS;
	if (mount.type == VS_MOUNT_BIND)
		r = check_source(words[0], ret_reason, ret_remedy);
	if (!r)
		r = check_target(words[1], ret_reason, ret_remedy);
	for (size_t i = 2; !r && i < n; i++)
		r = take_option(words[i], &mount, ret_reason, ret_remedy);
	if (r < 0)
		return r;
	mount.target = strdup(words[1]);
	mount.source = mount.type == VS_MOUNT_TMPFS ? NULL : strdup(words[0]);
	if (!mount.target || (mount.type != VS_MOUNT_TMPFS && !mount.source)) {
		vs_mount_clear(&mount);
		return -ENOMEM;
	}
	*ret = mount;
	return 0;
}

void vs_mount_clear(struct vs_mount *mount)
{
	free(mount->source);
	free(mount->target);
	free(mount->layer);
}
