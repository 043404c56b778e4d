// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Ways to files that are mounted elsewhere: up, through /proc, by number,
 * under what is mounted over them, from a device.  A way that leads to a file
 * is "ok" only if that file is the one that was asked for.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "intruder.h"

/* How a secret of the host's begins; a tree of a guest has none. */
#define SECRET	"of-the-host"

#ifndef NS_MNT_GET_PREV
#define NS_MNT_GET_PREV	_IOR(0xb7, 12, char[16])
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE	1
#endif

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* 0: @path from @dir is the secret. */
static int is_secret(int dir, const char *path)
{
	int fd = openat(dir, path, O_PATH), err = errno;
	char text[sizeof(SECRET)] = "";
	struct stat st;

	if (fd < 0)
		return err;
	/* Of the host's pipes nothing is to be missing afterwards. */
	err = fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ? ENODATA : 0;
	close(fd);
	if (err)
		return err;
	fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno;
	if (read(fd, text, sizeof(SECRET) - 1) < 0)
		err = errno;
	else
		err = strcmp(text, SECRET) ? ENODATA : 0;
	close(fd);
	return err;
}

/* secret FILE: by its name. */
static int read_secret(char **a)
{
	return is_secret(AT_FDCWD, a[0]);
}

/* up FILE: from the root, from a descriptor of it, and after fchdir() to it. */
static int go_up(char **a)
{
	int root = open("/", O_PATH | O_DIRECTORY);
	char path[4096] = "";
	int r;

	for (int i = 0; i < 64; i++)
		strcat(path, "../");
	strcat(path, a[0] + 1);
	r = is_secret(root, path);
	if (r && !(fchdir(root) < 0))
		r = is_secret(AT_FDCWD, path);
	return r;
}

/* --- through /proc ------------------------------------------------------------------ */

/* 0: @link leads to it, as the file, or as a directory above it. */
static int try_link(const char *link, const char *file)
{
	char path[4600];

	if (!is_secret(AT_FDCWD, link))
		return 0;
	snprintf(path, sizeof(path), "%s%s", link, file);
	if (!is_secret(AT_FDCWD, path))
		return 0;
	snprintf(path, sizeof(path), "%s/../../../../../../../..%s", link, file);
	return is_secret(AT_FDCWD, path);
}

static int try_links_in(const char *directory, const char *file)
{
	DIR *dir = opendir(directory);
	char path[600];
	int r = ENOENT;

	for (struct dirent *entry; r && dir && (entry = readdir(dir));) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		r = try_link(path, file);
	}
	if (dir)
		closedir(dir);
	return r;
}

/*
 * links FILE LAST: of each process with a number up to LAST, whether it is
 * shown or not, what leads out of /proc.  It says which one did.
 */
static int try_processes(char **a)
{
	static const char *const kinds[] = { "root", "cwd", "exe" };
	static const char *const directories[] = { "fd", "map_files" };
	char path[64];
	int r = ENOENT;

	for (int pid = 1; r && pid <= atoi(a[1]); pid++) {
		for (size_t i = 0; r && i < 3; i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", pid, kinds[i]);
			r = try_link(path, a[0]);
			if (!r || errno == ENOENT)
				continue;
			snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, pid, kinds[i]);
			r = try_link(path, a[0]);
		}
		for (size_t i = 0; r && i < 2; i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", pid, directories[i]);
			r = try_links_in(path, a[0]);
		}
	}
	return r;
}

/* map-files: of one's own. */
static int open_map_files(char **a)
{
	DIR *dir = opendir("/proc/self/map_files");
	int r = ENOENT;

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (*entry->d_name != '.')
			r = result(openat(dirfd(dir), entry->d_name, O_RDONLY));
	return r;
}

/* --- by number ----------------------------------------------------------------------- */

struct numbered {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

/* number-of FILE: in hexadecimal, for by-number. */
static int tell_number(char **a)
{
	struct numbered file = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, a[0], &file.head, &mount_id, 0) < 0)
		return errno;
	printf("%d:", file.head.handle_type);
	for (unsigned int i = 0; i < file.head.handle_bytes; i++)
		printf("%02x", file.bytes[i]);
	puts("");
	exit(0);
}

/* by-number NUMBER: from each directory that could be on the same file system. */
static int open_number(char **a)
{
	static const char *const at[] = { "/", "/usr", "/etc", "/root", "/tmp", "." };
	struct numbered file = {};
	const char *hex = strchr(a[0], ':');
	int r = EINVAL;

	if (!hex)
		return EINVAL;
	file.head.handle_type = atoi(a[0]);
	for (hex++; file.head.handle_bytes < MAX_HANDLE_SZ &&
	     sscanf(hex, "%2hhx", &file.bytes[file.head.handle_bytes]) == 1; hex += 2)
		file.head.handle_bytes++;
	for (size_t i = 0; r && i < sizeof(at) / sizeof(*at); i++) {
		int directory = open(at[i], O_RDONLY | O_DIRECTORY);
		int fd = open_by_handle_at(directory, &file.head, O_RDONLY);
		char path[64];

		r = result(fd);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (!r)
			r = is_secret(AT_FDCWD, path);
		close(fd);
		close(directory);
	}
	return r;
}

/* --- mounts ----------------------------------------------------------------------------- */

/* clone-tree PATH: a mount alone, without what covers parts of it. */
static int clone_tree(char **a)
{
	return result(syscall(SYS_open_tree, AT_FDCWD, a[0], OPEN_TREE_CLONE));
}

/* bind-one FROM TO: likewise. */
static int bind_one(char **a)
{
	mkdir(a[1], 0755);
	return result(mount(a[0], a[1], NULL, MS_BIND, NULL));
}

/* pivot DIR FILE: over to a tmpfs; what then is behind it? */
static int pivot(char **a)
{
	char path[600];

	unshare(CLONE_NEWNS);	/* who may not has none to harm */
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	mkdir(a[0], 0755);
	if (mount("tmpfs", a[0], "tmpfs", 0, NULL) < 0 || chdir(a[0]) < 0 ||
	    mkdir("old", 0755) < 0 || syscall(SYS_pivot_root, ".", "old") < 0)
		return errno;
	snprintf(path, sizeof(path), "/old%s", a[1]);
	return is_secret(AT_FDCWD, path);
}

/* uncover FILE: take off the root, and all that is mounted; is it below? */
static int uncover(char **a)
{
	static const char *const mounts[] = {
		"/proc/sys", "/proc/keys", "/proc", "/sys", "/dev", "/run", "/tmp", "/",
	};
	int kept = open("/", O_PATH | O_DIRECTORY), r = 0;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++)
		r = result(umount2(mounts[i], MNT_DETACH));
	if (!is_secret(AT_FDCWD, a[0]) || (fchdir(kept) == 0 && !is_secret(AT_FDCWD, a[0] + 1)))
		return 0;
	return r ?: ENOENT;
}

/* other-mounts: the mount namespace next to one's own in the kernel's list. */
static int other_mounts(char **a)
{
	char info[16] = { 16 };
	int own = open("/proc/self/ns/mnt", O_RDONLY);

	return result(ioctl(own, NS_MNT_GET_PREV, info));
}

/* new-mount TYPE SOURCE: by the new calls, as far as a mount that is nowhere. */
static int new_mount(char **a)
{
	int context = (int)syscall(SYS_fsopen, a[0], 0);

	if (context < 0)
		return errno;
	if (*a[1] && syscall(SYS_fsconfig, context, 1, "source", a[1], 0) < 0)
		return errno;
	if (syscall(SYS_fsconfig, context, 6, NULL, NULL, 0) < 0)
		return errno;
	return result(syscall(SYS_fsmount, context, 0, 0));
}

/* device PATH KIND MAJOR MINOR: made and opened. */
static int make_device(char **a)
{
	mode_t kind = *a[1] == 'b' ? S_IFBLK : S_IFCHR;
	int r, fd;

	unlink(a[0]);
	r = result(mknod(a[0], kind | 0600, makedev(atoi(a[2]), atoi(a[3]))));
	if (r)
		return r;
	fd = open(a[0], O_RDONLY | O_NONBLOCK);
	r = result(fd);
	unlink(a[0]);
	return r == ENXIO || r == ENODEV ? 0 : r;	/* the driver's word: it was asked */
}

/* open PATH: to read. */
static int open_one(char **a)
{
	return result(open(a[0], O_RDONLY | O_NONBLOCK | O_NOCTTY));
}

/* open-write PATH: no byte is written. */
static int open_to_write(char **a)
{
	return result(open(a[0], O_WRONLY | O_NONBLOCK | O_NOCTTY));
}

/* is-null PATH */
static int is_null(char **a)
{
	struct stat st;

	if (stat(a[0], &st) < 0)
		return errno;
	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3) ? 0 : ENODATA;
}

/* rewrite DESCRIPTOR: opened anew, its first byte as it is; plant.c's. */
static int rewrite(char **a)
{
	char path[64], byte;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%s", a[0]);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return errno;
	return pread(fd, &byte, 1, 0) == 1 && pwrite(fd, &byte, 1, 0) == 1 ? 0 : errno;
}

/* --- in a user namespace of one's own ------------------------------------------------------ */

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int r = result(fd < 0 ? fd : write(fd, text, strlen(text)));

	close(fd);
	return r;
}

/* nested VERB ARGUMENT...: as root of one, with mounts of its own. */
static int nested(char **a)
{
	char map[32], group[32];

	snprintf(map, sizeof(map), "0 %d 1", (int)getuid());
	snprintf(group, sizeof(group), "0 %d 1", (int)getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return errno;
	put("/proc/self/setgroups", "deny");
	if (put("/proc/self/uid_map", map) || put("/proc/self/gid_map", group))
		return errno;
	return intrude(a);
}

const struct intrusion wall_intrusions[] = {
	{ "secret", 1, read_secret },
	{ "up", 1, go_up },
	{ "links", 2, try_processes },
	{ "map-files", 0, open_map_files },
	{ "number-of", 1, tell_number },
	{ "by-number", 1, open_number },
	{ "clone-tree", 1, clone_tree },
	{ "bind-one", 2, bind_one },
	{ "pivot", 2, pivot },
	{ "uncover", 1, uncover },
	{ "other-mounts", 0, other_mounts },
	{ "new-mount", 2, new_mount },
	{ "device", 4, make_device },
	{ "open", 1, open_one },
	{ "open-write", 1, open_to_write },
	{ "is-null", 1, is_null },
	{ "rewrite", 1, rewrite },
	{ "nested", ANY, nested },
	{}
};
