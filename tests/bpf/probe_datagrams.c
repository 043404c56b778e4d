// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a task may try with sockets beyond one call: datagrams that name their
 * source, and connections by the thousand.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe.h"
#include "probe_sockets.h"

/* A message with room for the control message that names a source. */
struct message {
	struct msghdr header;
	struct iovec data;
	char bytes[200];
	char control[256] __attribute__((aligned(16)));
	union probe_address peer;
};

static void prepare(struct message *m)
{
	memset(m, 0, sizeof(*m));
	m->data = (struct iovec){ m->bytes, sizeof(m->bytes) };
	m->header = (struct msghdr){
		.msg_name = &m->peer, .msg_namelen = sizeof(m->peer),
		.msg_iov = &m->data, .msg_iovlen = 1,
		.msg_control = m->control, .msg_controllen = sizeof(m->control),
	};
}

static void name_source(struct message *m, const union probe_address *source)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(&m->header);

	if (source->any.sa_family == AF_INET) {
		struct in_pktinfo info = { .ipi_spec_dst = source->ip4.sin_addr };

		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		m->header.msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		struct in6_pktinfo info = { .ipi6_addr = source->ip6.sin6_addr };

		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		m->header.msg_controllen = CMSG_SPACE(sizeof(info));
	}
}

static int open_for(const char *kind, int family)
{
	int protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6, one = 1;
	const struct timeval limit = { .tv_sec = 5 };
	int fd = socket(family, SOCK_DGRAM, strcmp(kind, "ping") ? 0 : protocol);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	return fd;
}

static size_t question(const char *kind, int family, char *bytes)
{
	if (strcmp(kind, "ping"))
		return *bytes = '?', 1;
	memset(bytes, 0, 16);
	bytes[0] = family == AF_INET ? ICMP_ECHO : (char)ICMP6_ECHO_REQUEST;
	return 16;
}

/*
 * from udp|ping SOURCE ADDRESS PORT connected|loose|both: one datagram that names
 * its source; prints the answer, if it is not connected.  both: two by sendmmsg(),
 * of which the second alone names it.
 */
static int try_from(char **a)
{
	union probe_address to, source;
	socklen_t size = probe_address(a[2], a[3], &to);
	int fd = open_for(a[0], to.any.sa_family);
	struct mmsghdr two[2];
	struct message m, plain;
	ssize_t n;

	probe_address(a[1], "0", &source);
	if (fd < 0)
		return errno;
	prepare(&m);
	m.data.iov_len = question(a[0], to.any.sa_family, m.bytes);
	name_source(&m, &source);
	m.peer = to;
	m.header.msg_namelen = size;
	if (!strcmp(a[4], "connected")) {
		if (connect(fd, &to.any, size))
			return errno;
		m.header.msg_name = NULL;
		m.header.msg_namelen = 0;
	}
	if (!strcmp(a[4], "both")) {
		plain = m;
		plain.header.msg_name = &plain.peer;
		plain.header.msg_iov = &plain.data;
		plain.data.iov_base = plain.bytes;
		plain.header.msg_control = NULL;
		plain.header.msg_controllen = 0;
		two[0].msg_hdr = plain.header;
		two[1].msg_hdr = m.header;
		n = sendmmsg(fd, two, 2, 0);
		if (n < 0)
			return errno;
		if (n == 1)
			printf("one of two ");
		if (recv(fd, m.bytes, sizeof(m.bytes), 0) < 0)
			return errno;
		if (n == 1)
			return 0;
	} else if (sendmsg(fd, &m.header, 0) < 0) {
		return errno;
	}
	if (!strcmp(a[4], "connected")) {	/* it would not hear an answer to there */
		printf("sent ");
		return 0;
	}
	prepare(&m);
	n = recvmsg(fd, &m.header, 0);
	if (n < 0)
		return errno;
	if (strcmp(a[0], "ping"))
		printf("answer (%.*s) ", (int)n, m.bytes);
	else
		printf("answer ");
	return 0;
}

/* Where did it come to? */
static void source_of(struct message *m, union probe_address *ret)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	struct cmsghdr *c;

	memset(ret, 0, sizeof(*ret));
	for (c = CMSG_FIRSTHDR(&m->header); c; c = CMSG_NXTHDR(&m->header, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			ret->any.sa_family = AF_INET;
			ret->ip4.sin_addr = info4.ipi_addr;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			ret->any.sa_family = AF_INET6;
			ret->ip6.sin6_addr = info6.ipi6_addr;
		}
	}
}

/* serve-info ADDRESS PORT NAME: answers datagrams as dnsmasq does, naming as the
 * source where they came to. */
static int try_serve_info(char **a)
{
	union probe_address address, source;
	socklen_t size = probe_address(a[0], a[1], &address);
	int fd = open_for("udp", address.any.sa_family);
	struct message m;

	if (fd < 0 || bind(fd, &address.any, size))
		return errno;
	puts("ready");
	fclose(stdout);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0 }, sizeof(struct timeval));
	for (;;) {
		prepare(&m);
		if (recvmsg(fd, &m.header, 0) < 0)
			return errno;
		source_of(&m, &source);
		m.data.iov_len = strlen(a[2]);
		memcpy(m.bytes, a[2], m.data.iov_len);
		m.header.msg_controllen = sizeof(m.control);
		name_source(&m, &source);
		sendmsg(fd, &m.header, 0);
	}
}

/* churn ADDRESS PORT N: so many connections, one after the other. */
static int try_churn(char **a)
{
	const struct linger at_once = { .l_onoff = 1 };
	union probe_address address;
	socklen_t size = probe_address(a[0], a[1], &address);
	char answer[200];

	for (int i = 0; i < atoi(a[2]); i++) {
		int fd = socket(address.any.sa_family, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, &address.any, size) || send(fd, "?", 1, 0) != 1 ||
		    recv(fd, answer, sizeof(answer), 0) <= 0)
			return errno ?: EPIPE;
		/* No TIME-WAIT: ports would run out. */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(fd);
	}
	return 0;
}

const struct probe probe_datagrams[] = {
	{ "from",		5, try_from },
	{ "serve-info",		3, try_serve_info },
	{ "churn",		3, try_churn },
	{ NULL, 0, NULL }
};
