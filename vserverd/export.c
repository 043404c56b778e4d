// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest that does not run, as one archive: what it is configured to be, its
 * files (export_tree.c), and the sum of both.  Where the archive goes is not
 * known here.
 */
#include "export.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <vserver.h>

#include "archive_sum.h"
#include "config.h"
#include "fail.h"
#include "image.h"
#include "lock.h"
#include "scope.h"
#include "state.h"
#include "store.h"
#include "tree_sum.h"

#define BLOCK_SIZE (256 * 1024)

static const struct {
	const char *word;
	int (*add)(struct archive *out);
} compressions[] = {
	{ "zstd", archive_write_add_filter_zstd },
	{ "gzip", archive_write_add_filter_gzip },
	{ "none", archive_write_add_filter_none },
};

#define N_COMPRESSIONS (sizeof(compressions) / sizeof(*compressions))

static size_t find_compression(const char *word)
{
	size_t i = 0;

	while (i < N_COMPRESSIONS && strcmp(compressions[i].word, word))
		i++;
	return i;
}

bool export_compresses(const char *word)
{
	return find_compression(word) < N_COMPRESSIONS;
}

/* --- the output ----------------------------------------------------------------------- */

/* Whoever gave the descriptor may have set it not to wait. */
static la_ssize_t write_out(struct archive *out, void *userdata, const void *data, size_t size)
{
	const int *fd = userdata;
	struct pollfd poll_fd = { .fd = *fd, .events = POLLOUT };
	ssize_t n;

	while ((n = write(*fd, data, size)) < 0) {
		if (errno == EINTR || (errno == EAGAIN && poll(&poll_fd, 1, -1) >= 0))
			continue;
		archive_set_error(out, errno, "%s", strerror(errno));
		return -1;
	}
	return n;
}

static int begin(struct archive *out, const char *compress, int *fd)
{
	/* Names in a guest are bytes, and are written so where they are not ASCII. */
	setlocale(LC_CTYPE, "C");
	archive_write_set_format_pax(out);
	if (compressions[find_compression(compress)].add(out) != ARCHIVE_OK)
		return -EOPNOTSUPP;
	archive_write_set_bytes_per_block(out, BLOCK_SIZE);
	archive_write_set_bytes_in_last_block(out, 1);
	return archive_write_open2(out, fd, NULL, write_out, NULL, NULL) == ARCHIVE_OK ?
	       0 : -EIO;
}

/* --- what is beside the tree ------------------------------------------------------------ */

static int put_text(struct archive *out, const char *path, const char *text,
		    struct archive_sum *sum)
{
	struct archive_entry *entry = archive_entry_new();
	size_t size = strlen(text);
	bool ok;

	if (!entry)
		return -ENOMEM;
	archive_entry_copy_pathname(entry, path);
	archive_entry_set_mode(entry, AE_IFREG | 0600);
	archive_entry_set_size(entry, (la_int64_t)size);
	if (sum) {
		archive_sum_entry(sum, entry);
		archive_sum_data(sum, text, size);
	}
	ok = archive_write_header(out, entry) >= ARCHIVE_WARN &&
	     archive_write_data(out, text, size) == (la_ssize_t)size;
	archive_entry_free(entry);
	return ok ? 0 : -EIO;
}

static int put_sum(struct archive *out, struct archive_sum *sum)
{
	char text[ARCHIVE_SUM_DIGITS + 2];

	archive_sum_end(sum, text);
	strcat(text, "\n");
	return put_text(out, EXPORT_SUM, text, NULL);
}

/* --- the tree --------------------------------------------------------------------------- */

/* Of one that has an image: what was written over what the image has. */
static int open_layers(const char *directory, const char *image, char **ret_reason)
{
	const char *digest = strrchr(image, '/');
	_cleanup_free_ char *lower = NULL, *layer = NULL;
	struct vs_layers layers;
	struct vs *vs;
	int r;

	if (asprintf(&lower, IMAGES_DIR "/%s/root", digest ? digest + 1 : image) < 0 ||
	    asprintf(&layer, "%s/layer", directory) < 0)
		return -ENOMEM;
	r = vs_new(&vs);
	if (r < 0)
		return r;
	layers = (struct vs_layers){ .lower = lower, .layer = layer };
	r = vs_layers_mount(vs, &layers, true);
	if (r < 0)
		r = fail(ret_reason, r, "%s", vs_reason(vs));
	vs_close(vs);
	return r;
}

/* Where its tree is, or its layer and which image that is over. */
static int find_directory(const char *name, const char *snapshot, char **ret,
			  char **ret_reason)
{
	if (!snapshot)
		return asprintf(ret, GUESTS_DIR "/%s", name) < 0 ? -ENOMEM : 0;
	if (asprintf(ret, GUESTS_DIR "/%s/snapshots/%s", name, snapshot) < 0)
		return -ENOMEM;
	return access(*ret, F_OK) == 0 ? 0 :
	       fail(ret_reason, -errno, "there is no snapshot '%s' of it", snapshot);
}

static int open_tree_of(const char *name, const char *snapshot, char **ret_reason)
{
	_cleanup_free_ char *directory = NULL, *root = NULL, *link = NULL;
	char image[PATH_MAX];
	ssize_t n;
	int fd = find_directory(name, snapshot, &directory, ret_reason);

	if (fd < 0)
		return fd;
	if (asprintf(&root, "%s/root", directory) < 0 ||
	    asprintf(&link, "%s/image", directory) < 0)
		return -ENOMEM;
	n = readlink(link, image, sizeof(image) - 1);
	if (n >= 0) {
		image[n] = '\0';
		return open_layers(directory, image, ret_reason);
	}
	fd = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(ret_reason, -errno, "%s: %s", root, strerror(errno)) : fd;
}

/* --- the whole ------------------------------------------------------------------------- */

/* With what it is a change of, if it is. */
static int put_json(struct archive *out, const struct export_job *job, int since,
		    struct archive_sum *sum)
{
	char text[TREE_SUM_DIGITS + 1];
	_cleanup_free_ char *json = NULL;
	int r;

	if (since < 0)
		return put_text(out, EXPORT_JSON, job->json, sum);
	r = tree_sum(since, text);
	if (r < 0)
		return r;
	if (asprintf(&json, "%.*s,\"since\":\"%s\",\"sinceSum\":\"%s\"}\n",
		     (int)strcspn(job->json, "}"), job->json, job->since, text) < 0)
		return -ENOMEM;
	return put_text(out, EXPORT_JSON, json, sum);
}

static int put_all(struct archive *out, const struct export_job *job, int tree, int since,
		   char **ret_reason)
{
	struct archive_sum sum;
	int r;

	archive_sum_begin(&sum);
	r = put_text(out, EXPORT_CONF, job->conf, &sum);
	if (!r)
		r = put_json(out, job, since, &sum);
	if (!r)
		r = export_tree(out, tree, since, &sum, ret_reason);
	if (!r)
		r = put_sum(out, &sum);
	if (!r && archive_write_close(out) != ARCHIVE_OK)
		r = -EIO;
	if (r < 0 && !*ret_reason)
		r = fail(ret_reason, r, "writing the archive: %s",
			 archive_error_string(out) ? archive_error_string(out) : strerror(-r));
	return r;
}

/* Stopped, and kept so while its files are read; a descriptor, to be closed. */
static int hold(const char *name, char **ret_reason)
{
	_cleanup_close_ int lock = guest_lock(name);
	int r;

	if (lock < 0)
		return fail(ret_reason, lock, GUESTS_DIR "/%s: %s", name, strerror(-lock));
	r = state_check_down(name, ret_reason);
	if (!r)
		r = image_check_mounts(name, ret_reason);
	return r < 0 ? r : TAKE_FD(lock);
}

int export_write(const struct export_job *job, int out, char **ret_reason)
{
	_cleanup_close_ int lock = -1, tree = -1, since = -1;
	struct archive *archive;
	struct stat st;
	int r;

	*ret_reason = NULL;
	signal(SIGPIPE, SIG_IGN);
	lock = job->snapshot ? -1 : hold(job->name, ret_reason);
	if (!job->snapshot && lock < 0)
		return lock;
	tree = open_tree_of(job->name, job->snapshot, ret_reason);
	if (tree >= 0 && job->since)
		since = open_tree_of(job->name, job->since, ret_reason);
	if (tree < 0 || (job->since && since < 0))
		return tree < 0 ? tree : since;
	archive = archive_write_new();
	r = archive ? begin(archive, job->compress, &out) : -ENOMEM;
	if (!r)
		r = put_all(archive, job, tree, since, ret_reason);
	archive_write_free(archive);
	fail_flatten(*ret_reason);
	if (!r && fstat(out, &st) == 0 && S_ISREG(st.st_mode) && fsync(out) < 0)
		r = fail(ret_reason, -errno, "writing the archive: %s", strerror(errno));
	return r;
}
