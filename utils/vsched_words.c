/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The words of a bucket, classic and not, as options and as files: what each
 * says, and in which unit.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vsched.h"

enum kind {
	KIND_TICKS,		/* of the kernel, or a time */
	KIND_TIME,
	KIND_SHARE,		/* the field, and the interval that follows it */
	KIND_BIAS,
	KIND_SCOPE,
	KIND_FLAG,
	KIND_PROCESSOR,
	KIND_IGNORED,
};

static const struct word {
	const char *name;
	enum kind kind;
	enum field field;
} words[] = {
	{ "cpu", KIND_SHARE, FIELD_RATE },
	{ "cpu-bucket", KIND_TIME, FIELD_SIZE },
	{ "cpu-release", KIND_TIME, FIELD_RELEASE },
	{ "cpu-idle", KIND_SHARE, FIELD_IDLE_RATE },
	{ "cpu-tokens", KIND_TIME, FIELD_TOKENS },
	{ "cpu-prio-bias", KIND_BIAS, FIELD_BIAS },
	{ "cpu-scope", KIND_SCOPE, FIELD_SCOPE },
	{ "fill-rate", KIND_TICKS, FIELD_RATE },
	{ "interval", KIND_TICKS, FIELD_INTERVAL },
	{ "tokens", KIND_TICKS, FIELD_TOKENS },
	{ "tokens-min", KIND_TICKS, FIELD_RELEASE },
	{ "tokens-max", KIND_TICKS, FIELD_SIZE },
	{ "fill-rate2", KIND_TICKS, FIELD_IDLE_RATE },
	{ "interval2", KIND_TICKS, FIELD_IDLE_INTERVAL },
	{ "idle-time", KIND_FLAG, FIELD_IDLE },
	{ "prio-bias", KIND_BIAS, FIELD_BIAS },
	{ "priority-bias", KIND_BIAS, FIELD_BIAS },
	{ "cpu-id", KIND_PROCESSOR, FIELDS },
	{ "bucket-id", KIND_PROCESSOR, FIELDS },
	{ "cpu-mask", KIND_IGNORED, FIELDS },
};

/* The clock that is read at each tick says how long one is. */
static uint64_t tick_ns(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0 || tick.tv_sec || !tick.tv_nsec)
		die(EXIT_FAILED, "nobody knows how long a tick of this kernel is; give times, "
		    "with a unit");
	return (uint64_t)tick.tv_nsec;
}

/* --- one value --------------------------------------------------------------------- */

static uint64_t *number_of(struct vs_bucket *bucket, enum field field)
{
	switch (field) {
	case FIELD_RATE:
		return &bucket->rate_ns;
	case FIELD_INTERVAL:
		return &bucket->interval_ns;
	case FIELD_SIZE:
		return &bucket->size_ns;
	case FIELD_RELEASE:
		return &bucket->release_ns;
	case FIELD_IDLE_RATE:
		return &bucket->idle_rate_ns;
	case FIELD_IDLE_INTERVAL:
		return &bucket->idle_interval_ns;
	default:
		return &bucket->tokens_ns;
	}
}

/* An hour is the most that a bucket may hold; only some may be nothing. */
static uint64_t ns_or_die(const struct word *word, const char *said, const char *value)
{
	const char *like = word->kind == KIND_TICKS ? "ticks like 25, or a time like 100ms" :
						      "a time like 500ms";
	uint64_t ns = 0, count;
	int r;

	if (word->kind == KIND_TICKS && *value && !value[strspn(value, "0123456789")]) {
		r = vs_parse_count(value, &count);
		if (!r && __builtin_mul_overflow(count, tick_ns(), &ns))
			r = -ERANGE;
	} else {
		r = vs_parse_time(value, &ns);
	}
	if (r == -EINVAL)
		die(EXIT_USAGE, "%s wants %s, not '%s'", said, like, value);
	if (r < 0 || ns > VS_SIZE_MAX_NS)
		die(EXIT_USAGE, "%s %s: out of range; it is an hour at most", said, value);
	if (!ns && word->field != FIELD_TOKENS && word->field != FIELD_IDLE_RATE)
		die(EXIT_USAGE, "%s %s: that is nothing; give more", said, value);
	return ns;
}

static void take_share(struct change *change, const struct word *word, const char *said,
		       const char *value)
{
	uint64_t rate, interval;
	bool idle = word->field == FIELD_IDLE_RATE;

	if (vs_parse_share(value, &rate, &interval) < 0 || (rate == UINT64_MAX && idle))
		die(EXIT_USAGE, "%s wants a share like 25%% or 10ms/1s, not '%s'", said, value);
	if (!rate && !idle)
		die(EXIT_USAGE, "%s %s: that is nothing; give 0.1%% at least", said, value);
	if (!idle)
		change->none = rate == UINT64_MAX;
	*number_of(&change->to, word->field) = rate;
	*number_of(&change->to, word->field + 1) = interval;
	change->said[word->field + 1] = said;
}

static void take_bias(struct change *change, const char *said, const char *value)
{
	int r = vs_parse_bias(value, &change->to.prio_bias);

	if (r == -ERANGE)
		die(EXIT_USAGE, "%s %s: out of range; choose %d to %d", said, value,
		    VS_PRIO_BIAS_MIN, VS_PRIO_BIAS_MAX);
	if (r < 0)
		die(EXIT_USAGE, "%s wants a number, not '%s'", said, value);
}

static void take(struct change *change, const struct word *word, const char *said,
		 const char *value)
{
	switch (word->kind) {
	case KIND_TICKS:
	case KIND_TIME:
		*number_of(&change->to, word->field) = ns_or_die(word, said, value);
		break;
	case KIND_SHARE:
		take_share(change, word, said, value);
		break;
	case KIND_BIAS:
		take_bias(change, said, value);
		break;
	case KIND_SCOPE:
		if (vs_parse_scope(value, &change->to.scope) < 0)
			die(EXIT_USAGE, "%s wants machine or processor, not '%s'", said, value);
		break;
	case KIND_FLAG:
		break;
	case KIND_PROCESSOR:
		die(EXIT_USAGE, "%s: buckets of one context are alike on all processors; "
		    "--cpu-scope processor gives one to each", said);
	case KIND_IGNORED:
		return;
	}
	change->said[word->field] = said;
	if (word->field == FIELD_RATE && word->kind != KIND_SHARE)
		change->none = false;
}

bool change_take(struct change *change, const char *word, const char *said, const char *value)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i].name, word)) {
			take(change, &words[i], said, value);
			return true;
		}
	return false;
}

/* --- a directory -------------------------------------------------------------------- */

/* The first line of a file, which is short. */
static void read_value(int dir, const char *path, const char *file, char *ret, size_t size)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(EXIT_FAILED, "cannot read %s/%s: %s", path, file, strerror(errno));
	/* In classic configurations: the bucket of one processor. */
	if (S_ISDIR(st.st_mode))
		die(EXIT_USAGE, "%s/%s is a directory: buckets of one context are alike on all "
		    "processors; take it away; a file cpu-scope with processor gives one to each",
		    path, file);
	n = read(fd, ret, size - 1);
	if (n < 0)
		die(EXIT_FAILED, "cannot read %s/%s: %s", path, file, strerror(errno));
	close(fd);
	ret[n] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

static void take_file(struct change *change, int dir, const char *path, const char *file)
{
	char value[64], *said = NULL;

	if (asprintf(&said, "%s/%s", path, file) < 0)	/* kept until the end */
		die(EXIT_FAILED, "out of memory");
	read_value(dir, path, file, value, sizeof(value));
	if (!change_take(change, file, said, value))
		die(EXIT_USAGE, "%s: no option is called so; see: vsched --help", said);
}

bool change_read_dir(struct change *change, const char *path, bool missing_ok)
{
	struct dirent **files = NULL;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n;

	if (dir < 0 && errno == ENOENT && missing_ok)
		return false;
	/* In the order of their names, so that what comes of it is known. */
	n = dir < 0 ? -1 : scandirat(dir, ".", &files, NULL, alphasort);
	if (n < 0)
		die(EXIT_FAILED, "cannot read %s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (*files[i]->d_name != '.')
			take_file(change, dir, path, files[i]->d_name);
		free(files[i]);
	}
	free(files);
	close(dir);
	return true;
}
