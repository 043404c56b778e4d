/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Processes of contexts, as /proc has them.  Which there are says the module;
 * what each calls itself is its own choice, so that nothing of it gets to a
 * terminal that is not printable.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"

#define COMMAND_MAX	4096

/* Into @buffer, ended by NUL; -1: it has ended. */
static ssize_t read_file(int dir, const char *name, char *buffer, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buffer, size - 1);

	if (fd >= 0)
		close(fd);
	if (n >= 0)
		buffer[n] = '\0';
	return n;
}

static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* "PID (NAME) STATE PPID ...": NAME may have any character, ')' too. */
static bool read_stat(int dir, struct process *p, char **ret_name)
{
	unsigned long long user, system, start;
	char text[1024], *open, *close_;
	long pages;
	int ppid;

	if (read_file(dir, "stat", text, sizeof(text)) <= 0)
		return false;
	open = strchr(text, '(');
	close_ = strrchr(text, ')');
	if (!open || !close_ || close_ < open ||
	    sscanf(close_ + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d "
		   "%*d %*d %*d %llu %*u %ld", &p->state, &ppid, &user, &system, &start,
		   &pages) != 6)
		return false;
	p->ppid = ppid;
	p->start = start;
	p->cpu_ns = (user + system) * (1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK));
	p->memory_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	*close_ = '\0';
	return asprintf(ret_name, "[%s]", open + 1) >= 0;
}

/* Its arguments with blanks between; of one that has none, its name. */
static char *read_command(int dir, char *name)
{
	char text[COMMAND_MAX];
	ssize_t n = read_file(dir, "cmdline", text, sizeof(text));

	while (n > 0 && !text[n - 1])
		n--;
	if (n <= 0)
		return name;
	for (ssize_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = ' ';
	free(name);
	return strdup(text);
}

static bool read_process(const struct vs_process *found, struct process *ret)
{
	struct process p = { .pid = found->pid, .xid = found->xid };
	char path[32], *name = NULL;
	struct stat st;
	bool ok = false;
	int dir;

	snprintf(path, sizeof(path), "/proc/%d", (int)found->pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && fstat(dir, &st) == 0 && read_stat(dir, &p, &name)) {
		p.uid = st.st_uid;
		p.command = read_command(dir, name);
		ok = p.command;
	}
	if (dir >= 0)
		close(dir);
	if (!ok)
		return false;
	make_printable(p.command);
	*ret = p;
	return true;
}

int processes_read(struct vs *vs, uint32_t xid, struct process **ret, size_t *ret_n)
{
	struct vs_process *found = NULL;
	struct process *processes;
	size_t n_found = 0, n = 0;
	int r;

	r = vs_process_list(vs, xid, &found, &n_found);
	if (r < 0)
		return r;
	processes = calloc(n_found + 1, sizeof(*processes));
	for (size_t i = 0; processes && i < n_found; i++)
		n += read_process(&found[i], &processes[n]);
	free(found);
	if (!processes)
		return -ENOMEM;
	*ret = processes;
	*ret_n = n;
	return 0;
}

void processes_free(struct process *processes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(processes[i].command);
	free(processes);
}
