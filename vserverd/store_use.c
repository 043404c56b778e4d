// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who uses which image, and images removed: a name at a time, and the last one
 * takes the image with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "fail.h"
#include "scope.h"
#include "store.h"
#include "tree.h"

static int push(char ***strv, size_t *n, const char *text)
{
	char **grown = reallocarray(*strv, *n + 2, sizeof(char *));

	if (!grown)
		return -ENOMEM;
	*strv = grown;
	grown[*n + 1] = NULL;
	grown[*n] = strdup(text);
	if (!grown[*n])
		return -ENOMEM;
	++*n;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted; those that begin with a dot only if @hidden. */
static int list(int dir, const char *path, bool hidden, char ***ret)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	_cleanup_strv_free_ char **names = calloc(1, sizeof(char *));
	const struct dirent *entry;
	size_t n = 0;
	int r = 0;

	if (!names)
		return -ENOMEM;
	if (!stream && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	while (stream && !r && (entry = readdir(stream)))
		if (entry->d_name[0] != '.' || (hidden && strlen(entry->d_name) > 2))
			r = push(&names, &n, entry->d_name);
	if (r < 0)
		return r;
	qsort(names, n, sizeof(char *), compare);
	*ret = TAKE_PTR(names);
	return 0;
}

/* --- users ------------------------------------------------------------------------- */

/* false: it has no image. */
static bool read_image(int dir, const char *path, char digest[STORE_DIGEST_SIZE])
{
	char target[512];
	ssize_t n = readlinkat(dir, path, target, sizeof(target) - 1);
	const char *last;

	if (n < 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (!store_is_digest(last))
		return false;
	strcpy(digest, last);
	return true;
}

static int add_use(struct store_uses *uses, const char *digest, const char *guest,
		   const char *snapshot)
{
	struct store_use *grown = reallocarray(uses->uses, uses->n + 1, sizeof(*grown)), *use;

	if (!grown)
		return -ENOMEM;
	uses->uses = grown;
	use = &grown[uses->n];
	*use = (struct store_use){ .guest = strdup(guest),
				   .snapshot = snapshot ? strdup(snapshot) : NULL };
	strcpy(use->digest, digest);
	uses->n++;
	return use->guest && (!snapshot || use->snapshot) ? 0 : -ENOMEM;
}

static int read_guest(int guests, const char *guest, struct store_uses *uses)
{
	_cleanup_free_ char *path = NULL, *snapshots = NULL;
	_cleanup_strv_free_ char **names = NULL;
	char digest[STORE_DIGEST_SIZE];
	int r = 0;

	if (asprintf(&path, "%s/image", guest) < 0 ||
	    asprintf(&snapshots, "%s/snapshots", guest) < 0)
		return -ENOMEM;
	if (read_image(guests, path, digest))
		r = add_use(uses, digest, guest, NULL);
	if (!r)
		r = list(guests, snapshots, false, &names);
	for (char **name = names; name && *name && !r; name++) {
		_cleanup_free_ char *one = NULL;

		if (asprintf(&one, "%s/%s/image", snapshots, *name) < 0)
			return -ENOMEM;
		if (read_image(guests, one, digest))
			r = add_use(uses, digest, guest, *name);
	}
	return r;
}

int store_uses_read(bool hidden, struct store_uses *ret)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_uses_ struct store_uses uses = {};
	_cleanup_strv_free_ char **names = NULL;
	int r;

	*ret = (struct store_uses){};
	if (guests < 0)
		return errno == ENOENT ? 0 : -errno;
	r = list(guests, ".", hidden, &names);
	for (char **name = names; name && *name && !r; name++)
		r = read_guest(guests, *name, &uses);
	if (r < 0)
		return r;
	*ret = uses;
	uses = (struct store_uses){};
	return 0;
}

void store_uses_clear(struct store_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		free(uses->uses[i].guest);
		free(uses->uses[i].snapshot);
	}
	free(uses->uses);
	*uses = (struct store_uses){};
}

int store_names(int images, const char *digest, char ***ret)
{
	_cleanup_strv_free_ char **entries = NULL;
	_cleanup_strv_free_ char **names = calloc(1, sizeof(char *));
	size_t n = 0;
	int r = names ? list(images, ".", false, &entries) : -ENOMEM;

	for (char **entry = entries; entry && *entry && !r; entry++) {
		char target[STORE_DIGEST_SIZE];

		if (read_image(images, *entry, target) && !strcmp(target, digest))
			r = push(&names, &n, *entry);
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(names);
	return 0;
}

/* --- removing ------------------------------------------------------------------------- */

static int check_unused(const char *digest, char **ret_reason)
{
	_cleanup_uses_ struct store_uses uses = {};
	_cleanup_free_ char *text = NULL;
	const char *between = "it is used by ";
	size_t size = 0, n = 0;
	FILE *out;
	int r = store_uses_read(true, &uses);

	if (r < 0)
		return fail(ret_reason, r, "looking for its guests: %s", strerror(-r));
	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < uses.n; i++) {
		const struct store_use *use = &uses.uses[i];

		if (strcmp(use->digest, digest) != 0 || n++ >= 8)
			continue;
		if (*use->guest == '.')
			fprintf(out, "%sa guest that is being made or removed", between);
		else
			fprintf(out, "%s'%s'%s%s", between, use->guest,
				use->snapshot ? ", its snapshot " : "",
				use->snapshot ? use->snapshot : "");
		between = ", ";
	}
	if (n > 8)
		fprintf(out, " and %zu more", n - 8);
	if (fclose(out) != 0)
		return -ENOMEM;
	return n ? fail(ret_reason, -EBUSY, "%s; delete these first", text) : 0;
}

/* A guest that was made since opens the tree after it has made its link: it has
 * found none, or is seen now. */
static int hide_image(int images, const char *digest, char *hidden, char **ret_reason)
{
	int r = check_unused(digest, ret_reason);

	if (r < 0)
		return r;
	if (!mkdtemp(hidden))
		return fail(ret_reason, -errno, "making %s: %s", hidden, strerror(errno));
	if (renameat(images, digest, AT_FDCWD, hidden) < 0) {
		r = fail(ret_reason, -errno, "renaming " IMAGES_DIR "/%s: %s", digest,
			 strerror(errno));
		rmdir(hidden);
		return r;
	}
	r = check_unused(digest, ret_reason);
	if (r < 0 && (renameat(AT_FDCWD, hidden, images, digest) < 0 || fsync(images) < 0))
		return fail(ret_reason, -errno, "renaming %s: %s", hidden, strerror(errno));
	return r;
}

/* Of ".sha256-HEX.XXXXXX"; false: it is another. */
static bool hidden_digest(const char *entry, char digest[STORE_DIGEST_SIZE])
{
	const char *end = strrchr(entry, '.');

	if (*entry != '.' || end <= entry || (size_t)(end - entry) > STORE_DIGEST_SIZE)
		return false;
	snprintf(digest, STORE_DIGEST_SIZE, "%.*s", (int)(end - entry) - 1, entry + 1);
	return store_is_digest(digest);
}

static int bring_back(int images, const char *entry, const struct store_uses *uses)
{
	char digest[STORE_DIGEST_SIZE];

	if (!hidden_digest(entry, digest))
		return 0;
	for (size_t i = 0; i < uses->n; i++)
		if (!strcmp(uses->uses[i].digest, digest))
			return renameat2(images, entry, images, digest, RENAME_NOREPLACE) < 0 &&
			       errno != EEXIST ? -errno : 0;
	return 0;
}

/* One that leads nowhere is none, but would be again with another import of the same. */
static int drop_name(int images, const char *entry)
{
	char target[STORE_DIGEST_SIZE + 1];
	ssize_t n = readlinkat(images, entry, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (!store_is_digest(target) || faccessat(images, target, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT)
		return 0;
	return unlinkat(images, entry, 0) < 0 ? -errno : 0;
}

int store_settle(void)
{
	_cleanup_close_ int images = store_lock();
	_cleanup_uses_ struct store_uses uses = {};
	_cleanup_strv_free_ char **entries = NULL;
	int r = images < 0 ? images : store_uses_read(true, &uses);

	if (!r)
		r = list(images, ".", true, &entries);
	for (char **entry = entries; entry && *entry && !r; entry++)
		r = bring_back(images, *entry, &uses);
	for (char **entry = entries; entry && *entry && !r; entry++)
		r = drop_name(images, *entry);
	return !r && fsync(images) < 0 ? -errno : r;
}

/* The image first: a name that leads nowhere is none. */
static int remove_image(int images, const char *digest, char *const *names, char *hidden,
			char **ret_reason)
{
	int r = hide_image(images, digest, hidden, ret_reason);

	if (r < 0)
		return r;
	for (; *names; names++)
		if (unlinkat(images, *names, 0) < 0)
			return fail(ret_reason, -errno, "removing " IMAGES_DIR "/%s: %s", *names,
				    strerror(errno));
	return fsync(images) < 0 ? fail(ret_reason, -errno, "writing " IMAGES_DIR ": %s",
					strerror(errno)) : 0;
}

static int remove_word(int images, const char *word, char *const *names, const char *digest,
		       char *hidden, bool *ret_kept, char **ret_reason)
{
	size_t n = 0;
	bool named = false;

	for (; names[n]; n++)
		named |= !strcmp(names[n], word);
	*ret_kept = named && n > 1;
	if (*ret_kept) {
		if (unlinkat(images, word, 0) == 0 && fsync(images) == 0)
			return 0;
		return fail(ret_reason, -errno, "removing " IMAGES_DIR "/%s: %s", word,
			    strerror(errno));
	}
	return remove_image(images, digest, names, hidden, ret_reason);
}

int store_remove(const char *word, bool *ret_kept, char **ret_reason)
{
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_close_ int images = store_lock();
	_cleanup_free_ char *digest = NULL, *hidden = NULL;
	int r;

	*ret_reason = NULL;
	if (images < 0)
		return fail(ret_reason, images, "locking " IMAGES_DIR ": %s", strerror(-images));
	r = store_find(word, &digest, ret_reason);
	if (!r)
		r = store_names(images, digest, &names);
	if (!r && asprintf(&hidden, IMAGES_DIR "/.%s.XXXXXX", digest) < 0) {
		hidden = NULL;
		r = -ENOMEM;
	}
	if (!r)
		r = remove_word(images, word, names, digest, hidden, ret_kept, ret_reason);
	if (r < 0 || *ret_kept)
		return r;
	/* What takes long holds nobody up. */
	close(TAKE_FD(images));
	images = store_open();
	if (images < 0)
		return images;
	r = tree_remove(images, strrchr(hidden, '/') + 1);
	return r < 0 ? fail(ret_reason, r, "removing %s: %s", hidden, r == -EXDEV ?
			    "something is mounted in it" : strerror(-r)) : 0;
}
