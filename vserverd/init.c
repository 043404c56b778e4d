// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which program of a guest's tree is its init: the one that is named, one of
 * those that a word stands for, or what is there.  The tree is the guest's, so
 * it is looked at below its root only, links and all.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "scope.h"

#define CANDIDATES_MAX 4

/* @program: what the file is called at the end of all links, where a path
 * alone does not tell: /sbin/init is whatever the guest has. */
static const struct word {
	const char *word, *program;
	const char *paths[CANDIDATES_MAX + 1];
} words[] = {
	{ "systemd", "systemd", { "/usr/lib/systemd/systemd", "/lib/systemd/systemd" } },
	{ "sysvinit", "init", { "/sbin/init", "/lib/sysvinit/init" } },
	{ "openrc", NULL, { "/sbin/openrc-init", "/usr/sbin/openrc-init",
			    "/usr/bin/openrc-init" } },
	{ "runit", NULL, { "/sbin/runit-init", "/usr/sbin/runit-init", "/usr/bin/runit-init" } },
};

static int open_inside(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* 0; -ENOENT and others; -ENOEXEC it is there, but no program of that name. */
static int check_program(int root, const char *path, const char *program)
{
	_cleanup_close_ int fd = open_inside(root, path);
	char link[32], target[4096], *slash;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -ENOEXEC;
	if (!program)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return slash && !strcmp(slash + 1, program) ? 0 : -ENOEXEC;
}

static int one(const char *path, char ***ret_argv)
{
	char **argv = calloc(2, sizeof(char *));

	if (!argv || !(argv[0] = strdup(path))) {
		free(argv);
		return -ENOMEM;
	}
	*ret_argv = argv;
	return 0;
}

static int find_word(int root, const struct word *word, const struct config *config,
		     char ***ret_argv, char **ret_reason)
{
	for (const char *const *path = word->paths; *path; path++)
		if (check_program(root, *path, word->program) == 0)
			return one(*path, ret_argv);
	if (asprintf(ret_reason, "there is no %s in %s: %s cannot be run%s%s", word->word,
		     config->root, word->paths[0], word->program ? ", or is not " : "",
		     word->program ? word->word : "") < 0)
		*ret_reason = NULL;
	return -ENOEXEC;
}

/* A program and its arguments, with space between. */
static int split(const char *command, char ***ret_argv)
{
	_cleanup_free_ char *copy = strdup(command);
	_cleanup_strv_free_ char **argv = calloc(strlen(command) / 2 + 2, sizeof(char *));
	char *rest = copy, *argument;
	size_t n = 0;

	if (!copy || !argv)
		return -ENOMEM;
	while ((argument = strsep(&rest, " \t")))
		if (*argument && !(argv[n++] = strdup(argument)))
			return -ENOMEM;
	*ret_argv = TAKE_PTR(argv);
	return 0;
}

static int find_command(int root, const struct config *config, char ***ret_argv,
			char **ret_reason)
{
	_cleanup_strv_free_ char **argv = NULL;
	int r;

	r = split(config->init, &argv);
	if (r < 0)
		return r;
	r = check_program(root, argv[0], NULL);
	if (r == 0) {
		*ret_argv = TAKE_PTR(argv);
		return 0;
	}
	if (asprintf(ret_reason, "its init %s in %s: %s", argv[0], config->root,
		     r == -ENOEXEC ? "not a program" : strerror(-r)) < 0)
		*ret_reason = NULL;
	return -ENOEXEC;
}

int init_find(struct vs *vs, const struct config *config, int tree, char ***ret_argv,
	      char **ret_reason)
{
	_cleanup_free_ char *found = NULL;
	char path[32];

	*ret_reason = NULL;
	for (size_t i = 0; config->init && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(config->init, words[i].word))
			return find_word(tree, &words[i], config, ret_argv, ret_reason);
	if (config->init)
		return find_command(tree, config, ret_argv, ret_reason);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", tree);
	if (vs_space_find_init(vs, path, &found) == 0)
		return one(found, ret_argv);
	if (asprintf(ret_reason, "there is no /sbin/init in %s", config->root) < 0)
		*ret_reason = NULL;
	return -ENOEXEC;
}
