// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * fuzz SEED MESSAGES: sends the module's netlink family that many messages,
 * right and wrong ones (fuzz_message.c), several at once, and prints how each
 * command was answered.  Contexts that it has made it ends.
 *
 * fuzz SEED MESSAGES denied: the same of somebody who may do nothing: it ends
 * with 1 if a single message was accepted, or answered with anything but an
 * error.  Asking how many links are held is let through: whoever has the
 * capabilities for it may.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/vserver.h>

#include "bpf/vs_bpf.h"
#include "fuzz.h"

#define BATCH_MAX	24
#define ERRNO_MAX	134

static const char *const names[FUZZ_COMMANDS] = {	/* no name: there is no such command */
	[VS_CMD_CONTEXT_NEW] = "new",		[VS_CMD_CONTEXT_GET] = "get",
	[VS_CMD_CONTEXT_SET] = "set",		[VS_CMD_CONTEXT_END] = "end",
	[VS_CMD_ENFORCE_SET] = "enforce-set",	[VS_CMD_ENFORCE_GET] = "enforce-get",
};

/* By command and errno; 0: it was accepted. */
static unsigned long answers[FUZZ_COMMANDS][ERRNO_MAX];
static unsigned long told;	/* messages about contexts */
static unsigned long lost;	/* times that answers were dropped: not all were read */

/* --- the answers --------------------------------------------------------------- */

static void learn(struct fuzz *f, struct nlmsghdr *header)
{
	struct nlattr *tb[VS_ATTR_MAX + 1];
	struct genlmsghdr *genl = NLMSG_DATA(header);

	told += genl->cmd != VS_CMD_ENFORCE_GET;
	if (genl->cmd != VS_CMD_CONTEXT_NEW || f->n_xids == FUZZ_XIDS ||
	    genlmsg_parse(header, 0, tb, VS_ATTR_MAX, NULL) < 0 || !tb[VS_ATTR_XID])
		return;
	f->xids[f->n_xids++] = nla_get_u32(tb[VS_ATTR_XID]);
}

/*
 * Of messages to the family only: where a wrong length made the kernel begin
 * in the middle of one, it found something else there.
 */
static void judge(struct fuzz *f, struct nlmsghdr *header)
{
	struct nlmsgerr *error = NLMSG_DATA(header);

	if (header->nlmsg_type == f->family) {
		learn(f, header);
	} else if (header->nlmsg_type == NLMSG_ERROR && error->msg.nlmsg_type == f->family &&
		   (error->msg.nlmsg_flags & NLM_F_REQUEST)) {
		answers[error->msg.nlmsg_seq % FUZZ_COMMANDS][-error->error % ERRNO_MAX]++;
	} else if (header->nlmsg_type == NLMSG_DONE) {	/* of a dump */
		answers[VS_CMD_CONTEXT_GET][-error->error % ERRNO_MAX]++;
	}
}

static void receive(struct fuzz *f, int fd)
{
	static char buffers[32][16384];
	struct iovec io[32];
	struct mmsghdr messages[32];
	int n, i;

	for (;;) {
		memset(messages, 0, sizeof(messages));
		for (i = 0; i < 32; i++) {
			io[i] = (struct iovec){ buffers[i], sizeof(buffers[i]) };
			messages[i].msg_hdr.msg_iov = &io[i];
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		n = recvmmsg(fd, messages, 32, MSG_DONTWAIT, NULL);
		if (n < 0 && errno == ENOBUFS) {
			lost++;
			continue;
		}
		if (n <= 0)
			return;
		for (i = 0; i < n; i++) {
			struct nlmsghdr *header = io[i].iov_base;
			unsigned int left = messages[i].msg_len;

			for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
				judge(f, header);
		}
	}
}

static void print_answers(void)
{
	int command, error;

	for (command = 0; command < FUZZ_COMMANDS; command++) {
		const char *separator = ":";

		if (!names[command])
			continue;
		printf("%s", names[command]);
		for (error = 0; error < ERRNO_MAX; error++) {
			if (!answers[command][error])
				continue;
			printf("%s %s %lu", separator, error ? strerrorname_np(error) : "ok",
			       answers[command][error]);
			separator = ",";
		}
		puts("");
	}
	printf("told %lu, lost %lu\n", told, lost);
}

static unsigned long accepted(void)
{
	unsigned long sum = told;
	int command;

	for (command = 0; command < FUZZ_COMMANDS; command++)
		if (command != VS_CMD_ENFORCE_GET)
			sum += answers[command][0];
	return sum;
}

/* --- sending -------------------------------------------------------------------- */

/* Whoever may not gets none: it sends other descriptors instead. */
static void open_links(struct fuzz *f)
{
	DIR *dir = opendir(VS_PIN_LINKS);
	char path[512];
	struct dirent *entry;
	union bpf_attr attr;
	int fd;

	while (dir && f->n_links < FUZZ_LINKS && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", VS_PIN_LINKS, entry->d_name);
		memset(&attr, 0, sizeof(attr));
		attr.pathname = (uintptr_t)path;
		fd = syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
		if (fd >= 0)
			f->links[f->n_links++] = fd;
	}
	if (dir)
		closedir(dir);
}

/* What this sender has made must not fill the table. */
static void end_own(struct fuzz *f, unsigned int more_than)
{
	struct {
		struct nlmsghdr header;
		struct genlmsghdr genl;
		struct nlattr attr;
		uint32_t xid;
	} end = {
		.header = { .nlmsg_len = sizeof(end), .nlmsg_type = f->family,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
			    .nlmsg_seq = VS_CMD_CONTEXT_END },
		.genl = { .cmd = VS_CMD_CONTEXT_END, .version = VS_GENL_VERSION },
		.attr = { .nla_len = NLA_HDRLEN + sizeof(uint32_t), .nla_type = VS_ATTR_XID },
	};

	while (f->n_xids > more_than) {
		end.xid = f->xids[--f->n_xids];
		memcpy(f->data + f->len, &end, sizeof(end));
		f->len += sizeof(end);
	}
}

static void send_batch(struct fuzz *f, int fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (fuzz_one_in(f, 40))		/* the last one ends early */
		f->len -= fuzz_below(f, f->len < 64 ? f->len : 64);
	/* EAGAIN: answers wait to be read, which is done next. */
	if (sendto(fd, f->data, f->len, MSG_DONTWAIT, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0 && errno != EAGAIN && errno != ENOBUFS) {
		printf("cannot send: %m\n");
		exit(2);
	}
	f->len = 0;
	receive(f, fd);
}

static void send_all(struct fuzz *f, int fd, uint32_t messages)
{
	uint32_t number = 0;
	unsigned int n;

	while (number < messages) {
		if (f->n_xids > FUZZ_XIDS / 2)
			end_own(f, 0);
		for (n = 1 + fuzz_below(f, BATCH_MAX); n && f->len < FUZZ_BATCH / 2; n--)
			fuzz_message(f, ++number);
		send_batch(f, fd);
	}
	/* A dump goes on when there is room again. */
	while (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 100) > 0)
		receive(f, fd);
	end_own(f, 0);
	if (f->len)
		send_batch(f, fd);
}

int main(int argc, char **argv)
{
	static struct fuzz f;
	struct nl_sock *socket = nl_socket_alloc();
	int fd, family, one = 1;

	if (argc < 3 || !socket || genl_connect(socket) < 0)
		return 2;
	family = genl_ctrl_resolve(socket, VS_GENL_NAME);
	if (family < 0) {
		puts("no family");
		return 2;
	}
	f.family = family;
	f.state = strtoull(argv[1], NULL, 0);
	fd = nl_socket_get_fd(socket);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	if (fuzz_one_in(&f, 2))
		setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (fuzz_one_in(&f, 2))		/* the kernel checks dumps as it does the rest */
		setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	open_links(&f);
	printf("seed %s, %s messages\n", argv[1], argv[2]);
	send_all(&f, fd, strtoul(argv[2], NULL, 0));
	print_answers();
	return argc > 3 && accepted() ? 1 : 0;
}
