// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * rate receive tcp|udp SECONDS         on the wildcard; prints "ready", then in Mbit/s what came
 *                                      in so many seconds, from one second after the first
 * rate send tcp|udp STREAMS ADDRESS [BYTES]
 *                                      as much as can be sent, until nobody receives; or
 *                                      by each stream so many in a second, as fq has it
 *
 * What rate a guest with net-rate is kept to: of TCP what programs get, of UDP with
 * the headers that each datagram has.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT		5299
#define DATAGRAM_BYTES	1400
#define HEADER_BYTES	28
#define STREAMS_MAX	64

static char buffer[64 << 10];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* --- receiving ------------------------------------------------------------------- */

/* One is read from, or is a new stream: how many bytes. */
static size_t take(struct pollfd *fds, nfds_t *n, nfds_t i, int type)
{
	ssize_t got;

	if (i == 0 && type == SOCK_STREAM) {
		if (*n > STREAMS_MAX)
			die("too many streams");
		fds[(*n)++] = (struct pollfd){ accept(fds[0].fd, NULL, NULL), POLLIN };
		return 0;
	}
	got = recv(fds[i].fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	if (got == 0 || (got < 0 && errno != EAGAIN))
		die("a stream has ended");
	if (got < 0)
		return 0;
	return type == SOCK_DGRAM ? got + HEADER_BYTES : got;
}

static void receive(int type, double seconds)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct pollfd fds[STREAMS_MAX + 1] = { { socket(AF_INET, type, 0), POLLIN } };
	double begin = 0, t = 0;
	unsigned long long bytes = 0;
	const int yes = 1;
	nfds_t n = 1;

	if (setsockopt(fds[0].fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(fds[0].fd, (struct sockaddr *)&any, sizeof(any)) ||
	    (type == SOCK_STREAM && listen(fds[0].fd, STREAMS_MAX)))
		die("bind");
	puts("ready");
	fflush(stdout);
	while (!begin || t < begin + seconds) {
		nfds_t known = n;

		if (poll(fds, n, 30000) <= 0)
			die("nothing comes");
		t = now();
		for (nfds_t i = 0; i < known; i++) {
			size_t got = fds[i].revents ? take(fds, &n, i, type) : 0;

			if (got && !begin)
				begin = t + 1;
			if (begin && t >= begin)
				bytes += got;
		}
	}
	printf("%.3f\n", bytes * 8 / (t - begin) / 1e6);
}

/* --- sending ---------------------------------------------------------------------- */

static void send_for_ever(int type, int streams, const char *address, unsigned int pace)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	size_t size = type == SOCK_DGRAM ? DATAGRAM_BYTES : sizeof(buffer);
	int fd;

	inet_pton(AF_INET, address, &to.sin_addr);
	while (streams > 1 && fork())
		streams--;
	fd = socket(AF_INET, type, 0);
	if (pace && setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &pace, sizeof(pace)))
		die("pace");
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	while (send(fd, buffer, size, MSG_NOSIGNAL) >= 0 || errno == ENOBUFS || errno == EPERM)
		;
}

int main(int argc, char **argv)
{
	int type;

	if (argc < 4)
		return 2;
	type = strcmp(argv[2], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	if (!strcmp(argv[1], "receive"))
		receive(type, atof(argv[3]));
	else if (argc >= 5)
		send_for_ever(type, atoi(argv[3]), argv[4], argc > 5 ? atoi(argv[5]) : 0);
	return 0;
}
