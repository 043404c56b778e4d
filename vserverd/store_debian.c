// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Debian by mmdebstrap.  It runs in namespaces of processes and of mounts of its
 * own, whose first process ends with this one: so nothing of it outlives a build
 * that is cut off, and no mount is left.  It makes an archive, which is unpacked as
 * any other is.
 *
 * What mmdebstrap installs runs as root of the host while it is installed: packages
 * are trusted as apt trusts them.
 */
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fail.h"
#include "scope.h"
#include "store.h"
#include "tree.h"
#include "unpack.h"

#define ARCHIVE "debian.tar"
#define WORDS_MAX 64

static const char *const places[] = { "/usr/bin/mmdebstrap", "/usr/local/bin/mmdebstrap", NULL };

/* --- what it is told ------------------------------------------------------------------ */

static bool is_plain(const char *word, const char *more)
{
	if (!*word || *word == '-')
		return false;
	for (; *word; word++)
		if (!((*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z') ||
		      (*word >= '0' && *word <= '9') || strchr(more, *word)))
			return false;
	return true;
}

static bool is_printable(const char *word)
{
	if (!*word || *word == '-')
		return false;
	for (; *word; word++)
		if ((unsigned char)*word < ' ' || *word == 127)
			return false;
	return true;
}

static size_t count(char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

int store_debian_check(const struct store_source *source, char **ret_reason)
{
	*ret_reason = NULL;
	if (!is_plain(source->suite, "-._/"))
		return fail(ret_reason, -EINVAL, "'%s' is no suite of Debian, as trixie is one",
			    source->suite);
	if (source->variant && !is_plain(source->variant, "-"))
		return fail(ret_reason, -EINVAL, "'%s' is no variant of mmdebstrap",
			    source->variant);
	for (char **word = source->include; word && *word; word++)
		if (!is_plain(*word, "-+.:~=/"))
			return fail(ret_reason, -EINVAL, "'%s' is no name of a package", *word);
	for (char **word = source->mirrors; word && *word; word++)
		if (!is_printable(*word))
			return fail(ret_reason, -EINVAL, "'%s' is no mirror: neither an address "
				    "nor a line as of sources.list", *word);
	if (count(source->include) + count(source->mirrors) > WORDS_MAX)
		return fail(ret_reason, -E2BIG, "that are more than %d packages and mirrors; "
			    "install what is missing in a guest of the image", WORDS_MAX);
	return 0;
}

/* Each a new string; strv. */
static char **arguments(const char *program, const char *archive,
			const struct store_source *source)
{
	static const char *const first[] = {
		"unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--",
	};
	_cleanup_strv_free_ char **argv = calloc(WORDS_MAX + 32, sizeof(char *));
	size_t n = 0;
	bool ok = argv;

	for (size_t i = 0; ok && i < sizeof(first) / sizeof(*first); i++)
		ok = (argv[n++] = strdup(first[i]));
	ok = ok && (argv[n++] = strdup(program)) && (argv[n++] = strdup("--mode=root")) &&
	     (argv[n++] = strdup("--format=tar"));
	if (ok && source->variant)
		ok = asprintf(&argv[n++], "--variant=%s", source->variant) >= 0;
	for (char **word = source->include; ok && word && *word; word++)
		ok = asprintf(&argv[n++], "--include=%s", *word) >= 0;
	ok = ok && (argv[n++] = strdup(source->suite)) && (argv[n++] = strdup(archive));
	for (char **word = source->mirrors; ok && word && *word; word++)
		ok = (argv[n++] = strdup(*word));
	return ok ? TAKE_PTR(argv) : NULL;
}

/* --- it runs ---------------------------------------------------------------------------- */

__attribute__((noreturn))
static void be_mmdebstrap(char **argv, const char *scratch, int out)
{
	int null = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(126);
	setenv("TMPDIR", scratch, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (!getenv("HOME"))
		setenv("HOME", "/root", 1);
	execv("/usr/bin/unshare", argv);
	dprintf(STDERR_FILENO, "cannot run unshare: %m\n");
	_exit(127);
}

/* What it says on its way, and how far it is then. */
static unsigned int percent_at(const char *line)
{
	static const struct {
		const char *line;
		unsigned int percent;
	} steps[] = {
		{ "I: running apt-get update", 5 },
		{ "I: downloading packages", 10 },
		{ "I: extracting archives", 30 },
		{ "I: installing essential packages", 40 },
		{ "I: downloading and installing remaining", 50 },
		{ "I: installing remaining packages", 60 },
		{ "I: cleaning package lists", 75 },
		{ "I: creating tarball", 80 },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!strncmp(line, steps[i].line, strlen(steps[i].line)))
			return steps[i].percent;
	return 0;
}

/* Up to its end; into *@ret the first error that it or apt has told, of which the
 * others come, or else its last line. */
static void follow(FILE *out, store_progress_t progress, void *userdata, char **ret)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, out) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		fprintf(stderr, "mmdebstrap: %s\n", line);
		if (percent_at(line))
			progress(percent_at(line), userdata);
		if (!*line || (*ret && !strncmp(*ret, "E: ", 3)))
			continue;
		free(*ret);
		*ret = strdup(line);
	}
}

static int run(char **argv, const char *scratch, store_progress_t progress, void *userdata,
	       char **ret_reason)
{
	_cleanup_free_ char *last = NULL;
	int fds[2], status = 0;
	FILE *out;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		be_mmdebstrap(argv, scratch, fds[1]);
	close(fds[1]);
	out = pid < 0 ? NULL : fdopen(fds[0], "r");
	if (out) {
		follow(out, progress, userdata, &last);
		fclose(out);
	} else {
		close(fds[0]);
	}
	if (pid < 0)
		return fail(ret_reason, -EAGAIN, "cannot run mmdebstrap");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return fail(ret_reason, -EIO, "mmdebstrap: %s; see: journalctl -u vserverd",
		    last ? last : "it was killed");
}

static int find_program(const char **ret, char **ret_reason)
{
	for (const char *const *place = places; *place; place++)
		if (access(*place, X_OK) == 0) {
			*ret = *place;
			return 0;
		}
	return fail(ret_reason, -ENOENT, "mmdebstrap is not there; install it: "
		    "apt install mmdebstrap");
}

/* mmdebstrap has copied the host's: a guest gets its own. */
static int take(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	const char *path = archive_entry_pathname(entry);

	path += strncmp(path, "./", 2) ? 0 : 2;
	return strcmp(path, "etc/hostname") && strcmp(path, "etc/resolv.conf");
}

static int unpack_archive(const struct unfinished *making, char **ret_reason)
{
	const struct unpack_progress progress = { .entry = take };
	_cleanup_close_ int fd = openat(making->directory, ARCHIVE, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return fail(ret_reason, -errno, "mmdebstrap has made nothing: %s",
			    strerror(errno));
	r = unpack(fd, making->root, &progress, ret_reason);
	if (!r && unlinkat(making->directory, ARCHIVE, 0) < 0)
		r = -errno;
	return r;
}

int store_debian(const struct unfinished *making, const struct store_source *source,
		 store_progress_t progress, void *userdata, char **ret_reason)
{
	_cleanup_free_ char *archive = NULL, *scratch = NULL;
	_cleanup_strv_free_ char **argv = NULL;
	const char *program = NULL;
	int r = find_program(&program, ret_reason);

	if (r < 0)
		return r;
	if (asprintf(&archive, "%s/" ARCHIVE, making->path) < 0 ||
	    asprintf(&scratch, "%s/scratch", making->path) < 0)
		return -ENOMEM;
	argv = arguments(program, archive, source);
	if (!argv)
		return -ENOMEM;
	if (mkdirat(making->directory, "scratch", 0700) < 0)
		return -errno;
	r = run(argv, scratch, progress, userdata, ret_reason);
	if (!r)
		r = tree_remove(making->directory, "scratch");
	return r < 0 ? r : unpack_archive(making, ret_reason);
}
