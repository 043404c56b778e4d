// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * connections COUNT BATCH ADDRESS…   to its own wildcard, COUNT to each address, BATCH open at a time
 *                                    of each; prints how many there were
 * connections hold COUNT ADDRESS…    COUNT to each, kept open until its input ends; prints "held"
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT		7000
#define OPEN_MAX_FDS	8192

static int open_fds[OPEN_MAX_FDS], n_open;
static long made;

static void die(const char *what)
{
	printf("%s: %s, after %ld connections\n", what, strerror(errno), made);
	exit(1);
}

static int listen_on_all(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 1024))
		die("listen");
	return fd;
}

static void keep(int fd, const char *what)
{
	if (fd < 0 || n_open == OPEN_MAX_FDS)
		die(what);
	open_fds[n_open++] = fd;
}

/* Both ends, and that a byte gets through. */
static void make_one(int listener, const char *address)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	char byte = 1;
	int r;

	if (inet_pton(AF_INET, address, &four.sin_addr) == 1) {
		keep(socket(AF_INET, SOCK_STREAM, 0), "socket");
		r = connect(open_fds[n_open - 1], (struct sockaddr *)&four, sizeof(four));
	} else {
		inet_pton(AF_INET6, address, &six.sin6_addr);
		keep(socket(AF_INET6, SOCK_STREAM, 0), "socket");
		r = connect(open_fds[n_open - 1], (struct sockaddr *)&six, sizeof(six));
	}
	if (r)
		die("connect");
	keep(accept(listener, NULL, NULL), "accept");
	if (send(open_fds[n_open - 2], &byte, 1, 0) != 1 ||
	    recv(open_fds[n_open - 1], &byte, 1, 0) != 1)
		die("a byte");
	made++;
}

static void close_all(void)
{
	while (n_open)
		close(open_fds[--n_open]);
}

int main(int argc, char **argv)
{
	struct rlimit files = { OPEN_MAX_FDS + 64, OPEN_MAX_FDS + 64 };
	int count, batch, listener;
	bool hold;

	if (argc < 4)
		return 2;
	setrlimit(RLIMIT_NOFILE, &files);
	hold = !strcmp(argv[1], "hold");
	count = atoi(argv[hold ? 2 : 1]);
	batch = atoi(argv[2]);		/* all, where they are held */
	listener = listen_on_all();
	for (int done = 0; done < count; done += batch) {
		for (char **address = argv + 3; *address; address++)
			for (int i = 0; i < batch; i++)
				make_one(listener, *address);
		if (hold) {
			puts("held");
			fflush(stdout);
			while (read(0, &(char){ 0 }, 1) > 0)
				;
		}
		close_all();
	}
	printf("%ld\n", made);
	return 0;
}
