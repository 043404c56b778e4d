// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What root of a user namespace has: mounts, namespaces, and what the kernel
 * counts by user.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "intruder.h"

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* mount TYPE DIRECTORY DATA: something new. */
static int mount_new(char **a)
{
	mkdir(a[1], 0755);
	return result(mount(a[0], a[1], a[0], 0, a[2]));
}

/* bind FROM TO: all that is below, too. */
static int bind_all(char **a)
{
	mkdir(a[1], 0755);
	return result(mount(a[0], a[1], NULL, MS_BIND | MS_REC, NULL));
}

/* writable PATH: a mount that was read-only. */
static int make_writable(char **a)
{
	return result(mount(NULL, a[0], NULL, MS_REMOUNT | MS_BIND, NULL));
}

/* read-only PATH */
static int make_read_only(char **a)
{
	return result(mount(NULL, a[0], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
}

static int unmount(char **a)
{
	return result(umount2(a[0], MNT_DETACH));
}

/* move FROM TO: so that what is below is seen. */
static int move(char **a)
{
	mkdir(a[1], 0755);
	return result(mount(a[0], a[1], NULL, MS_MOVE, NULL));
}

static int name_host(char **a)
{
	return result(sethostname(a[0], strlen(a[0])));
}

/* write PATH TEXT */
static int write_to(char **a)
{
	int fd = open(a[0], O_WRONLY);

	return result(fd < 0 ? fd : write(fd, a[1], strlen(a[1])));
}

/* nest MAP: a user namespace of its own, with these ids. */
static int nest(char **a)
{
	int up[2], down[2], status = 0;
	char path[64], byte = 0;
	pid_t pid;

	if (pipe(up) < 0 || pipe(down) < 0)
		return errno;
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(1);
		if (write(up[1], &byte, 1) == 1 && read(down[0], &byte, 1) == 1)
			_exit(0);
		_exit(1);
	}
	close(up[1]);
	if (read(up[0], &byte, 1) != 1)
		return ECHILD;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	status = write_to((char *[]){ path, a[0] });
	return write(down[1], &byte, 1) == 1 ? status : EPIPE;
}

/* join PATH: a namespace by its file. */
static int join(char **a)
{
	int fd = open(a[0], O_RDONLY);

	return result(fd < 0 ? fd : setns(fd, 0));
}

/* join-received SOCKET: one that the host hands in. */
static int join_received(char **a)
{
	int fd = receive_file(a[0]);

	return result(fd < 0 ? fd : setns(fd, 0));
}

static int one_inotify(char **a)
{
	return result(inotify_init());
}

static void hold(const char *ready, int count)
{
	printf("%d\n", count);
	close(creat(ready, 0600));
	for (;;)
		pause();
}

/* inotify N READY: as many instances as there are to be had, held. */
static int take_inotify(char **a)
{
	int most = 0, n = 0;

	sscanf(a[0], "%d", &most);
	while (n < most && inotify_init() >= 0)
		n++;
	hold(a[1], n);
	return 0;
}

/* timers N READY: each has a signal in store. */
static int take_timers(char **a)
{
	int most = 0, n = 0;
	timer_t timer;

	sscanf(a[0], "%d", &most);
	while (n < most && timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0)
		n++;
	hold(a[1], n);
	return 0;
}

const struct intrusion user_intrusions[] = {
	{ "mount", 3, mount_new },
	{ "bind", 2, bind_all },
	{ "writable", 1, make_writable },
	{ "read-only", 1, make_read_only },
	{ "unmount", 1, unmount },
	{ "move", 2, move },
	{ "hostname", 1, name_host },
	{ "write", 2, write_to },
	{ "nest", 1, nest },
	{ "join", 1, join },
	{ "join-received", 1, join_received },
	{ "inotify", 2, take_inotify },
	{ "inotify-one", 0, one_inotify },
	{ "timers", 2, take_timers },
	{}
};
