// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Archives of images, as a user without rights: nothing is written outside of
 * the tree, by any entry, and one that is not whole is refused in one line.
 *
 * In $FUZZ_DIR: tree, where it is unpacked, and outside, which has to stay as it
 * is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "vserverd/export.h"

#define NOBODY		65534
#define FILE_MAX_BYTES	(1 << 20)

static int base_fd;
static int home;		/* libFuzzer's paths start here; unpack() leaves it */

/* Whatever modes the archive gave them. */
static void remove_all(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		must(unlinkat(parent, name, 0) == 0);
		return;
	}
	fchmod(fd, 0700);
	dir = fdopendir(fd);
	must(dir);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_all(fd, entry->d_name);
	closedir(dir);
	must(unlinkat(parent, name, AT_REMOVEDIR) == 0);
}

static void make_outside(void)
{
	int fd;

	must(mkdirat(base_fd, "outside", 0700) == 0);
	fd = openat(base_fd, "outside/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, "untouched", 9) == 9);
	close(fd);
}

static size_t entries_in(const char *name)
{
	int fd = openat(base_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fdopendir(fd);
	size_t n = 0;

	must(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;	/* "." and ".." */
}

static void check_outside(void)
{
	char text[16] = "";
	struct stat st;
	int fd = openat(base_fd, "outside/file", O_RDONLY | O_CLOEXEC);

	must(fd >= 0 && read(fd, text, sizeof(text)) == 9 && !memcmp(text, "untouched", 9));
	must(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0600 && st.st_nlink == 1);
	close(fd);
	must(fstatat(base_fd, "outside", &st, 0) == 0 && (st.st_mode & 07777) == 0700);
	must(entries_in("outside") == 1 && entries_in(".") == 2);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct rlimit limit = { FILE_MAX_BYTES, FILE_MAX_BYTES };
	const char *base = getenv("FUZZ_DIR");

	(void)argc, (void)argv;
	must(base);
	if (geteuid() == 0)
		must(chown(base, NOBODY, NOBODY) == 0 && setgroups(0, NULL) == 0 &&
		     setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
	signal(SIGXFSZ, SIG_IGN);
	must(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(home >= 0);
	base_fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(base_fd >= 0);
	make_outside();
	return 0;
}

/* As a root filesystem, or as a guest that was exported. */
static void unpack_as(bool exported, const uint8_t *data, size_t size)
{
	const struct unpack_progress progress = {};
	int archive = memfd_create("archive", MFD_CLOEXEC), tree, r;
	struct import import = {};
	char *reason = NULL;

	must(archive >= 0 && write(archive, data, size) == (ssize_t)size);
	lseek(archive, 0, SEEK_SET);
	must(mkdirat(base_fd, "tree", 0700) == 0);
	tree = openat(base_fd, "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(tree >= 0);

	if (exported)
		r = import_read(archive, tree, NULL, &progress, &import, &reason);
	else
		r = unpack(archive, tree, &progress, &reason);
	must(r == 0 || reason || r == -ENOMEM);
	must(!reason || !strpbrk(reason, "\n\r"));
	must(!exported || !r == (import.conf && import.json));
	check_outside();

	import_clear(&import);
	free(reason);
	close(tree);
	close(archive);
	must(fchdir(home) == 0);
	remove_all(base_fd, "tree");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unpack_as(false, data, size);
	unpack_as(true, data, size);
	return 0;
}
