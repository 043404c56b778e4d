/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Release by scope: what a _cleanup_ variable holds is released where its
 * scope ends, unless TAKE_PTR() or TAKE_FD() moved it.  Nothing else is here.
 */
#ifndef SCOPE_H
#define SCOPE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void scope_free(void *p)
{
	free(*(void **)p);
}

static inline void scope_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void scope_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void scope_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static inline void scope_strv_free(char ***strv)
{
	for (char **s = *strv; s && *s; s++)
		free(*s);
	free(*strv);
}

#define _cleanup_free_		__attribute__((cleanup(scope_free)))
#define _cleanup_close_		__attribute__((cleanup(scope_close)))
#define _cleanup_fclose_	__attribute__((cleanup(scope_fclose)))
#define _cleanup_closedir_	__attribute__((cleanup(scope_closedir)))
#define _cleanup_strv_free_	__attribute__((cleanup(scope_strv_free)))

#define TAKE_PTR(p)	({ typeof(p) taken_ = (p); (p) = NULL; taken_; })
#define TAKE_FD(fd)	({ int taken_ = (fd); (fd) = -1; taken_; })

#endif
