// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events of the table, as the module tells them to its multicast group: a
 * socket of their own, and one event at a time.  It only listens; commands are
 * nl.c's.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "private.h"

#define EVENT_MAX	4096		/* bytes of a message; they are some hundred */

/**
 * struct vs_listener - a member of the group.
 * @socket: joined.
 * @family: number of the module's family, which is the type of its messages.
 * @sequence: of the last event that was seen, or happened before the first.
 */
struct vs_listener {
	struct nl_sock *socket;
	int family;
	uint64_t sequence;
};

static int join(struct vs *vs, struct vs_listener *l)
{
	int group, r;

	r = genl_connect(l->socket);
	if (r < 0)
		return vs_fail(vs, -EIO, "netlink: %s", nl_geterror(r));
	l->family = vs->family;
	group = genl_ctrl_resolve_grp(l->socket, VS_GENL_NAME, VS_GENL_GROUP_EVENTS);
	if (group < 0)
		return vs_fail(vs, -ENOPKG, "vserver.ko is not loaded; load it: modprobe vserver");
	if (nl_socket_add_membership(l->socket, group) < 0)
		return vs_fail(vs, -EPERM, "only root of the host may listen to events");
	nl_socket_set_nonblocking(l->socket);
	/* What happens from here on is told; this is where that begins. */
	return vs_nl_sequence(vs, &l->sequence);
}

int vs_listen(struct vs *vs, struct vs_listener **ret)
{
	struct vs_listener *l = calloc(1, sizeof(*l));
	int r = -ENOMEM;

	if (l)
		l->socket = nl_socket_alloc();
	r = l && l->socket ? join(vs, l) : vs_fail_errno(vs, r, "listening to events");
	if (r < 0) {
		vs_listener_free(l);
		return r;
	}
	*ret = l;
	return 0;
}

void vs_listener_free(struct vs_listener *l)
{
	if (l && l->socket)
		nl_socket_free(l->socket);
	free(l);
}

int vs_listener_fd(const struct vs_listener *l)
{
	return nl_socket_get_fd(l->socket);
}

/* --- one event ---------------------------------------------------------------------- */

static uint32_t word_of(struct nlattr *attr)
{
	return attr && nla_len(attr) == sizeof(uint32_t) ? nla_get_u32(attr) : 0;
}

static uint64_t number_of(struct nlattr *attr)
{
	return attr && nla_len(attr) == sizeof(uint64_t) ? nla_get_u64(attr) : 0;
}

static int take_event(struct vs_listener *l, struct nlmsghdr *header, struct vs_notice *ret)
{
	struct nlattr *attrs[VS_ATTR_MAX + 1];
	struct vs_notice notice = {};

	if (header->nlmsg_type != l->family ||
	    genlmsg_parse(header, 0, attrs, VS_ATTR_MAX, NULL) < 0 || !attrs[VS_ATTR_EVENT])
		return -EBADMSG;
	notice.event = (enum vs_event)word_of(attrs[VS_ATTR_EVENT]);
	notice.sequence = number_of(attrs[VS_ATTR_SEQUENCE]);
	notice.xid = word_of(attrs[VS_ATTR_XID]);
	if (attrs[VS_ATTR_NAME])
		nla_strlcpy(notice.name, attrs[VS_ATTR_NAME], sizeof(notice.name));
	notice.flags = number_of(attrs[VS_ATTR_FLAGS]);
	notice.rule = (enum vs_rule)word_of(attrs[VS_ATTR_RULE]);
	notice.count = number_of(attrs[VS_ATTR_COUNT]);
	notice.has_status = attrs[VS_ATTR_STATUS];
	notice.status = (int)word_of(attrs[VS_ATTR_STATUS]);
	if (notice.sequence > l->sequence) {
		notice.missed = notice.sequence - l->sequence - 1;
		l->sequence = notice.sequence;
	}
	*ret = notice;
	return 0;
}

/* Whoever is not the kernel is not heard.  ENOBUFS says that events were lost;
 * how many says the number of the next. */
int vs_listener_next(struct vs_listener *l, struct vs_notice *ret)
{
	char buffer[EVENT_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct sockaddr_nl from = {};

	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(vs_listener_fd(l), buffer, sizeof(buffer), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &size);
		struct nlmsghdr *header = (struct nlmsghdr *)buffer;

		if (n < 0 && (errno == EINTR || errno == ENOBUFS))
			continue;
		if (n < 0)
			return -errno;
		if (from.nl_pid == 0 && nlmsg_ok(header, (int)n) &&
		    take_event(l, header, ret) == 0)
			return 0;
	}
}

const char *vs_event_name(enum vs_event event)
{
	static const char *const names[] = {
		[VS_EVENT_CREATED] = "created",
		[VS_EVENT_CHANGED] = "changed",
		[VS_EVENT_EMPTIED] = "emptied",
		[VS_EVENT_ENDED] = "ended",
		[VS_EVENT_REFUSED] = "refused",
	};

	return event < sizeof(names) / sizeof(*names) && names[event] ? names[event] : "unknown";
}

const char *vs_rule_name(enum vs_rule rule)
{
	static const char *const names[VS_RULE_MAX + 1] = {
		[VS_RULE_CAPABILITY] = "capability",
		[VS_RULE_SIGNAL] = "signal",
		[VS_RULE_TRACE] = "trace",
		[VS_RULE_PRIORITY] = "priority",
		[VS_RULE_KERNEL] = "kernel",
		[VS_RULE_PROC] = "proc",
		[VS_RULE_FILE] = "file",
		[VS_RULE_CGROUP] = "cgroup",
		[VS_RULE_DEVICE] = "device",
		[VS_RULE_MOUNT] = "mount",
		[VS_RULE_SOCKET] = "socket",
		[VS_RULE_ADDRESS] = "address",
	};

	return rule <= VS_RULE_MAX && names[rule] ? names[rule] : "other";
}
