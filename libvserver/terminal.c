// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A terminal of a guest's own, and how its master comes to who relays it.  The
 * guest's mounts are what is seen here, and nothing of them is trusted.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>

#include "child.h"
#include "private.h"

/* What is sent, with the terminal's master beside it where there is one. */
struct arrival {
	pid_t pid;
};

int vs_terminal_open(struct vs *vs, const struct winsize *size, uint32_t owner,
		     int *ret_master, int *ret_slave)
{
	_cleanup_close_ int master = -1;
	struct statfs fs;
	int slave, unlock = 0;

	/* A file with a lease, in the place of it, would hold us up. */
	master = vs_child_open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK,
			       RESOLVE_NO_SYMLINKS);
	if (master < 0 || fstatfs(master, &fs) < 0)
		return vs_fail_errno(vs, master < 0 ? master : -errno,
				     "opening the guest's /dev/pts/ptmx");
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return vs_fail(vs, -EXDEV, "the guest's /dev/pts is no devpts");
	if (fcntl(master, F_SETFL, O_RDWR) < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return vs_fail_errno(vs, -errno, "unlocking a terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return vs_fail_errno(vs, -errno, "opening a terminal");
	ioctl(slave, TIOCSWINSZ, size);
	if (owner && fchown(slave, owner, (gid_t)-1) < 0) {
		close(slave);
		return vs_fail_errno(vs, -errno, "giving the terminal to the guest");
	}
	*ret_master = TAKE_FD(master);
	*ret_slave = slave;
	return 0;
}

int vs_terminal_take(struct vs *vs, int slave)
{
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return vs_fail_errno(vs, -errno, "taking the terminal");
	for (int i = 0; i < 3; i++)
		if (dup2(slave, i) < 0)
			return vs_fail_errno(vs, -errno, "opening descriptor %d", i);
	return 0;
}

int vs_arrival_send(int channel, pid_t pid, int master)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct arrival arrival = { .pid = pid };
	struct iovec data = { &arrival, sizeof(arrival) };
	struct msghdr msg = { .msg_iov = &data, .msg_iovlen = 1 };

	if (master >= 0) {
		struct cmsghdr *hdr;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		hdr = CMSG_FIRSTHDR(&msg);
		hdr->cmsg_level = SOL_SOCKET;
		hdr->cmsg_type = SCM_RIGHTS;
		hdr->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(hdr), &master, sizeof(int));
	}
	return sendmsg(channel, &msg, 0) < 0 ? -errno : 0;
}

int vs_arrival_receive(int channel, pid_t *ret_pid, int *ret_master)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct arrival arrival;
	struct iovec data = { &arrival, sizeof(arrival) };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *hdr;

	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != sizeof(arrival))
		return -EIO;
	*ret_pid = arrival.pid;
	hdr = CMSG_FIRSTHDR(&msg);
	if (hdr && hdr->cmsg_type == SCM_RIGHTS)
		memcpy(ret_master, CMSG_DATA(hdr), sizeof(int));
	return 0;
}
