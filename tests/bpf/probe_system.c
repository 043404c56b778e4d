// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What root may try on the system that all share.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "probe.h"

static int result(long value)
{
	return value < 0 ? errno : 0;
}

static int try_read(char **a)
{
	char byte;
	int fd = open(a[0], O_RDONLY);

	return fd < 0 || read(fd, &byte, 1) < 0 ? errno : 0;
}

/* Opens for writing; writes nothing. */
static int try_open_write(char **a)
{
	return result(open(a[0], O_WRONLY));
}

static int try_write(char **a)
{
	int fd = open(a[0], O_WRONLY);

	return fd < 0 || write(fd, a[1], strlen(a[1])) < 0 ? errno : 0;
}

static int try_mkdir(char **a)
{
	return result(mkdir(a[0], 0755));
}

static int try_rmdir(char **a)
{
	return result(rmdir(a[0]));
}

static int try_unlink(char **a)
{
	return result(unlink(a[0]));
}

static int try_chmod(char **a)
{
	return result(chmod(a[0], strtol(a[1], NULL, 8)));
}

static int try_symlink(char **a)
{
	return result(symlink("/", a[0]));
}

/* setxattr FILE NAME */
static int try_setxattr(char **a)
{
	return result(setxattr(a[0], a[1], "x", 1, 0));
}

static int try_removexattr(char **a)
{
	return result(removexattr(a[0], a[1]));
}

/* clone-into CGROUP */
static int try_clone_into(char **a)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	pid_t pid;

	args.cgroup = open(a[0], O_RDONLY | O_DIRECTORY);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	waitpid(pid, NULL, 0);
	return 0;
}

/* A call that no privilege is needed for: reads the id of the first program. */
static int try_bpf(char **a)
{
	union bpf_attr attr = { 0 };

	return result(syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)));
}

/* ENOEXEC means that the kernel would have looked at the module. */
static int try_init_module(char **a)
{
	static char image[4096];

	return result(syscall(SYS_init_module, image, sizeof(image), ""));
}

static int try_finit_module(char **a)
{
	return result(syscall(SYS_finit_module, open(a[0], O_RDONLY), "", 0));
}

static int try_kexec(char **a)
{
	return result(syscall(SYS_kexec_file_load, open(a[0], O_RDONLY), -1, 1, "",
			      4 /* KEXEC_FILE_NO_INITRAMFS */));
}

/* kexec-unload FLAGS: what is loaded, which on a test machine is nothing. */
static int try_kexec_unload(char **a)
{
	return result(syscall(SYS_kexec_file_load, -1, -1, 0, NULL,
			      atoi(a[0]) | KEXEC_FILE_UNLOAD));
}

/* The same, with the number of reboot() above the bits that the kernel takes. */
static int try_kexec_unload_disguised(char **a)
{
	return result(syscall(SYS_kexec_file_load | (long)SYS_reboot << 32, -1, -1, 0, NULL,
			      KEXEC_FILE_UNLOAD));
}

static int try_kexec_load(char **a)
{
	return result(syscall(SYS_kexec_load, 0, 0, NULL, 0));
}

/* A system call by the gate of 32-bit programs. */
static long syscall32(long number, long a, long b, long c, long d)
{
	long value;

	__asm__ volatile("int $0x80" : "=a"(value)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return value;
}

static int reboot64(void)
{
	return result(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			      LINUX_REBOOT_CMD_RESTART, NULL));
}

/* 88 is reboot(). */
static int reboot32(void)
{
	return (int)-syscall32(88, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			       LINUX_REBOOT_CMD_RESTART, 0);
}

/* Init of a PID namespace reboots it, which its parent hears as SIGHUP. */
static int reboot_namespace(int (*reboot)(void))
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return errno;
	pid = fork();
	if (!pid)
		_exit(reboot());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return WTERMSIG(status) == SIGHUP ? 0 : EPROTO;
}

static int try_reboot(char **a)
{
	return reboot_namespace(reboot64);
}

static int try_reboot32(char **a)
{
	return reboot_namespace(reboot32);
}

/* 283 is kexec_load() of a 32-bit program. */
static int try_kexec_load32(char **a)
{
	return (int)-syscall32(283, 0, 0, 0, KEXEC_ARCH_386);
}

static int try_settime(char **a)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return result(settimeofday(&now, NULL));
}

static int try_klog(char **a)
{
	char text[16];

	return result(klogctl(3, text, sizeof(text)));
}

static int try_quota_sync(char **a)
{
	return result(quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL));
}

/* mount-proc OPTIONS, in a mount namespace of its own, over /mnt. */
static int try_mount_proc(char **a)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	return result(mount("proc", "/mnt", "proc", 0, a[0]));
}

/* tty-type: into a terminal of its own. */
static int try_tty_type(char **a)
{
	return result(ioctl(open("/dev/ptmx", O_RDWR), TIOCSTI, "x"));
}

static int try_hostname(char **a)
{
	return result(sethostname(a[0], strlen(a[0])));
}

static int try_chown(char **a)
{
	return result(chown(a[0], 54321, -1));
}

/* userns-hostname NAME: as root of new user and UTS namespaces. */
static int try_userns_hostname(char **a)
{
	static const char map[] = "0 0 1";
	int fd;

	if (unshare(CLONE_NEWUSER | CLONE_NEWUTS))
		return errno;
	fd = open("/proc/self/uid_map", O_WRONLY);
	if (fd < 0 || write(fd, map, sizeof(map) - 1) < 0)
		return errno;
	return result(sethostname(a[0], strlen(a[0])));
}

const struct probe probe_system[] = {
	{ "read",		1, try_read },
	{ "open-write",		1, try_open_write },
	{ "write",		2, try_write },
	{ "mkdir",		1, try_mkdir },
	{ "rmdir",		1, try_rmdir },
	{ "unlink",		1, try_unlink },
	{ "chmod",		2, try_chmod },
	{ "chown",		1, try_chown },
	{ "symlink",		1, try_symlink },
	{ "setxattr",		2, try_setxattr },
	{ "removexattr",	2, try_removexattr },
	{ "clone-into",		1, try_clone_into },
	{ "bpf",		0, try_bpf },
	{ "init-module",	0, try_init_module },
	{ "finit-module",	1, try_finit_module },
	{ "kexec",		1, try_kexec },
	{ "kexec-unload",	1, try_kexec_unload },
	{ "kexec-unload-disguised", 0, try_kexec_unload_disguised },
	{ "kexec-load",		0, try_kexec_load },
	{ "kexec-load32",	0, try_kexec_load32 },
	{ "reboot",		0, try_reboot },
	{ "reboot32",		0, try_reboot32 },
	{ "settime",		0, try_settime },
	{ "klog",		0, try_klog },
	{ "quota-sync",		0, try_quota_sync },
	{ "mount-proc",		1, try_mount_proc },
	{ "tty-type",		0, try_tty_type },
	{ "hostname",		1, try_hostname },
	{ "userns-hostname",	1, try_userns_hostname },
	{ NULL, 0, NULL }
};
