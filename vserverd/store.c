// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Images made: below a name of their own until they are whole, so that what has
 * its digest for a name is.  In this order: the tree and what describes it are on
 * disk; the directory has its real name; the name leads to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <systemd/sd-json.h>
#include <time.h>

#include "digest.h"
#include "directory.h"
#include "fail.h"
#include "manifest.h"
#include "scope.h"
#include "store.h"
#include "text.h"
#include "tree.h"

#define TEMPORARY IMAGES_DIR "/.%s.XXXXXX"
#define LINK	  ".%s.newlnk"		/* looks like the others, for the sweep */

int store_open(void)
{
	_cleanup_close_ int fd = -1;

	if (mkdir("/var/lib/vserver", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mkdir(IMAGES_DIR, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(IMAGES_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* What is set-user-ID in an image is not for the host's users. */
	if (fd < 0 || fchmod(fd, 0700) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int store_lock(void)
{
	_cleanup_close_ int fd = store_open();

	if (fd < 0)
		return fd;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

/* --- begin and end ---------------------------------------------------------------- */

static int open_directory(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int store_begin(const char *name, struct unfinished *ret, char **ret_reason)
{
	*ret = (struct unfinished){ .directory = -1, .root = -1, .images = store_open() };
	if (ret->images < 0)
		return fail(ret_reason, ret->images, "making " IMAGES_DIR ": %s",
			    strerror(-ret->images));
	if (asprintf(&ret->path, TEMPORARY, name) < 0) {
		ret->path = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(ret->path)) {
		int r = fail(ret_reason, -errno, "making %s: %s", ret->path, strerror(errno));

		free(TAKE_PTR(ret->path));
		return r;
	}
	ret->directory = open_directory(AT_FDCWD, ret->path);
	if (ret->directory < 0 || mkdirat(ret->directory, "root", 0755) < 0)
		return fail(ret_reason, -errno, "making %s: %s", ret->path, strerror(errno));
	/* Whatever the umask is. */
	ret->root = open_directory(ret->directory, "root");
	if (ret->root < 0 || fchmod(ret->root, 0755) < 0)
		return fail(ret_reason, -errno, "making %s: %s", ret->path, strerror(errno));
	return 0;
}

void store_drop(struct unfinished *making)
{
	scope_close(&making->root);
	scope_close(&making->directory);
	if (making->path)
		tree_remove(making->images, strrchr(making->path, '/') + 1);
	scope_close(&making->images);
	free(making->path);
	*making = (struct unfinished){ .images = -1, .directory = -1, .root = -1 };
}

/* --- what describes it ------------------------------------------------------------- */

static FILE *create(const struct unfinished *making, const char *name)
{
	int fd = openat(making->directory, name,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

static int write_manifest(const struct unfinished *making, char digest[DIGEST_DIGITS + 1],
			  struct manifest_sums *ret, char **ret_reason)
{
	const struct manifest_progress nobody = {};
	_cleanup_fclose_ FILE *file = create(making, "manifest");
	int r;

	if (!file)
		return fail(ret_reason, -errno, "writing its manifest: %s", strerror(errno));
	r = manifest_write(making->root, file, &nobody, ret, ret_reason);
	if (r < 0)
		return r;
	r = digest_file(fileno(file), NULL, NULL, digest);
	return r < 0 ? fail(ret_reason, r, "reading its manifest: %s", strerror(-r)) : 0;
}

static int format_description(const char *source, const struct manifest_sums *sums, char **ret)
{
	_cleanup_free_ char *words = strdup(source);
	sd_json_variant *object = NULL;
	time_t now = time(NULL);
	char created[32];
	struct tm tm;
	int r;

	if (!words || !gmtime_r(&now, &tm))
		return -ENOMEM;
	text_make_utf8(words);
	strftime(created, sizeof(created), "%FT%TZ", &tm);
	r = sd_json_buildo(&object, SD_JSON_BUILD_PAIR_STRING("created", created),
			   SD_JSON_BUILD_PAIR_STRING("source", words),
			   SD_JSON_BUILD_PAIR_UNSIGNED("sizeBytes", sums->bytes),
			   SD_JSON_BUILD_PAIR_UNSIGNED("entries", sums->entries));
	if (r >= 0)
		r = sd_json_variant_format(object, SD_JSON_FORMAT_NEWLINE, ret);
	sd_json_variant_unref(object);
	return r < 0 ? r : 0;
}

static int write_description(const struct unfinished *making, const char *source,
			     const struct manifest_sums *sums, char **ret_reason)
{
	_cleanup_free_ char *text = NULL;
	FILE *file;
	int r = format_description(source, sums, &text);

	if (r < 0)
		return r;
	file = create(making, "image.json");
	if (file && fputs(text, file) < 0) {
		fclose(file);
		file = NULL;
	}
	if (!file || fclose(file) != 0)
		return fail(ret_reason, -errno, "writing its image.json: %s", strerror(errno));
	return 0;
}

/* --- its names ------------------------------------------------------------------------ */

static int check_name(int images, const char *name, const char *digest, bool replace,
		      char **ret_reason)
{
	char target[STORE_DIGEST_SIZE + 1];
	ssize_t n = readlinkat(images, name, target, sizeof(target) - 1);

	if (n < 0)
		return errno == ENOENT ? 0 : fail(ret_reason, -errno, IMAGES_DIR "/%s: %s", name,
						  strerror(errno));
	target[n] = '\0';
	if (replace || !strcmp(target, digest) ||
	    faccessat(images, target, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return fail(ret_reason, -EEXIST, "there is an image of that name, and it is another; "
		    "take another name, or --replace to give it this one");
}

static int give_name(int images, const char *name, const char *digest, char **ret_reason)
{
	_cleanup_free_ char *temporary = NULL;

	if (asprintf(&temporary, LINK, name) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	unlinkat(images, temporary, 0);
	if (symlinkat(digest, images, temporary) < 0 ||
	    renameat(images, temporary, images, name) < 0)
		return fail(ret_reason, -errno, "naming " IMAGES_DIR "/%s: %s", name,
			    strerror(errno));
	return 0;
}

/* The path is no longer its own where it became the image. */
static int place(struct unfinished *making, const char *digest, char **ret_reason)
{
	if (renameat2(AT_FDCWD, making->path, making->images, digest, RENAME_NOREPLACE) == 0) {
		free(TAKE_PTR(making->path));
		return 0;
	}
	return errno == EEXIST ? 0 : fail(ret_reason, -errno, "naming " IMAGES_DIR "/%s: %s",
					  digest, strerror(errno));
}

static int publish(struct unfinished *making, const char *name, const char *digest, bool replace,
		   char **ret_reason)
{
	_cleanup_close_ int lock = store_lock();
	int r;

	if (lock < 0)
		return fail(ret_reason, lock, "locking " IMAGES_DIR ": %s", strerror(-lock));
	r = check_name(making->images, name, digest, replace, ret_reason);
	if (!r)
		r = place(making, digest, ret_reason);
	if (!r && fsync(making->images) < 0)
		r = fail(ret_reason, -errno, "writing " IMAGES_DIR ": %s", strerror(errno));
	if (!r)
		r = give_name(making->images, name, digest, ret_reason);
	if (!r && fsync(making->images) < 0)
		r = fail(ret_reason, -errno, "writing " IMAGES_DIR ": %s", strerror(errno));
	return r;
}

int store_finish(struct unfinished *making, const char *name, const char *source, bool replace,
		 char **ret_reason)
{
	char hex[DIGEST_DIGITS + 1], digest[STORE_DIGEST_SIZE];
	struct manifest_sums sums;
	int r;

	r = write_manifest(making, hex, &sums, ret_reason);
	if (!r)
		r = write_description(making, source, &sums, ret_reason);
	if (!r && syncfs(making->directory) < 0)
		r = fail(ret_reason, -errno, "writing %s: %s", making->path, strerror(errno));
	if (r < 0)
		return r;
	snprintf(digest, sizeof(digest), "sha256-%s", hex);
	return publish(making, name, digest, replace, ret_reason);
}

/* --- what was cut off ------------------------------------------------------------------ */

int store_leftovers(const char *name, char ***ret)
{
	return directory_leftovers(IMAGES_DIR, name, ret);
}

int store_sweep(char *const *leftovers, char **ret_reason)
{
	_cleanup_close_ int images = store_open();
	int r = 0;

	*ret_reason = NULL;
	if (images < 0)
		return images;
	for (; *leftovers; leftovers++) {
		int one = tree_remove(images, *leftovers);

		if (one == -ENOTDIR || one == -ELOOP)
			one = unlinkat(images, *leftovers, 0) < 0 ? -errno : 0;
		if (one < 0 && !r)
			r = fail(ret_reason, one, "removing " IMAGES_DIR "/%s: %s", *leftovers,
				 one == -EXDEV ? "something is mounted in it" : strerror(-one));
	}
	return r;
}
