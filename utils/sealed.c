/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A program that goes where files are not the host's runs there from a sealed
 * copy in memory.  Else a tree that was prepared could have it run once more as
 * the interpreter of a script, #!/proc/self/exe, with libraries of that tree,
 * and write to the host's file through what is then its own program.
 */
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "classic.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* All of @program, or -1. */
static int copy(int program)
{
	int memory = memfd_create(program_invocation_short_name, MFD_CLOEXEC | MFD_ALLOW_SEALING |
				  MFD_EXEC);
	struct stat st;
	off_t done = 0;

	if (memory < 0 || fstat(program, &st) < 0)
		return -1;
	while (done < st.st_size)
		if (sendfile(memory, program, &done, (size_t)(st.st_size - done)) <= 0)
			return -1;
	return fcntl(memory, F_ADD_SEALS, SEALS) < 0 ? -1 : memory;
}

void sealed_or_die(char **argv)
{
	int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), memory;

	/* A file on a disk knows no seals. */
	if (program >= 0 && fcntl(program, F_GET_SEALS) == SEALS) {
		close(program);
		return;
	}
	memory = program < 0 ? -1 : copy(program);
	if (memory >= 0)
		fexecve(memory, argv, environ);
	die(EXIT_FAILED, "cannot run from a copy of the program: %s", strerror(errno));
}
