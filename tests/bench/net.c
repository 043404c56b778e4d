// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * net serve any|any6             servers on the wildcard; prints "ready", ends with its input
 * net tcp-stream MIB ADDRESS     one stream: MiB a second
 * net tcp-rtt COUNT ADDRESS      64 bytes there and back on a connection: ns each
 * net connect-rate COUNT ADDRESS connections, made, accepted and closed: how many a second
 * net udp-rtt COUNT ADDRESS      64 bytes there and back: ns each
 *
 * The client asks the server of that name.  What the figures mean is net.sh's.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PORT	5200
#define WRITE_BYTES	(128 << 10)	/* what iperf3 writes at a time */
#define MESSAGE_BYTES	64

static char buffer[WRITE_BYTES];

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void need(bool good, const char *what)
{
	if (!good)
		die(what);
}

static union name parse(const char *text, int port)
{
	union name n = { .in.sin_family = AF_INET, .in.sin_port = htons(port) };

	if (inet_pton(AF_INET, text, &n.in.sin_addr) == 1)
		return n;
	n.in6.sin6_family = AF_INET6;	/* the port is where it was */
	need(inet_pton(AF_INET6, text, &n.in6.sin6_addr) == 1, text);
	return n;
}

static socklen_t size_of(const union name *n)
{
	return n->any.sa_family == AF_INET ? sizeof(n->in) : sizeof(n->in6);
}

static int connected(const union name *to, int type)
{
	int fd = socket(to->any.sa_family, type, 0), one = 1;

	need(fd >= 0 && !connect(fd, &to->any, size_of(to)), "connect");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Everything, or false: the other side has closed. */
static bool receive(int fd, size_t size)
{
	ssize_t n = 0;

	for (; size; size -= n) {
		n = recv(fd, buffer, size, 0);
		need(n >= 0, "recv");
		if (!n)
			return false;
	}
	return true;
}

static void send_all(int fd, size_t size)
{
	need(send(fd, buffer, size, MSG_NOSIGNAL) == (ssize_t)size, "send");
}

/* --- what they serve: one connection after the other ------------------------------ */

static void serve_stream(int fd)
{
	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		;
}

static void serve_echo(int fd)
{
	while (receive(fd, MESSAGE_BYTES))
		send_all(fd, MESSAGE_BYTES);
}

static void serve_nothing(int fd)
{
}

/* Not connected: as a server of DNS does. */
static void serve_datagrams(int fd)
{
	union name from;
	socklen_t size;
	ssize_t n;

	for (;;) {
		size = sizeof(from);
		n = recvfrom(fd, buffer, sizeof(buffer), 0, &from.any, &size);
		need(n >= 0 && sendto(fd, buffer, n, 0, &from.any, size) == n, "sendto");
	}
}

/* --- what they ask: how long it took, in seconds ------------------------------------ */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double ask_stream(const union name *to, int mib)
{
	int fd = connected(to, SOCK_STREAM);
	double begin;

	send_all(fd, WRITE_BYTES);
	begin = now();
	for (int i = 0; i < mib * ((1 << 20) / WRITE_BYTES); i++)
		send_all(fd, WRITE_BYTES);
	shutdown(fd, SHUT_WR);
	need(!receive(fd, 1), "the server says something");
	close(fd);
	return now() - begin;
}

static double ask_echo(const union name *to, int count, int type)
{
	int fd = connected(to, type), warm = count / 10;
	double begin = 0;

	for (int i = 0; i < warm + count; i++) {
		if (i == warm)
			begin = now();
		send_all(fd, MESSAGE_BYTES);
		need(receive(fd, MESSAGE_BYTES), "no answer");
	}
	close(fd);
	return now() - begin;
}

static double ask_rtt(const union name *to, int count)
{
	return ask_echo(to, count, SOCK_STREAM);
}

static double ask_datagrams(const union name *to, int count)
{
	return ask_echo(to, count, SOCK_DGRAM);
}

static double ask_connections(const union name *to, int count)
{
	int warm = count / 10;
	double begin = 0;

	for (int i = 0; i < warm + count; i++) {
		int fd;

		if (i == warm)
			begin = now();
		fd = connected(to, SOCK_STREAM);
		need(!receive(fd, 1), "the server says something");
		close(fd);
	}
	return now() - begin;
}

/* --- all of them -------------------------------------------------------------------- */

static const struct act {
	const char *name;
	int type;
	void (*serve)(int fd);
	double (*ask)(const union name *to, int count);
	bool is_rate;		/* else ns each */
} acts[] = {
	{ "tcp-stream", SOCK_STREAM, serve_stream, ask_stream, true },
	{ "tcp-rtt", SOCK_STREAM, serve_echo, ask_rtt, false },
	{ "connect-rate", SOCK_STREAM, serve_nothing, ask_connections, true },
	{ "udp-rtt", SOCK_DGRAM, serve_datagrams, ask_datagrams, false },
	{}
};

static void serve(const struct act *act, int listener)
{
	if (act->type == SOCK_DGRAM)
		act->serve(listener);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		need(fd >= 0, "accept");
		act->serve(fd);
		close(fd);
	}
}

static void start_server(int i, const char *wildcard)
{
	union name at = parse(wildcard, FIRST_PORT + i);
	int fd = socket(at.any.sa_family, acts[i].type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	need(fd >= 0 && !bind(fd, &at.any, size_of(&at)), "bind");
	need(acts[i].type == SOCK_DGRAM || !listen(fd, 128), "listen");
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(&acts[i], fd);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve")) {
		for (int i = 0; acts[i].name; i++)
			start_server(i, strcmp(argv[2], "any6") ? "0.0.0.0" : "::");
		puts("ready");
		fflush(stdout);
		while (read(0, buffer, 1) > 0)
			;
		return 0;
	}
	for (int i = 0; argc == 4 && acts[i].name; i++) {
		union name to = parse(argv[3], FIRST_PORT + i);
		int count = atoi(argv[2]);
		double took;

		if (strcmp(acts[i].name, argv[1]))
			continue;
		took = acts[i].ask(&to, count);
		printf("%.1f\n", acts[i].is_rate ? count / took : took / count * 1e9);
		return 0;
	}
	return 2;
}
