/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An export unpacked beside the guests.
 */
#ifndef IMPORT_UNPACK_H
#define IMPORT_UNPACK_H

#include "unpack.h"

/* Beside root/ until it is a guest. */
#define IMPORT_CONF	"import.conf"	/* its settings, each line good by itself */
#define IMPORT_NAME	"import.name"	/* of the guest */
#define IMPORT_SINCE	"import.since"	/* that snapshot of it, of a change only */

/**
 * import_unpack() - make @directory/root, and these files, in an empty directory.
 * @archive: a file or a pipe.
 * @name: of the guest; NULL: the archive's.
 *
 * For a worker; on failure what there is is left.  As import_read(); -EINVAL a
 * setting in it is none, -ESTALE and -ENOENT as import_since(); with a reason.
 */
int import_unpack(int archive, const char *directory, const char *name,
		  const struct unpack_progress *progress, char **ret_reason);

#endif
