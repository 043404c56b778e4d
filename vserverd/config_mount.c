// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest has mounted, as it is configured.  Guests get nothing of each
 * other's trees, and nothing of an image but by a layer over it.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_entry.h"
#include "scope.h"
#include "store.h"

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

/* Of the store, or above it; whatever the administrator has made of that: a link, too. */
static bool has_store(const char *path, const char *directory)
{
	_cleanup_free_ char *real = realpath(directory, NULL);

	return !strcmp(path, "/") || is_below(path, directory) || is_below(directory, path) ||
	       (real && (is_below(path, real) || is_below(real, path)));
}

static void check(const struct config *config, const struct entry *entry,
		  const struct vs_mount *mount, FILE *errors)
{
	if (mount->source && (has_store(mount->source, GUESTS_DIR) ||
			      has_store(mount->source, IMAGES_DIR)))
		entry_complain(errors, entry, "mount: %s is of the store of guests and images, or "
			       "has it in it; share a directory outside of it", mount->source);
	if (mount->type == VS_MOUNT_OVERLAY && strchr(mount->target, '%'))
		entry_complain(errors, entry, "mount: a layer at %s cannot be kept; choose a "
			       "target without %%", mount->target);
	for (size_t i = 0; i < config->n_mounts; i++)
		if (!strcmp(config->mounts[i].target, mount->target))
			entry_complain(errors, entry, "mount: two are mounted at %s; leave one "
				       "out", mount->target);
}

int config_take_mounts(const struct entries *entries, struct config *config, FILE *errors)
{
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *entry = &entries->entry[i];
		_cleanup_free_ char *reason = NULL, *remedy = NULL;
		struct vs_mount mount, *grown;
		int r;

		if (entry->setting->type != VS_TYPE_MOUNT || !*entry->value)
			continue;
		r = vs_parse_mount(entry->value, &mount, &reason, &remedy);
		if (r == -EINVAL)
			continue;	/* it was told where the line was read */
		if (r < 0)
			return r;
		check(config, entry, &mount, errors);
		grown = reallocarray(config->mounts, config->n_mounts + 1, sizeof(*grown));
		if (!grown) {
			vs_mount_clear(&mount);
			return -ENOMEM;
		}
		config->mounts = grown;
		config->mounts[config->n_mounts++] = mount;
	}
	return 0;
}
