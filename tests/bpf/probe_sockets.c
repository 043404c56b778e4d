// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a task may try with sockets.  KIND is tcp or udp, an address with a
 * colon is IPv6, "tcp6only" and "udp6only" set IPV6_V6ONLY, "udp-alone" does
 * without SO_REUSEADDR.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe.h"
#include "probe_sockets.h"

socklen_t probe_address(const char *text, const char *port, union probe_address *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (strchr(text, ':')) {
		ret->ip6.sin6_family = AF_INET6;
		ret->ip6.sin6_port = htons(atoi(port));
		inet_pton(AF_INET6, text, &ret->ip6.sin6_addr);
		return sizeof(ret->ip6);
	}
	ret->ip4.sin_family = AF_INET;
	ret->ip4.sin_port = htons(atoi(port));
	inet_pton(AF_INET, text, &ret->ip4.sin_addr);
	return sizeof(ret->ip4);
}

static void show(const char *what, const union probe_address *address, bool port)
{
	char text[INET6_ADDRSTRLEN];

	if (address->any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &address->ip6.sin6_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET, &address->ip4.sin_addr, text, sizeof(text));
	if (port)
		printf("%s %s %d ", what, text, ntohs(address->ip4.sin_port));
	else
		printf("%s %s ", what, text);
}

static void show_self(int fd)
{
	union probe_address address;
	socklen_t size = sizeof(address);

	if (!getsockname(fd, &address.any, &size))
		show("self", &address, false);
}

static int open_socket(const char *kind, int family)
{
	const struct timeval limit = { .tv_sec = 5 };
	int type = strncmp(kind, "tcp", 3) ? SOCK_DGRAM : SOCK_STREAM, one = 1;
	int fd = socket(family, type, 0);

	if (fd < 0)
		return -1;
	if (strstr(kind, "6only"))
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (!strstr(kind, "alone"))
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

/* bind KIND ADDRESS PORT: prints what getsockname says then. */
static int try_bind(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);
	int fd = open_socket(a[0], address.any.sa_family);

	if (fd < 0 || bind(fd, &address.any, size))
		return errno;
	show_self(fd);
	return 0;
}

/* bind-with freebind|transparent ADDRESS PORT */
static int try_bind_with(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);
	bool free = !strcmp(a[0], "freebind"), is4 = address.any.sa_family == AF_INET;
	int fd = open_socket("tcp", address.any.sa_family), one = 1;

	if (fd < 0 ||
	    setsockopt(fd, is4 ? IPPROTO_IP : IPPROTO_IPV6,
		       free ? (is4 ? IP_FREEBIND : IPV6_FREEBIND) :
			      (is4 ? IP_TRANSPARENT : IPV6_TRANSPARENT), &one, sizeof(one)) ||
	    bind(fd, &address.any, size))
		return errno;
	show_self(fd);
	return 0;
}

static int do_connect(int fd, char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);

	if (fd < 0 || connect(fd, &address.any, size))
		return errno;
	show_self(fd);
	size = sizeof(address);
	if (!getpeername(fd, &address.any, &size))
		show("peer", &address, false);
	return 0;
}

/* connect KIND ADDRESS PORT: prints both names. */
static int try_connect(char **a)
{
	return do_connect(open_socket(a[0], strchr(a[1], ':') ? AF_INET6 : AF_INET), a);
}

/* ask KIND ADDRESS PORT: connects and prints what a server (serve) answers. */
static int do_ask(int fd, char **a)
{
	int err = do_connect(fd, a);
	char answer[200];
	ssize_t n;

	if (err)
		return err;
	if (send(fd, "?", 1, MSG_NOSIGNAL) < 0)
		return errno;
	n = recv(fd, answer, sizeof(answer) - 1, 0);
	if (n < 0)
		return errno;
	answer[n] = '\0';
	printf("answer (%s) ", answer);
	return 0;
}

static int try_ask(char **a)
{
	return do_ask(open_socket(a[0], strchr(a[1], ':') ? AF_INET6 : AF_INET), a);
}

/* bound-ask KIND ADDRESS PORT: the same, of a socket that was bound to :: before. */
static int try_bound_ask(char **a)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int fd = open_socket(a[0], AF_INET6);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
		return errno;
	return do_ask(fd, a);
}

/* send KIND ADDRESS PORT: one datagram of an unbound socket, and its answer. */
static int try_send(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);
	int fd = open_socket(a[0], address.any.sa_family);
	char answer[200];
	ssize_t n;

	if (fd < 0 || sendto(fd, "?", 1, 0, &address.any, size) < 0)
		return errno;
	size = sizeof(address);
	n = recvfrom(fd, answer, sizeof(answer) - 1, 0, &address.any, &size);
	if (n < 0)
		return errno;
	answer[n] = '\0';
	show("from", &address, false);
	printf("answer (%s) ", answer);
	return 0;
}

/* Where does an unbound socket hear?  The kernel's own word, from /proc/net. */
static void show_table(const char *table, int port)
{
	char line[512], path[40], local[40];
	unsigned int at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/net/%s", table);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %*d: %32[0-9A-F]:%x", local, &at) == 2 && (int)at == port)
			printf("hears %s ", local);
	if (f)
		fclose(f);
}

/* autobind ADDRESS: sends from an unbound UDP socket, prints where it hears. */
static int try_autobind(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[0], "9", &address);
	int fd = open_socket("udp", address.any.sa_family);

	if (fd < 0 || sendto(fd, "?", 1, 0, &address.any, size) < 0)
		return errno;
	size = sizeof(address);
	getsockname(fd, &address.any, &size);
	show_table(address.any.sa_family == AF_INET6 ? "udp6" : "udp",
		   ntohs(address.ip4.sin_port));
	return 0;
}

/* listen FAMILY: without a bind. */
static int try_listen(char **a)
{
	int fd = open_socket("tcp", atoi(a[0]) == 6 ? AF_INET6 : AF_INET);
	union probe_address address;
	socklen_t size = sizeof(address);

	if (fd < 0 || listen(fd, 1))
		return errno;
	getsockname(fd, &address.any, &size);
	show_table(address.any.sa_family == AF_INET6 ? "tcp6" : "tcp",
		   ntohs(address.ip4.sin_port));
	return 0;
}

/* socket FAMILY TYPE PROTOCOL */
static int try_socket(char **a)
{
	return socket(atoi(a[0]), atoi(a[1]), atoi(a[2])) < 0 ? errno : 0;
}

/* serve KIND ADDRESS PORT NAME: answers for ever; ready when it has closed stdout. */
static int try_serve(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);
	int fd = open_socket(a[0], address.any.sa_family), peer;
	bool tcp = !strncmp(a[0], "tcp", 3);
	char question[1];

	if (fd < 0 || bind(fd, &address.any, size) || (tcp && listen(fd, 10)))
		return errno;
	puts("ready");
	fclose(stdout);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0 }, sizeof(struct timeval));
	for (;;) {
		size = sizeof(address);
		if (tcp) {
			peer = accept(fd, NULL, NULL);
			if (recv(peer, question, 1, 0) > 0)
				send(peer, a[3], strlen(a[3]), MSG_NOSIGNAL);
			close(peer);
		} else if (recvfrom(fd, question, 1, 0, &address.any, &size) > 0) {
			sendto(fd, a[3], strlen(a[3]), 0, &address.any, size);
		}
	}
}

static socklen_t parse_unix(const char *name, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strncpy(ret->sun_path, name, sizeof(ret->sun_path) - 1);
	if (name[0] == '@')
		ret->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + strlen(name);
}

/* unix-serve stream|dgram NAME, @NAME is abstract */
static int try_unix_serve(char **a)
{
	struct sockaddr_un address;
	socklen_t size = parse_unix(a[1], &address);
	bool stream = !strcmp(a[0], "stream");
	int fd = socket(AF_UNIX, stream ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || (stream && listen(fd, 10)))
		return errno;
	puts("ready");
	fclose(stdout);
	for (;;)
		pause();
}

static int try_unix_connect(char **a)
{
	struct sockaddr_un address;
	socklen_t size = parse_unix(a[1], &address);
	bool stream = !strcmp(a[0], "stream");
	int fd = socket(AF_UNIX, stream ? SOCK_STREAM : SOCK_DGRAM, 0);

	return fd < 0 || connect(fd, (struct sockaddr *)&address, size) ? errno : 0;
}

static int try_unix_send(char **a)
{
	struct sockaddr_un address;
	socklen_t size = parse_unix(a[0], &address);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	return fd < 0 || sendto(fd, "?", 1, 0, (struct sockaddr *)&address, size) < 0 ? errno : 0;
}

/* with-socket COMMAND...: runs it with an unbound TCP socket as descriptor 9. */
static int try_with_socket(char **a)
{
	if (dup2(socket(AF_INET, SOCK_STREAM, 0), 9) < 0)
		return errno;
	execvp(a[0], a);
	return errno;
}

/* inherited FD ADDRESS PORT: binds a socket that someone else made. */
static int try_inherited(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);

	return bind(atoi(a[0]), &address.any, size) ? errno : 0;
}

const struct probe probe_sockets[] = {
	{ "bind",		3, try_bind },
	{ "bind-with",		3, try_bind_with },
	{ "connect",		3, try_connect },
	{ "ask",		3, try_ask },
	{ "bound-ask",		3, try_bound_ask },
	{ "send",		3, try_send },
	{ "autobind",		1, try_autobind },
	{ "listen",		1, try_listen },
	{ "socket",		3, try_socket },
	{ "serve",		4, try_serve },
	{ "unix-serve",		2, try_unix_serve },
	{ "unix-connect",	2, try_unix_connect },
	{ "unix-send",		1, try_unix_send },
	{ "with-socket",	-1, try_with_socket },
	{ "inherited",		3, try_inherited },
	{ NULL, 0, NULL }
};
