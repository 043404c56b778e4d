// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a run writes on an image: a guest's directory under a name that no guest has
 * and the sweep of builds passes over (image.c), for whose it is says the lock of its
 * number (run_slot.c).
 */
#include "run_layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "ids.h"
#include "scope.h"
#include "tree.h"

#define PREFIX	".run-"
#define NAME_MAX_OF_RUN	24

static void name_of(unsigned int n, char (*ret)[NAME_MAX_OF_RUN])
{
	snprintf(*ret, sizeof(*ret), PREFIX "%u", n);
}

int run_layer_make(unsigned int n, const char *image, struct layer *ret, char **ret_root,
		   char **ret_reason)
{
	char name[NAME_MAX_OF_RUN];
	const struct config config = { .name = name };
	int r;

	name_of(n, &name);
	r = layer_create(name, image, ret_reason);
	if (!r)
		r = layer_find(&config, ret, ret_reason);
	if (!r && asprintf(ret_root, GUESTS_DIR "/%s/root", name) < 0) {
		*ret_root = NULL;
		r = -ENOMEM;
	}
	return r;
}

bool run_layer_is_there(unsigned int n)
{
	char name[NAME_MAX_OF_RUN], path[sizeof(GUESTS_DIR) + NAME_MAX_OF_RUN];

	name_of(n, &name);
	snprintf(path, sizeof(path), GUESTS_DIR "/%s", name);
	return access(path, F_OK) == 0;
}

int run_layer_remove(unsigned int n)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[NAME_MAX_OF_RUN];

	if (guests < 0)
		return errno == ENOENT ? 0 : -errno;
	name_of(n, &name);
	return tree_remove(guests, name);
}

bool run_layer_parse(const char *entry, unsigned int *ret)
{
	return !strncmp(entry, PREFIX, strlen(PREFIX)) &&
	       ids_parse_run(entry + strlen(PREFIX), ret);
}
