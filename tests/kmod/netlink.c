// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * netlink COMMAND [ATTRIBUTE...] - sends the module exactly what it is told to,
 * right or wrong, and prints "ok", or the errno's name and the sentence that
 * came with it.  What a reply holds it prints as NAME=VALUE.
 *
 * COMMAND is new get dump set end kill tasks enforce-set enforce-get or a number.
 * ATTRIBUTE is NAME:TYPE=VALUE, or NAME[ to open a nest and ] to close it; NAME
 * may be a number; TYPE is u16 u32 u64 s32 str (with NUL) raw (without) hex.
 *
 * netlink listen N: prints the N events that come, after "ready".
 * netlink times N COMMAND...: does it N times.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/vserver.h>

struct word {
	const char *name;
	int number;
};

static const struct word commands[] = {
	{ "new", VS_CMD_CONTEXT_NEW },		{ "get", VS_CMD_CONTEXT_GET },
	{ "dump", VS_CMD_CONTEXT_GET },		{ "set", VS_CMD_CONTEXT_SET },
	{ "end", VS_CMD_CONTEXT_END },		{ "enforce-set", VS_CMD_ENFORCE_SET },
	{ "enforce-get", VS_CMD_ENFORCE_GET },	{ "kill", VS_CMD_CONTEXT_KILL },
	{ "tasks", VS_CMD_TASK_GET },		{ NULL, 0 }
};

static const struct word attributes[] = {
	{ "xid", VS_ATTR_XID },			{ "name", VS_ATTR_NAME },
	{ "flags", VS_ATTR_FLAGS },		{ "mask", VS_ATTR_FLAGS_MASK },
	{ "ceiling", VS_ATTR_CEILING },		{ "addresses", VS_ATTR_ADDRESSES },
	{ "address", VS_ATTR_ADDRESS },		{ "bucket", VS_ATTR_BUCKET },
	{ "links", VS_ATTR_LINKS },		{ "link", VS_ATTR_LINK },
	{ "generation", VS_ATTR_GENERATION },	{ "ip4", VS_ADDRESS_ATTR_IP4 },
	{ "ip6", VS_ADDRESS_ATTR_IP6 },		{ "rate", VS_BUCKET_ATTR_RATE },
	{ "interval", VS_BUCKET_ATTR_INTERVAL }, { "size", VS_BUCKET_ATTR_SIZE },
	{ "release", VS_BUCKET_ATTR_RELEASE },	{ "pid", VS_ATTR_PID },
	{ "signal", VS_ATTR_SIGNAL },		{ "idle-rate", VS_BUCKET_ATTR_IDLE_RATE },
	{ "idle-interval", VS_BUCKET_ATTR_IDLE_INTERVAL },
	{ "prefix", VS_ADDRESS_ATTR_PREFIX },	{ "last4", VS_ADDRESS_ATTR_LAST4 },
	{ "last6", VS_ADDRESS_ATTR_LAST6 },
	{ "prio-bias", VS_BUCKET_ATTR_PRIO_BIAS }, { "tokens", VS_BUCKET_ATTR_TOKENS },
	{ "scope", VS_BUCKET_ATTR_SCOPE },
	{ NULL, 0 }
};

static int find(const struct word *words, const char *name, size_t n)
{
	for (; words->name; words++)
		if (strlen(words->name) == n && !strncmp(words->name, name, n))
			return words->number;
	return atoi(name);
}

static void put_hex(struct nl_msg *msg, int type, const char *text)
{
	unsigned char bytes[64];
	size_t n = 0;

	for (; text[0] && text[1] && n < sizeof(bytes); text += 2)
		sscanf(text, "%2hhx", &bytes[n++]);
	nla_put(msg, type, n, bytes);
}

static void put(struct nl_msg *msg, const char *word)
{
	const char *type = strchr(word, ':'), *value = strchr(word, '=');
	int number;

	if (!type || !value) {
		fprintf(stderr, "netlink: not an attribute: %s\n", word);
		exit(2);
	}
	number = find(attributes, word, type - word);
	type++;
	value++;
	if (!strncmp(type, "u16", 3))
		nla_put_u16(msg, number, strtoul(value, NULL, 0));
	else if (!strncmp(type, "u32", 3) || !strncmp(type, "s32", 3))
		nla_put_u32(msg, number, strtol(value, NULL, 0));
	else if (!strncmp(type, "u64", 3))
		nla_put_u64(msg, number, strtoull(value, NULL, 0));
	else if (!strncmp(type, "str", 3))
		nla_put_string(msg, number, value);
	else if (!strncmp(type, "raw", 3))
		nla_put(msg, number, strlen(value), value);
	else
		put_hex(msg, number, value);
}

static void put_all(struct nl_msg *msg, char **words)
{
	struct nlattr *nests[8];
	size_t n = 0;

	for (; *words; words++) {
		const char *open = strchr(*words, '[');

		if (open && n < 8)
			nests[n++] = nla_nest_start(msg, find(attributes, *words, open - *words));
		else if (!strcmp(*words, "]") && n)
			nla_nest_end_keep_empty(msg, nests[--n]);
		else
			put(msg, *words);
	}
}

static void print_bucket(struct nlattr *nest)
{
	struct nlattr *tb[VS_BUCKET_ATTR_MAX + 1];

	if (nla_parse_nested(tb, VS_BUCKET_ATTR_MAX, nest, NULL) == 0 && tb[VS_BUCKET_ATTR_SCOPE])
		printf("scope=%u ", nla_get_u32(tb[VS_BUCKET_ATTR_SCOPE]));
	printf("bucket ");
}

static void print_reply(struct nlmsghdr *header)
{
	struct nlattr *tb[VS_ATTR_MAX + 1];

	if (genlmsg_parse(header, 0, tb, VS_ATTR_MAX, NULL) < 0)
		return;
	if (tb[VS_ATTR_EVENT])
		printf("event=%u ", nla_get_u32(tb[VS_ATTR_EVENT]));
	if (tb[VS_ATTR_PID])
		printf("pid=%u ", nla_get_u32(tb[VS_ATTR_PID]));
	if (tb[VS_ATTR_XID])
		printf("xid=%u ", nla_get_u32(tb[VS_ATTR_XID]));
	if (tb[VS_ATTR_NAME])
		printf("name=%s ", nla_get_string(tb[VS_ATTR_NAME]));
	if (tb[VS_ATTR_SEQUENCE])
		printf("sequence=%llu ", (unsigned long long)nla_get_u64(tb[VS_ATTR_SEQUENCE]));
	if (tb[VS_ATTR_STATUS])
		printf("status=%u ", nla_get_u32(tb[VS_ATTR_STATUS]));
	if (tb[VS_ATTR_RULE])
		printf("rule=%u ", nla_get_u32(tb[VS_ATTR_RULE]));
	if (tb[VS_ATTR_COUNT])
		printf("count=%llu ", (unsigned long long)nla_get_u64(tb[VS_ATTR_COUNT]));
	if (tb[VS_ATTR_REFUSED])
		printf("refused ");
	if (tb[VS_ATTR_FLAGS])
		printf("flags=%llx ", (unsigned long long)nla_get_u64(tb[VS_ATTR_FLAGS]));
	if (tb[VS_ATTR_CEILING])
		printf("ceiling=%llx ", (unsigned long long)nla_get_u64(tb[VS_ATTR_CEILING]));
	if (tb[VS_ATTR_TASKS])
		printf("tasks=%u ", nla_get_u32(tb[VS_ATTR_TASKS]));
	if (tb[VS_ATTR_ADDRESSES])
		printf("addresses ");
	if (tb[VS_ATTR_BUCKET])
		print_bucket(tb[VS_ATTR_BUCKET]);
	if (tb[VS_ATTR_LINK_COUNT])
		printf("links=%u ", nla_get_u32(tb[VS_ATTR_LINK_COUNT]));
}

/*
 * How it ended.  The kernel's sentence stands behind the error; a dump that
 * fails ends with NLMSG_DONE and no copy of the question.
 */
static void print_end(struct nlmsghdr *header)
{
	bool done = header->nlmsg_type == NLMSG_DONE;
	struct nlmsgerr *error = NLMSG_DATA(header);
	int skip = NLMSG_HDRLEN + (done ? sizeof(int) : NLMSG_ALIGN(sizeof(*error)));
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};

	if (error->error >= 0) {
		puts("ok");
		return;
	}
	printf("%s", strerrorname_np(-error->error));
	if (!done && !(header->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)((char *)header + skip),
			  (int)header->nlmsg_len - skip, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		printf(": %s", nla_get_string(tb[NLMSGERR_ATTR_MSG]));
	puts("");
}

/* Reads until the end of the answer, or @events events. */
static void receive(int fd, int events)
{
	char buffer[65536];

	for (;;) {
		int n = recv(fd, buffer, sizeof(buffer), 0);
		struct nlmsghdr *header = (struct nlmsghdr *)buffer;

		if (n < 0) {
			puts(strerrorname_np(errno));
			return;
		}
		for (; NLMSG_OK(header, n); header = NLMSG_NEXT(header, n)) {
			if (header->nlmsg_type == NLMSG_ERROR ||
			    header->nlmsg_type == NLMSG_DONE) {
				print_end(header);
				return;
			}
			print_reply(header);
			if (events && !--events) {
				puts("ok");
				return;
			}
		}
	}
}

static int ask(struct nl_sock *socket, int family, char **words)
{
	bool dumps = !strcmp(words[0], "dump") || !strcmp(words[0], "tasks");
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, dumps ? NLM_F_DUMP : NLM_F_ACK,
		    find(commands, words[0], strlen(words[0])), VS_GENL_VERSION);
	put_all(msg, words + 1);
	err = nl_send_auto(socket, msg);
	nlmsg_free(msg);
	if (err < 0)
		return 2;
	receive(nl_socket_get_fd(socket), 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct nl_sock *socket = nl_socket_alloc();
	int family, one = 1, times = 1, r = 0;

	if (argc < 2 || !socket || genl_connect(socket) < 0)
		return 2;
	family = genl_ctrl_resolve(socket, VS_GENL_NAME);
	if (family < 0) {
		puts("no family");
		return 1;
	}
	setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	if (!strcmp(argv[1], "listen")) {
		if (nl_socket_add_membership(socket, genl_ctrl_resolve_grp(socket, VS_GENL_NAME,
								VS_GENL_GROUP_EVENTS)) < 0) {
			puts("refused");
			return 1;
		}
		puts("ready");
		fflush(stdout);
		receive(nl_socket_get_fd(socket), atoi(argv[2]));
		return 0;
	}
	if (!strcmp(argv[1], "times") && argc > 3) {
		times = atoi(argv[2]);
		argv += 2;
	}
	while (times-- && !r)
		r = ask(socket, family, argv + 1);
	return r;
}
