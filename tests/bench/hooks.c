// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * hooks fork|kill|bind|connect|open COUNT [ADDRESS] - does it COUNT times and
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address = { .sin_family = AF_INET };
static pid_t child;

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

static void do_kill(void)
{
	if (kill(child, 0))
		die("kill");
}

static void with_socket(int (*act)(int, const struct sockaddr *, socklen_t), const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || act(fd, (struct sockaddr *)&address, sizeof(address)))
		die(name);
	close(fd);
}

/* socket, bind and close */
static void do_bind(void)
{
	with_socket(bind, "bind");
}

/* socket, connect and close */
static void do_connect(void)
{
	with_socket(connect, "connect");
}

static void do_open(void)
{
	int fd = open("/etc/hostname", O_RDONLY);

	if (fd < 0)
		die("open");
	close(fd);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "fork", do_fork },
	{ "kill", do_kill },
	{ "bind", do_bind },
	{ "connect", do_connect },
	{ "open", do_open },
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
		inet_pton(AF_INET, argv[3], &address.sin_addr);
	address.sin_port = htons(strcmp(argv[1], "connect") ? 0 : 9);
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
