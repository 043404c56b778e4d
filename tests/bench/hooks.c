// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * hooks getpid|kill|open|connect|datagram|fork|exec|pipe COUNT [ADDRESS] - does it COUNT times and
 * prints the nanoseconds that one took.  What the figures mean is hooks.sh's.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address = { .sin_family = AF_INET };
static pid_t child;
static int listener;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* fork, exit and wait */
static void do_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("fork");
}

/* fork, exec, exit and wait */
static void do_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("exec");
}

static void do_getpid(void)
{
	syscall(SYS_getpid);
}

/* A signal that is ignored: the shortest there is. */
static void do_kill(void)
{
	if (kill(child, SIGURG))
		die("kill");
}

/* A connection of TCP: made, accepted and closed. */
static void do_connect(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), server;

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	close(fd);
	close(server);
}

static void listen_at(const char *ip)
{
	socklen_t n = sizeof(address);

	inet_pton(AF_INET, ip, &address.sin_addr);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, n) ||
	    listen(listener, 128) || getsockname(listener, (struct sockaddr *)&address, &n))
		die("listen");
}

/* A datagram, sent and received. */
static void do_datagram(void)
{
	static int fd = -1;
	socklen_t n = sizeof(address);
	char byte = 0;

	if (fd < 0) {
		struct sockaddr_in self = address;

		self.sin_port = 0;
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&self, n) ||
		    getsockname(fd, (struct sockaddr *)&self, &n) ||
		    connect(fd, (struct sockaddr *)&self, n))
			die("datagram");
	}
	if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
		die("datagram");
}

static void do_open(void)
{
	int fd = open("/etc/hostname", O_RDONLY);

	if (fd < 0)
		die("open");
	close(fd);
}

/* A byte to another process and back. */
static void do_pipe(void)
{
	static int to[2], from[2];
	char byte = 0;

	if (!to[1]) {
		if (pipe(to) || pipe(from))
			die("pipe");
		if (fork() == 0) {
			close(to[1]);
			while (read(to[0], &byte, 1) == 1 && write(from[1], &byte, 1) == 1)
				;
			_exit(0);
		}
	}
	if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
		die("pipe");
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "getpid", do_getpid },
	{ "kill", do_kill },
	{ "open", do_open },
	{ "connect", do_connect },
	{ "datagram", do_datagram },
	{ "fork", do_fork },
	{ "exec", do_exec },
	{ "pipe", do_pipe },
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static double measure(void (*act)(void), int count)
{
	uint64_t start;

	for (int i = 0; i < count / 10 + 1; i++)
		act();
	start = now_ns();
	for (int i = 0; i < count; i++)
		act();
	return (double)(now_ns() - start) / count;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	if (argc > 3)
		listen_at(argv[3]);
	child = fork();
	if (!child)
		for (;;)
			pause();
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].name, argv[1]))
			printf("%.1f\n", measure(acts[i].act, atoi(argv[2])));
	kill(child, SIGKILL);
	return 0;
}
