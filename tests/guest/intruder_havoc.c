// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A tree that changes while the host works in it, and what else a guest can
 * put there to lead the host astray or to hold it up.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intruder.h"

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* huge PATH: as long as the file system lets it be, without a block of its own. */
static int make_huge(char **a)
{
	int fd = open(a[0], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	off_t size = (off_t)1 << 60;

	if (fd < 0)
		return errno;
	while (size > 4096 && ftruncate(fd, size) < 0)
		size >>= 1;
	return size > (off_t)1 << 33 ? 0 : EFBIG;
}

/* deep DIRECTORY N: so many below each other. */
static int make_deep(char **a)
{
	int fd = open(a[0], O_PATH | O_DIRECTORY), next;

	for (int i = atoi(a[1]); i > 0 && fd >= 0; i--) {
		if (mkdirat(fd, "d", 0755) < 0)
			return errno;
		next = openat(fd, "d", O_PATH | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	return result(fd);
}

/* --- things that change places ------------------------------------------------------- */

/* In DIRECTORY/.havoc: what is put in the place of something else. */
static const char *const things[] = { "link", "up", "fifo", "huge", "directory", "proc" };
static const char *const places[] = {
	"etc", "root", "etc/resolv.conf", "etc/hosts", "etc/passwd", "run/host", "run/host/notify",
	"usr/sbin/init", "bin",
};

static void make_things(const char *canary)
{
	char path[600] = "";

	for (int i = 0; i < 16; i++)
		strcat(path, "../");
	strcat(path, canary + 1);
	mkdir(".havoc", 0755);
	symlink(canary, ".havoc/link");
	symlink(path, ".havoc/up");
	symlink("/proc/self/fd/3", ".havoc/proc");
	mkfifo(".havoc/fifo", 0666);
	mkdir(".havoc/directory", 0755);
	make_huge((char *[]){ ".havoc/huge" });
}

static void swap(const char *place, const char *thing)
{
	if (renameat2(AT_FDCWD, place, AT_FDCWD, thing, RENAME_EXCHANGE) < 0)
		return;
	usleep(300);
	renameat2(AT_FDCWD, place, AT_FDCWD, thing, RENAME_EXCHANGE);
}

/* havoc DIRECTORY CANARY: until it is killed; ready once .havoc/ready is there. */
static int make_havoc(char **a)
{
	char thing[64];

	if (chdir(a[0]) < 0)
		return errno;
	make_things(a[1]);
	close(creat(".havoc/ready", 0600));
	for (;;)
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
			for (size_t j = 0; j < sizeof(things) / sizeof(*things); j++) {
				snprintf(thing, sizeof(thing), ".havoc/%s", things[j]);
				swap(places[i], thing);
			}
}

/* --- holding up ------------------------------------------------------------------------ */

/* lease FILE READY: whoever opens it waits for us to give it back. */
static int hold_lease(char **a)
{
	int fd = open(a[0], O_RDWR | O_CREAT, 0666);

	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return errno;
	close(creat(a[1], 0600));
	for (;;)
		pause();
}

/* terminals KIND: instead of those of /dev/pts: "fifo", "lease" or "link". */
static int replace_terminals(char **a)
{
	if (mount("tmpfs", "/dev/pts", "tmpfs", 0, NULL) < 0)
		return errno;
	if (!strcmp(a[0], "fifo"))
		return result(mkfifo("/dev/pts/ptmx", 0666));
	if (!strcmp(a[0], "link"))
		return result(symlink("/proc/self/fd/3", "/dev/pts/ptmx"));
	return hold_lease((char *[]){ "/dev/pts/ptmx", "/root/leased" });
}

/* put-back: as they were. */
static int put_terminals_back(char **a)
{
	return result(umount2("/dev/pts", MNT_DETACH));
}

/* buried N: in a control group N deep, frozen. */
static int be_buried(char **a)
{
	char self[16];
	int fd = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY), file;

	for (int i = atoi(a[0]); i > 0 && fd >= 0; i--) {
		mkdirat(fd, "c", 0755);
		fd = openat(fd, "c", O_PATH | O_DIRECTORY);
	}
	if (fd < 0)
		return errno;
	snprintf(self, sizeof(self), "%d", (int)getpid());
	file = openat(fd, "cgroup.procs", O_WRONLY);
	if (file < 0 || write(file, self, strlen(self)) < 0)
		return errno;
	puts("buried");
	file = openat(fd, "cgroup.freeze", O_WRONLY);
	if (file < 0 || write(file, "1", 1) < 0)
		return errno;
	for (;;)
		pause();
}

const struct intrusion havoc_intrusions[] = {
	{ "huge", 1, make_huge },
	{ "deep", 2, make_deep },
	{ "havoc", 2, make_havoc },
	{ "lease", 2, hold_lease },
	{ "terminals", 1, replace_terminals },
	{ "put-back", 0, put_terminals_back },
	{ "buried", 1, be_buried },
	{}
};
