// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * faults PASSES: each command of the module with its first allocation failing,
 * then its second, and so on until none is left to fail; that many times over.
 * A command that failed has to say ENOMEM and to have changed nothing.
 *
 * faults load MODULE: the same of loading it, which must not be loaded.
 *
 * Wants fault injection set to what has module text on the stack
 * (tests/debug/faults.t).  Prints how many allocations failed in each command.
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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/vserver.h>

#include "bpf/vs_bpf.h"

#define XID	77
#define LINKS	4

static struct nl_sock *sock;
static int family, injector, links[LINKS], n_links;
static int failures;

/* What a context is, as the module tells it; n 0: there is none. */
struct told {
	size_t n;
	char bytes[4096];
};

static void complain(const char *command, unsigned int nth, const char *what)
{
	printf("%s: with allocation %u failing %s\n", command, nth, what);
	failures++;
}

/* --- the injector ------------------------------------------------------------- */

static void arm(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(injector, text, n, 0) != n)
		exit(2);
}

/* Was one made to fail? */
static bool disarm(void)
{
	char text[16] = "";

	if (pread(injector, text, sizeof(text) - 1, 0) <= 0)
		exit(2);
	arm(0);
	return atoi(text) == 0;
}

/* --- messages ------------------------------------------------------------------ */

static struct nl_msg *message(int command, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, getpid(), 1, family, 0, NLM_F_REQUEST | flags, command, VS_GENL_VERSION);
	return msg;
}

static void put_parts(struct nl_msg *msg, int generation)
{
	const unsigned char ip4[] = { 10, 9, 0, generation }, ip6[16] = { 0xfd, [15] = generation };
	struct nlattr *nest, *inner;
	int i;

	nla_put_u64(msg, VS_ATTR_CEILING, generation);
	nest = nla_nest_start(msg, VS_ATTR_ADDRESSES);
	inner = nla_nest_start(msg, VS_ATTR_ADDRESS);
	nla_put(msg, VS_ADDRESS_ATTR_IP4, sizeof(ip4), ip4);
	nla_nest_end(msg, inner);
	inner = nla_nest_start(msg, VS_ATTR_ADDRESS);
	nla_put(msg, VS_ADDRESS_ATTR_IP6, sizeof(ip6), ip6);
	nla_nest_end(msg, inner);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VS_ATTR_BUCKET);
	for (i = VS_BUCKET_ATTR_RATE; i <= VS_BUCKET_ATTR_RELEASE; i++)
		nla_put_u64(msg, i, i == VS_BUCKET_ATTR_RELEASE ? 1000000 : 20000000 + generation);
	nla_nest_end(msg, nest);
}

static struct nl_msg *make(int command, int generation)
{
	struct nl_msg *msg = message(command, NLM_F_ACK);
	struct nlattr *nest;
	int i;

	if (command < 0) {
		nlmsg_free(msg);
		return message(-command, NLM_F_DUMP);
	}
	if (command == VS_CMD_ENFORCE_GET)
		return msg;
	if (command == VS_CMD_ENFORCE_SET) {
		nest = nla_nest_start(msg, VS_ATTR_LINKS);
		for (i = 0; i < n_links; i++)
			nla_put_u32(msg, VS_ATTR_LINK, links[i]);
		nla_nest_end(msg, nest);
		return msg;
	}
	nla_put_u32(msg, VS_ATTR_XID, XID);
	if (command == VS_CMD_CONTEXT_NEW || command == VS_CMD_CONTEXT_SET)
		put_parts(msg, generation);
	return msg;
}

/* The answer's errno, negative; 1: there was none.  @told: what else came. */
static int answer(struct told *told)
{
	struct pollfd wait = { .fd = nl_socket_get_fd(sock), .events = POLLIN };
	static char buffer[65536];
	struct nlmsghdr *header;
	int n;

	while (poll(&wait, 1, 5000) > 0) {
		n = recv(wait.fd, buffer, sizeof(buffer), 0);
		for (header = (void *)buffer; NLMSG_OK(header, n); header = NLMSG_NEXT(header, n)) {
			if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(header);
			if (!told || header->nlmsg_type != family)
				continue;
			told->n = header->nlmsg_len - NLMSG_HDRLEN;
			memcpy(told->bytes, NLMSG_DATA(header), told->n);
		}
	}
	return 1;
}

/* @nth 0: nothing fails. */
static int ask(int command, int generation, unsigned int nth, bool *ret_failed, struct told *told)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nl_msg *msg = make(command, generation);
	struct nlmsghdr *header = nlmsg_hdr(msg);

	arm(nth);
	if (sendto(nl_socket_get_fd(sock), header, header->nlmsg_len, 0,
		   (const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		printf("sendto: %m\n");
	*ret_failed = nth && disarm();
	nlmsg_free(msg);
	return answer(told);
}

static void look(struct told *told)
{
	bool ignored;

	told->n = 0;
	ask(VS_CMD_CONTEXT_GET, 0, 0, &ignored, told);
}

static bool same(const struct told *a, const struct told *b)
{
	return a->n == b->n && !memcmp(a->bytes, b->bytes, a->n);
}

/* --- one command ---------------------------------------------------------------- */

struct command {
	const char *name;
	int number;		/* negative: a dump */
	bool there;		/* the context has to be there before */
	bool there_after;
};

static const struct command commands[] = {
	{ "new", VS_CMD_CONTEXT_NEW, false, true },
	{ "get", VS_CMD_CONTEXT_GET, true, true },
	{ "dump", -VS_CMD_CONTEXT_GET, true, true },
	{ "set", VS_CMD_CONTEXT_SET, true, true },
	{ "end", VS_CMD_CONTEXT_END, true, false },
	{ "enforce-set", VS_CMD_ENFORCE_SET, true, true },
	{ "enforce-get", VS_CMD_ENFORCE_GET, true, true },
};

static bool try_nth(const struct command *c, unsigned int nth)
{
	struct told before, after;
	bool failed, ignored;
	int error;

	look(&before);
	if (c->there != !!before.n)
		ask(c->there ? VS_CMD_CONTEXT_NEW : VS_CMD_CONTEXT_END, 1, 0, &ignored, NULL);
	look(&before);
	error = ask(c->number, 2, nth, &failed, NULL);
	look(&after);
	if (error && error != -ENOMEM)
		complain(c->name, nth, error > 0 ? "there was no answer" : strerrorname_np(-error));
	if (error && !failed)
		complain(c->name, nth, "it failed although nothing did");
	if (error && !same(&before, &after))
		complain(c->name, nth, "it said so and changed something");
	if (!error && c->there_after != !!after.n)
		complain(c->name, nth, "it said that it was done and was not");
	return failed;
}

static void try_all(const struct command *c)
{
	unsigned int nth = 1;

	while (try_nth(c, nth))
		nth++;
	printf("%s %u\n", c->name, nth - 1);
}

/* --- loading ------------------------------------------------------------------------ */

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = -1;
	unsigned int nth = 0, loaded = 0;
	bool failed = true;

	while (failed) {
		arm(++nth);
		error = syscall(SYS_finit_module, fd, "", 0) < 0 ? errno : 0;
		failed = disarm();
		if (error && error != ENOMEM)
			complain("load", nth, strerrorname_np(error));
		if (!error && syscall(SYS_delete_module, "vserver", 0) < 0)
			complain("load", nth, "it cannot be unloaded");
		loaded += !error;
	}
	printf("load %u, loaded %u\n", nth - 1, loaded);
	return error || failures;
}

static void open_links(void)
{
	DIR *dir = opendir(VS_PIN_LINKS);
	struct dirent *entry;
	union bpf_attr attr;
	char path[512];

	while (dir && n_links < LINKS && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", VS_PIN_LINKS, entry->d_name);
		memset(&attr, 0, sizeof(attr));
		attr.pathname = (uintptr_t)path;
		links[n_links] = syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
		n_links += links[n_links] >= 0;
	}
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	bool ignored;
	int pass;
	size_t i;

	injector = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (injector < 0 || argc < 2)
		return 2;
	if (argc == 3)
		return load(argv[2]);
	sock = nl_socket_alloc();
	if (genl_connect(sock) < 0)
		return 2;
	family = genl_ctrl_resolve(sock, VS_GENL_NAME);
	open_links();
	if (family < 0 || n_links < LINKS)
		return 2;
	for (pass = atoi(argv[1]); pass; pass--)
		for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
			try_all(&commands[i]);
	ask(VS_CMD_CONTEXT_END, 0, 0, &ignored, NULL);
	return failures != 0;
}
