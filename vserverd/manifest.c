// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The manifest of a tree, written.  The tree is walked by descriptors, in the
 * order of names, no link followed and no mount entered; each file is read
 * once.  What the manifest is for is not known here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <nettle/base64.h>
#include <search.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "digest.h"
#include "fail.h"
#include "manifest.h"
#include "scope.h"
#include "xattr.h"

/* As deep as a tree may be nested; each level is a descriptor. */
#define DEPTH_MAX 256

/* A file that has several names, found by the first. */
struct file {
	dev_t dev;
	ino_t ino;
	uint64_t number;
	char digest[DIGEST_DIGITS + 1];
};

struct walk {
	FILE *out;
	void *files;		/* tsearch(3) */
	uint64_t n_files;
	const struct manifest_progress *progress;
	struct manifest_sums sums;
	char *path;		/* of the entry, "./usr" */
	size_t size;		/* room for it */
	char **ret_reason;
};

static int compare_files(const void *a, const void *b)
{
	const struct file *one = a, *two = b;

	if (one->ino != two->ino)
		return one->ino < two->ino ? -1 : 1;
	return one->dev < two->dev ? -1 : one->dev > two->dev;
}

static int fail_entry(const struct walk *walk, int error, const char *doing)
{
	return fail(walk->ret_reason, error, "%s %s: %s", doing, walk->path, strerror(-error));
}

/* --- a line ------------------------------------------------------------------- */

static void write_encoded(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c > '~' || strchr("#=\\*?[", c))
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
}

static int write_link(struct walk *walk, int fd)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);

	if (n < 0)
		return fail_entry(walk, -errno, "reading the link");
	target[n] = '\0';
	fputs(" link=", walk->out);
	write_encoded(walk->out, target);
	return 0;
}

static int read_digest(struct walk *walk, int fd, char digest[DIGEST_DIGITS + 1])
{
	_cleanup_close_ int file = -1;
	char path[32];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = open(path, O_RDONLY | O_CLOEXEC);
	r = file < 0 ? -errno : digest_file(file, walk->progress->call,
					    walk->progress->userdata, digest);
	return r < 0 ? fail_entry(walk, r, "reading") : 0;
}

/* Its first name has it read. */
static int find_file(struct walk *walk, int fd, const struct stat *st, struct file **ret)
{
	struct file wanted = { .dev = st->st_dev, .ino = st->st_ino }, *file;
	struct file **found = tfind(&wanted, &walk->files, compare_files);
	int r;

	if (found) {
		*ret = *found;
		return 0;
	}
	file = malloc(sizeof(*file));
	if (!file)
		return -ENOMEM;
	*file = wanted;
	r = read_digest(walk, fd, file->digest);
	if (r < 0 || !tsearch(file, &walk->files, compare_files)) {
		free(file);
		return r < 0 ? r : -ENOMEM;
	}
	file->number = ++walk->n_files;
	walk->sums.bytes += (uint64_t)st->st_size;
	*ret = file;
	return 0;
}

static int write_file(struct walk *walk, int fd, const struct stat *st)
{
	char digest[DIGEST_DIGITS + 1];
	struct file *file;
	int r;

	if (st->st_nlink > 1) {
		r = find_file(walk, fd, st, &file);
		if (r < 0)
			return r;
		fprintf(walk->out, " nlink=%lu inode=%lu", (unsigned long)st->st_nlink,
			(unsigned long)file->number);
		strcpy(digest, file->digest);
	} else {
		r = read_digest(walk, fd, digest);
		if (r < 0)
			return r;
		walk->sums.bytes += (uint64_t)st->st_size;
	}
	fprintf(walk->out, " size=%llu sha256digest=%s", (unsigned long long)st->st_size, digest);
	return 0;
}

static int write_attribute(struct walk *walk, int fd, const char *name)
{
	_cleanup_free_ void *value = NULL;
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = xattr_get(fd, name, &value, &size);

	if (r < 0)
		return r;
	text = malloc(BASE64_ENCODE_RAW_LENGTH(size) + 1);
	if (!text)
		return -ENOMEM;
	base64_encode_raw(text, size, value);
	text[BASE64_ENCODE_RAW_LENGTH(size)] = '\0';
	fputs(" xattr.", walk->out);
	write_encoded(walk->out, name);
	fprintf(walk->out, "=%s", text);
	return 0;
}

static int write_attributes(struct walk *walk, int fd)
{
	_cleanup_strv_free_ char **names = NULL;
	int r = xattr_names(fd, &names);

	for (char **name = names; name && *name && !r; name++)
		r = write_attribute(walk, fd, *name);
	return r < 0 ? fail_entry(walk, r, "reading the attributes of") : 0;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFREG:
		return "file";
	case S_IFIFO:
		return "fifo";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	default:
		return "socket";
	}
}

/* @fd: of O_PATH. */
static int write_entry(struct walk *walk, int fd, const struct stat *st)
{
	int r = 0;

	walk->sums.entries++;
	write_encoded(walk->out, walk->path);
	fprintf(walk->out, " type=%s uid=%u gid=%u mode=%04o", type_name(st->st_mode),
		st->st_uid, st->st_gid, st->st_mode & 07777);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		fprintf(walk->out, " device=native,%u,%u", major(st->st_rdev),
			minor(st->st_rdev));
	if (S_ISLNK(st->st_mode))
		r = write_link(walk, fd);
	else if (S_ISREG(st->st_mode))
		r = write_file(walk, fd, st);
	if (!r)
		r = write_attributes(walk, fd);
	fputc('\n', walk->out);
	return r;
}

/* --- the walk -------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(int dir, char ***ret)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	_cleanup_strv_free_ char **names = calloc(1, sizeof(char *));
	const struct dirent *entry;
	size_t n = 0, room = 1;

	if (!stream || !names)
		return -errno;
	while ((errno = 0, entry = readdir(stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (n + 1 == room) {
			char **grown = reallocarray(names, room *= 2, sizeof(char *));

			if (!grown)
				return -ENOMEM;
			names = grown;
		}
		names[n] = strdup(entry->d_name);
		if (!names[n])
			return -ENOMEM;
		names[++n] = NULL;
	}
	if (errno)
		return -errno;
	qsort(names, n, sizeof(char *), compare_names);
	*ret = TAKE_PTR(names);
	return 0;
}

static int set_path(struct walk *walk, size_t length, const char *name)
{
	size_t wanted = length + strlen(name) + 2;

	if (wanted > walk->size) {
		char *grown = realloc(walk->path, wanted * 2);

		if (!grown)
			return -ENOMEM;
		walk->path = grown;
		walk->size = wanted * 2;
	}
	walk->path[length] = '/';
	strcpy(walk->path + length + 1, name);
	return 0;
}

static int walk_entry(struct walk *walk, int dir, const char *name, unsigned int depth);

static int walk_directory(struct walk *walk, int dir, unsigned int depth)
{
	_cleanup_strv_free_ char **names = NULL;
	size_t length = strlen(walk->path);
	int r;

	if (depth > DEPTH_MAX)
		return fail(walk->ret_reason, -ELOOP, "it is nested more than %u directories deep",
			    DEPTH_MAX);
	r = list(dir, &names);
	if (r < 0)
		return fail_entry(walk, r, "reading");
	for (char **name = names; *name && !r; name++) {
		r = set_path(walk, length, *name);
		if (!r)
			r = walk_entry(walk, dir, *name, depth + 1);
		walk->path[length] = '\0';
	}
	return r;
}

static int walk_entry(struct walk *walk, int dir, const char *name, unsigned int depth)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV,
	};
	_cleanup_close_ int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	struct stat st;
	int r;

	if (fd < 0 && errno == EXDEV)
		return fail(walk->ret_reason, -EXDEV, "something is mounted on %s", walk->path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_entry(walk, -errno, "opening");
	r = write_entry(walk, fd, &st);
	if (!r && S_ISDIR(st.st_mode))
		r = walk_directory(walk, fd, depth);
	return r;
}

int manifest_write(int root, FILE *out, const struct manifest_progress *progress,
		   struct manifest_sums *ret, char **ret_reason)
{
	struct walk walk = { .out = out, .progress = progress, .ret_reason = ret_reason };
	struct stat st;
	int r;

	walk.path = strdup(".");
	walk.size = 2;
	if (!walk.path)
		return -ENOMEM;
	fputs("#mtree\n", out);
	r = fstat(root, &st) < 0 ? -errno : write_entry(&walk, root, &st);
	if (!r)
		r = walk_directory(&walk, root, 0);
	if (!r && fflush(out) != 0)
		r = fail(ret_reason, -errno, "writing the manifest: %s", strerror(errno));
	tdestroy(walk.files, free);
	free(walk.path);
	if (!r)
		*ret = walk.sums;
	return r;
}
