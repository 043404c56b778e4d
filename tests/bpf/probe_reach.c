// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What reaches past a context by a number, a handle or a name that the kernel
 * looks up for all: keys, counters, rings, modules, namespaces, queues.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "probe.h"

static int result(long value)
{
	return value < 0 ? errno : 0;
}

/* --- counters, keys --------------------------------------------------------------- */

/* Of a whole processor: what all do. */
static int try_perf(char **a)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CONTEXT_SWITCHES,
	};

	return result(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
}

/* key-add NAME: in the user's keyring; prints its number. */
static int try_key_add(char **a)
{
	long key = syscall(SYS_add_key, "user", a[0], "secret", 6, KEY_SPEC_USER_KEYRING);

	if (key < 0)
		return errno;
	printf("%ld ", key);
	return 0;
}

/* What is in the user's keyring is then the caller's. */
static void take_keyring(void)
{
	syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING);
}

static int try_key_read(char **a)
{
	char text[16];

	take_keyring();
	return result(syscall(SYS_keyctl, KEYCTL_READ, atol(a[0]), text, sizeof(text)));
}

/* key-find NAME: in the user's keyring, and else by the host's helper. */
static int try_key_find(char **a)
{
	take_keyring();
	return result(syscall(SYS_request_key, "user", a[0], "", KEY_SPEC_USER_KEYRING));
}

static int try_userfaultfd(char **a)
{
	return result(syscall(SYS_userfaultfd, 0));
}

/* Opens for reading; /dev/mem may not be read from its beginning. */
static int try_open_read(char **a)
{
	return result(open(a[0], O_RDONLY));
}

/* make-node PATH: a disk. */
static int try_make_node(char **a)
{
	return result(mknod(a[0], S_IFBLK | 0600, makedev(8, 0)));
}

static int try_iopl(char **a)
{
	return result(iopl(3));
}

/* --- a ring: the open is done by a worker of the kernel's --------------------------- */

static void *map_ring(int fd, size_t size, off_t what)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);
}

/* uring-open-write FILE */
static int try_uring_open_write(char **a)
{
	struct io_uring_params p = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 4, &p);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *sq, *cq;

	if (fd < 0)
		return errno;
	sq = map_ring(fd, p.sq_off.array + p.sq_entries * 4, IORING_OFF_SQ_RING);
	cq = map_ring(fd, p.cq_off.cqes + p.cq_entries * sizeof(*cqe), IORING_OFF_CQ_RING);
	sqe = map_ring(fd, p.sq_entries * sizeof(*sqe), IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		return errno;
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)a[0],
		.open_flags = O_WRONLY,
	};
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return errno;
	cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return cqe->res < 0 ? -cqe->res : 0;
}

/* --- what makes the kernel load a module ---------------------------------------------- */

/* mount SOURCE TYPE, in a mount namespace of its own, over /mnt. */
static int try_mount(char **a)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	return result(mount(a[0], "/mnt", a[1], 0, NULL));
}

static int try_cipher(char **a)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG, .salg_type = "skcipher" };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	snprintf((char *)address.salg_name, sizeof(address.salg_name), "%s", a[0]);
	return fd < 0 ? errno : result(bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

/* discipline NUMBER, of a terminal of its own. */
static int try_discipline(char **a)
{
	int number = atoi(a[0]);

	return result(ioctl(open("/dev/ptmx", O_RDWR), TIOCSETD, &number));
}

/* --- namespaces -------------------------------------------------------------------------- */

static int try_setns(char **a)
{
	int fd = open(a[0], O_RDONLY);

	return fd < 0 ? errno : result(setns(fd, 0));
}

static int try_setns_pidfd(char **a)
{
	return result(setns((int)syscall(SYS_pidfd_open, atoi(a[0]), 0), CLONE_NEWNS));
}

/* setns-fd NUMBER: one that somebody else opened. */
static int try_setns_fd(char **a)
{
	return result(setns(atoi(a[0]), 0));
}

/* --- IPC --------------------------------------------------------------------------------- */

static int try_shm_make(char **a)
{
	return result(shmget(atoi(a[0]), 4096, IPC_CREAT | 0600));
}

static int try_shm_find(char **a)
{
	return result(shmget(atoi(a[0]), 0, 0));
}

/* queue-make NAME, queue-find NAME: "/x" */
static int try_queue_make(char **a)
{
	return result(mq_open(a[0], O_CREAT | O_RDWR, 0600, NULL));
}

static int try_queue_find(char **a)
{
	return result(mq_open(a[0], O_RDWR));
}

/*
 * signals-hold N: as many as can be had up to N are left waiting, which the
 * kernel counts by user; prints "enough" or "few" and stays.
 */
static int try_signals_hold(char **a)
{
	unsigned long n = 0, want = strtoul(a[0], NULL, 10);
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (n < want && !sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }))
		n++;
	puts(n == want ? "enough" : "few");
	fclose(stdout);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	pause();
	return EINTR;
}

static int try_signal_queue(char **a)
{
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return result(sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }));
}

const struct probe probe_reach[] = {
	{ "perf",		0, try_perf },
	{ "key-add",		1, try_key_add },
	{ "key-read",		1, try_key_read },
	{ "key-find",		1, try_key_find },
	{ "userfaultfd",	0, try_userfaultfd },
	{ "open-read",		1, try_open_read },
	{ "make-node",		1, try_make_node },
	{ "iopl",		0, try_iopl },
	{ "uring-open-write",	1, try_uring_open_write },
	{ "mount",		2, try_mount },
	{ "cipher",		1, try_cipher },
	{ "discipline",		1, try_discipline },
	{ "setns",		1, try_setns },
	{ "setns-pidfd",	1, try_setns_pidfd },
	{ "setns-fd",		1, try_setns_fd },
	{ "shm-make",		1, try_shm_make },
	{ "shm-find",		1, try_shm_find },
	{ "queue-make",		1, try_queue_make },
	{ "queue-find",		1, try_queue_find },
	{ "signals-hold",	1, try_signals_hold },
	{ "signal-queue",	0, try_signal_queue },
	{ NULL, 0, NULL }
};
