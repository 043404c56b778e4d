// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * intruder VERB [ARGUMENT...] - what a guest that means harm tries, from
 * within.  Prints "ok" or the errno's name; like the probe of tests/bpf it
 * judges nothing.
 */
#include "intruder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* What a command was born with, in one line. */
static int show_inheritance(char **a)
{
	struct rlimit files;
	cpu_set_t cpus;

	sched_getaffinity(0, sizeof(cpus), &cpus);
	getrlimit(RLIMIT_NOFILE, &files);
	errno = 0;
	printf("policy=%d nice=%d cpus=%d ioprio=%ld groups=%d gid=%d files=%lu:%lu\n",
	       sched_getscheduler(0), getpriority(PRIO_PROCESS, 0), CPU_COUNT(&cpus),
	       syscall(SYS_ioprio_get, 1, 0), getgroups(0, NULL), (int)getgid(),
	       (unsigned long)files.rlim_cur, (unsigned long)files.rlim_max);
	return 0;
}

static int type_into_terminal(char **a)
{
	return result(ioctl(0, TIOCSTI, "x"));
}

/* mknod PATH: a disk of the host. */
static int make_node(char **a)
{
	return result(mknod(a[0], S_IFBLK | 0600, makedev(8, 0)));
}

static socklen_t abstract_name(struct sockaddr_un *ret, const char *name)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path + 1, name, strlen(name));
	return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

/* abstract NAME: connect to what may be the host's. */
static int connect_abstract(char **a)
{
	struct sockaddr_un address;
	socklen_t n = abstract_name(&address, a[0]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return result(connect(fd, (struct sockaddr *)&address, n));
}

/* listen NAME: the host's end of it, until it is killed. */
static int listen_abstract(char **a)
{
	struct sockaddr_un address;
	socklen_t n = abstract_name(&address, a[0]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, n) < 0 || listen(fd, 9) < 0)
		return errno;
	for (;;)
		pause();
}

/* Is there a new directory exec-* in the guest's cgroup?  Freeze it. */
static void freeze_new(void)
{
	DIR *dir = opendir("/sys/fs/cgroup");
	char path[300];

	for (struct dirent *entry; (entry = readdir(dir));) {
		int fd;

		if (strncmp(entry->d_name, "exec-", 5) != 0)
			continue;
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cgroup.freeze", entry->d_name);
		fd = open(path, O_WRONLY);
		if (fd >= 0 && write(fd, "1", 1) < 0)
			perror(path);
		close(fd);
	}
	closedir(dir);
}

/* freeze READY: until it is killed; the file READY is there once it looks. */
static int freeze(char **a)
{
	char self[64];
	int fd;

	/* Not what this very process was born in. */
	snprintf(self, sizeof(self), "%d", (int)getpid());
	fd = open("/sys/fs/cgroup/cgroup.procs", O_WRONLY);
	if (fd < 0 || write(fd, self, strlen(self)) < 0) {
		mkdir("/sys/fs/cgroup/freezer", 0755);
		fd = open("/sys/fs/cgroup/freezer/cgroup.procs", O_WRONLY);
		if (fd < 0 || write(fd, self, strlen(self)) < 0)
			return errno;
	}
	close(creat(a[0], 0600));
	for (;;)
		freeze_new();
}

static const struct intrusion intrusions[] = {
	{ "inheritance", 0, show_inheritance },
	{ "sti", 0, type_into_terminal },
	{ "mknod", 1, make_node },
	{ "abstract", 1, connect_abstract },
	{ "listen", 1, listen_abstract },
	{ "freeze", 1, freeze },
	{}
};

/* The verb's errno; or the program ends. */
int intrude(char **argv)
{
	const struct intrusion *const tables[] = { intrusions, file_intrusions, user_intrusions,
						    frame_intrusions, network_intrusions,
						    wall_intrusions, havoc_intrusions };
	int n = 0;

	while (*argv && argv[n + 1])
		n++;
	for (size_t i = 0; *argv && i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct intrusion *p = tables[i]; p->verb; p++)
			if (!strcmp(p->verb, *argv) && (p->args == n || p->args == ANY))
				return p->run(argv + 1);
	fputs("intruder: bad verb or number of arguments\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	int err;

	setlinebuf(stdout);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return 0;	/* it could be run */
	err = intrude(argv + 1);
	puts(err ? strerrorname_np(err) ?: "unknown" : "ok");
	return 0;
}
