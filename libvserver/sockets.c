// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Sockets of a context ended, because an address is not its any more: TCP and
 * UDP, of both families, listeners, connections and what is bound, if their own
 * address is that one.  Sockets of others that have the address stay, the host's
 * too.  Whose a socket of TCP is the mark says that it got when it was made
 * (bpf/socket.bpf.c), which the kernel gives along with each that it lists.  With
 * those of UDP it does not, though they have it as well: but it gives the control
 * group that each was made in, and that is the context's or one below.
 *
 * The kernel ends a socket that it finds by its addresses and ports, and that has
 * the cookie of the one that was listed.  Of a group that shares a port
 * (SO_REUSEPORT) it finds the one that a packet from that peer would go to: so
 * peers are made up until it is the right one.
 *
 * Of TCP nothing is left.  A socket of UDP is told (ECONNABORTED, once) and is not
 * connected any more; the kernel leaves it bound.  It can send nothing, for the
 * address is not its context's, and hears nothing where the host has lost it too.
 *
 * What is not found: connections that are half open (no mark; nobody has them yet),
 * in TIME_WAIT (they are nobody's any more), sockets of TCP that are bound and
 * neither listen nor are connected, and ping sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/vs_bpf.h"
#include "private.h"
#include "rtnl.h"

#ifndef FILEID_KERNFS
#define FILEID_KERNFS 0xfe	/* linux/exportfs.h: the number of a cgroup */
#endif
#define PEERS	4096	/* made up, for a socket of a group of any size */

/* A socket that is to be ended. */
struct found {
	uint8_t family, protocol;
	struct inet_diag_sockid id;
};

/* What is looked for, and what was found. */
struct search {
	const struct vs_address *address;
	uint32_t nid;
	int marks;		/* the map of them */
	int cgroup;		/* its directory */
	const char *path;	/* of that, as the kernel has it */
	uint8_t protocol;
	struct found *found;
	size_t n;
	int error;
};

static void cleanup_msg(struct nl_msg **msg)
{
	nlmsg_free(*msg);
}

#define _cleanup_msg_	__attribute__((cleanup(cleanup_msg)))

/* --- finding ----------------------------------------------------------------------- */

/* IPv4 also in its form of IPv6: a socket of both families. */
static bool is_on(const struct inet_diag_msg *diag, const struct vs_address *address)
{
	const struct in6_addr *ip6 = (const void *)diag->id.idiag_src;

	if (address->family == AF_INET6)
		return diag->idiag_family == AF_INET6 && IN6_ARE_ADDR_EQUAL(ip6, &address->ip6);
	if (diag->idiag_family == AF_INET)
		return diag->id.idiag_src[0] == address->ip4.s_addr;
	return IN6_IS_ADDR_V4MAPPED(ip6) && diag->id.idiag_src[3] == address->ip4.s_addr;
}

/* Of an open directory, into PATH_MAX bytes. */
static int path_of(int fd, char *ret)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, ret, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	ret[n] = '\0';
	return 0;
}

/* The number on the socket; 0: it has none, the host's. */
static uint32_t nid_of(struct nlattr **attrs)
{
	struct nlattr *storage[SK_DIAG_BPF_STORAGE + 1];
	struct nlattr *value[SK_DIAG_BPF_STORAGE_MAX + 1];
	struct nlattr *mark;

	if (!attrs[INET_DIAG_SK_BPF_STORAGES] ||
	    nla_parse_nested(storage, SK_DIAG_BPF_STORAGE,
			     attrs[INET_DIAG_SK_BPF_STORAGES], NULL) < 0 ||
	    !storage[SK_DIAG_BPF_STORAGE] ||
	    nla_parse_nested(value, SK_DIAG_BPF_STORAGE_MAX, storage[SK_DIAG_BPF_STORAGE],
			     NULL) < 0)
		return 0;
	mark = value[SK_DIAG_BPF_STORAGE_MAP_VALUE];
	if (!mark || nla_len(mark) < (int)sizeof(struct vs_sock))
		return 0;
	return ((const struct vs_sock *)nla_data(mark))->nid;
}

/* Was it made in the context's control group?  One that is gone is nobody's. */
static bool is_within(const struct search *search, struct nlattr **attrs)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} of = { .handle = { .handle_bytes = sizeof(uint64_t), .handle_type = FILEID_KERNFS } };
	size_t length = strlen(search->path);
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];

	if (!attrs[INET_DIAG_CGROUP_ID])
		return false;
	memcpy(of.handle.f_handle, nla_data(attrs[INET_DIAG_CGROUP_ID]), sizeof(uint64_t));
	fd = open_by_handle_at(search->cgroup, &of.handle, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && path_of(fd, path) == 0 && !strncmp(path, search->path, length) &&
	       (!path[length] || path[length] == '/');
}

static int on_socket(struct nl_msg *msg, void *data)
{
	struct nlattr *attrs[INET_DIAG_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct inet_diag_msg *diag = nlmsg_data(header);
	struct search *search = data;
	struct found *grown;

	if (nlmsg_parse(header, sizeof(*diag), attrs, INET_DIAG_MAX, NULL) < 0 ||
	    !is_on(diag, search->address) ||
	    (search->protocol == IPPROTO_TCP ? nid_of(attrs) != search->nid :
					       !is_within(search, attrs)))
		return NL_OK;
	grown = reallocarray(search->found, search->n + 1, sizeof(*grown));
	if (!grown) {
		search->error = -ENOMEM;
		return NL_OK;
	}
	search->found = grown;
	grown[search->n++] = (struct found){
		.family = diag->idiag_family,
		.protocol = search->protocol,
		.id = diag->id,
	};
	return NL_OK;
}

static struct nl_msg *request(int command, int flags, const struct inet_diag_req_v2 *body)
{
	struct nl_msg *msg = nlmsg_alloc_simple(command, flags);

	if (msg && nlmsg_append(msg, (void *)body, sizeof(*body), NLMSG_ALIGNTO) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* With each socket what the map @marks says of it. */
static int put_marks(struct nl_msg *msg, int marks)
{
	struct nlattr *nest = nla_nest_start(msg, INET_DIAG_REQ_SK_BPF_STORAGES);

	if (!nest || nla_put_u32(msg, SK_DIAG_BPF_STORAGE_REQ_MAP_FD, (uint32_t)marks) < 0)
		return -ENOMEM;
	return nla_nest_end(msg, nest) < 0 ? -ENOMEM : 0;
}

static int list(struct search *search, int family, int protocol)
{
	struct inet_diag_req_v2 body = {
		.sdiag_family = (uint8_t)family,
		.sdiag_protocol = (uint8_t)protocol,
		.idiag_states = ~0U,
	};
	_cleanup_socket_ struct nl_sock *sock = nl_socket_alloc();
	_cleanup_msg_ struct nl_msg *msg = request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &body);
	int r;

	if (!sock || !msg || put_marks(msg, search->marks) < 0)
		return -ENOMEM;
	search->protocol = (uint8_t)protocol;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_socket, search);
	if (nl_connect(sock, NETLINK_SOCK_DIAG) < 0 || nl_send_auto(sock, msg) < 0)
		return -EIO;
	r = nl_recvmsgs_default(sock);
	if (r == -NLE_OBJ_NOTFOUND)
		return -EOPNOTSUPP;	/* without the module */
	return r < 0 ? -EIO : search->error;
}

static int list_all(struct vs *vs, struct search *search)
{
	static const int protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
	int r = 0;

	for (size_t i = 0; i < 2 && !r; i++) {
		if (search->address->family == AF_INET)
			r = list(search, AF_INET, protocols[i]);
		if (!r)
			r = list(search, AF_INET6, protocols[i]);
	}
	return r < 0 ? vs_fail_errno(vs, r, "listing sockets") : 0;
}

/* --- ending ------------------------------------------------------------------------- */

/* Another peer that it may be found by: one of the same family, and a port. */
static void make_up_peer(struct inet_diag_sockid *id, unsigned int n)
{
	id->idiag_dport = htons((uint16_t)(1024 + n));
	if (id->idiag_dst[0] || id->idiag_dst[1])
		return;
	id->idiag_dst[0] = htonl(INADDR_LOOPBACK);	/* of IPv6: an address of nobody */
}

static int end(struct nl_sock *sock, const struct found *found, const struct inet_diag_sockid *id)
{
	struct inet_diag_req_v2 body = {
		.sdiag_family = found->family,
		.sdiag_protocol = found->protocol,
		.idiag_states = ~0U,
		.id = *id,
	};
	_cleanup_msg_ struct nl_msg *msg = request(SOCK_DESTROY, 0, &body);
	int r;

	if (!msg)
		return -ENOMEM;
	r = nl_send_auto(sock, msg);
	if (r >= 0)
		r = nl_wait_for_ack(sock);
	if (r == -NLE_OBJ_NOTFOUND)
		return -ENOENT;		/* gone, or another */
	if (r == -NLE_OPNOTSUPP)
		return -EOPNOTSUPP;
	return r < 0 ? -EIO : 0;
}

/* 1 it is ended; 0 it has ended by itself. */
static int end_found(struct nl_sock *sock, const struct found *found)
{
	struct inet_diag_sockid id = found->id;
	int r = end(sock, found, &id);

	for (unsigned int n = 0; r == -ENOENT && !found->id.idiag_dport && n < PEERS; n++) {
		make_up_peer(&id, n);
		r = end(sock, found, &id);
	}
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : 1;
}

int vs_sockets_end(struct vs *vs, uint32_t nid, const char *cgroup,
		   const struct vs_address *address)
{
	_cleanup_close_ int marks = vs_pin_map(VS_PIN_SOCKETS, "sockets");
	_cleanup_close_ int directory = vs_cgroup_find(cgroup);
	struct search search = {
		.address = address, .nid = nid, .marks = marks, .cgroup = directory,
	};
	_cleanup_socket_ struct nl_sock *sock = nl_socket_alloc();
	char path[PATH_MAX];
	int r, n = 0;

	if (!sock)
		return vs_fail_errno(vs, -ENOMEM, "netlink");
	if (marks < 0)
		return vs_fail_errno(vs, marks, "whose sockets are, is not known");
	r = directory < 0 ? directory : path_of(directory, path);
	if (r < 0)
		return vs_fail_errno(vs, r, "opening the cgroup %s", cgroup);
	search.path = path;
	r = list_all(vs, &search);
	if (!r && nl_connect(sock, NETLINK_SOCK_DIAG) < 0)
		r = vs_fail_errno(vs, -EIO, "netlink");
	for (size_t i = 0; i < search.n && r >= 0; i++) {
		r = end_found(sock, &search.found[i]);
		if (r > 0)
			n++;
	}
	free(search.found);
	if (r == -EOPNOTSUPP)
		return vs_fail(vs, r, "this kernel ends no sockets (CONFIG_INET_DIAG_DESTROY)");
	return r < 0 ? vs_fail_errno(vs, r, "ending sockets") : n;
}
