// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Traffic of a known amount, or as much as there is room for.  Static: a guest has
 * few libraries.
 *
 *	flow sink tcp|udp ADDRESS PORT SECONDS	bytes that come in so long
 *	flow send tcp|udp ADDRESS PORT SECONDS [STREAMS [SIZE]]
 *	flow datagrams ADDRESS PORT COUNT SIZE	so many, no more
 *	flow connect ADDRESS PORT COUNT		connections, one after the other
 *	flow accept ADDRESS PORT COUNT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STREAMS_MAX 64
#define BUFFER_SIZE (1 << 17)

static char buffer[BUFFER_SIZE];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t parse(const char *text, const char *port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *ip4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, &ip4->sin_addr) == 1) {
		ip4->sin_family = AF_INET;
		ip4->sin_port = htons((uint16_t)atoi(port));
		return sizeof(*ip4);
	}
	if (inet_pton(AF_INET6, text, &ip6->sin6_addr) != 1)
		die(text);
	ip6->sin6_family = AF_INET6;
	ip6->sin6_port = htons((uint16_t)atoi(port));
	return sizeof(*ip6);
}

static int connected(int type, const char *address, const char *port)
{
	struct sockaddr_storage to;
	socklen_t size = parse(address, port, &to);
	int fd = socket(to.ss_family, type, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, size) < 0)
		die("connect");
	return fd;
}

static int bound(int type, const char *address, const char *port)
{
	struct sockaddr_storage at;
	socklen_t size = parse(address, port, &at);
	int fd = socket(at.ss_family, type, 0), one = 1, room = 4 << 20;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (type == SOCK_DGRAM)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&at, size) < 0)
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 128) < 0)
		die("listen");
	puts("ready");
	fflush(stdout);
	return fd;
}

/* From the first byte on. */
static int sink(int type, const char *address, const char *port, double seconds)
{
	struct pollfd fds[STREAMS_MAX + 1] = {
		{ .fd = bound(type, address, port), .events = POLLIN },
	};
	unsigned long long bytes = 0;
	double until = 0;
	nfds_t n = 1;

	while (!until || now() < until) {
		if (poll(fds, n, 100) < 0)
			die("poll");
		if (type == SOCK_STREAM && fds[0].revents && n <= STREAMS_MAX) {
			fds[n++] = (struct pollfd){ accept(fds[0].fd, NULL, NULL), POLLIN, 0 };
			continue;
		}
		for (nfds_t i = type == SOCK_STREAM; i < n; i++) {
			ssize_t got = fds[i].revents ?
				      recv(fds[i].fd, buffer, sizeof(buffer), MSG_DONTWAIT) : 0;

			if (got > 0 && !until)
				until = now() + seconds;
			if (got > 0)
				bytes += (unsigned long long)got;
			else if (fds[i].revents && type == SOCK_STREAM && errno != EAGAIN)
				fds[i].events = 0;
		}
	}
	printf("%llu\n", bytes);
	return 0;
}

static int send_all(int type, const char *address, const char *port, double seconds, int streams,
		    size_t size)
{
	struct pollfd fds[STREAMS_MAX];
	double until = now() + seconds;

	for (int i = 0; i < streams && i < STREAMS_MAX; i++)
		fds[i] = (struct pollfd){ connected(type, address, port), POLLOUT, 0 };
	while (now() < until) {
		if (poll(fds, (nfds_t)streams, 100) < 0)
			die("poll");
		for (int i = 0; i < streams; i++)
			if (fds[i].revents && send(fds[i].fd, buffer, size, MSG_DONTWAIT |
						   MSG_NOSIGNAL) < 0 &&
			    (errno == EPIPE || errno == ECONNRESET))
				return 0;
	}
	return 0;
}

static int datagrams(const char *address, const char *port, int count, size_t size)
{
	int fd = connected(SOCK_DGRAM, address, port);

	for (int i = 0; i < count; i++)
		while (send(fd, buffer, size, 0) < 0)
			if (errno != ECONNREFUSED)	/* of one before: this is not sent yet */
				die("send");
	return 0;
}

static int connections(const char *address, const char *port, int count)
{
	for (int i = 0; i < count; i++)
		close(connected(SOCK_STREAM, address, port));
	return 0;
}

static int accepts(const char *address, const char *port, int count)
{
	int fd = bound(SOCK_STREAM, address, port);

	for (int i = 0; i < count; i++)
		close(accept(fd, NULL, NULL));
	return 0;
}

int main(int argc, char **argv)
{
	int type = argc > 2 && !strcmp(argv[2], "udp") ? SOCK_DGRAM : SOCK_STREAM;

	if (argc == 6 && !strcmp(argv[1], "sink"))
		return sink(type, argv[3], argv[4], atof(argv[5]));
	if (argc >= 6 && !strcmp(argv[1], "send"))
		return send_all(type, argv[3], argv[4], atof(argv[5]),
				argc > 6 ? atoi(argv[6]) : 1,
				argc > 7 ? (size_t)atoi(argv[7]) :
				type == SOCK_DGRAM ? 1400 : sizeof(buffer));
	if (argc == 6 && !strcmp(argv[1], "datagrams"))
		return datagrams(argv[2], argv[3], atoi(argv[4]), (size_t)atoi(argv[5]));
	if (argc == 5 && !strcmp(argv[1], "connect"))
		return connections(argv[2], argv[3], atoi(argv[4]));
	if (argc == 5 && !strcmp(argv[1], "accept"))
		return accepts(argv[2], argv[3], atoi(argv[4]));
	fputs("flow: see flow.c\n", stderr);
	return 2;
}
