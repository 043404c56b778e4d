// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Two manifests compared, line by line: both are in the order of paths, so what
 * one of them has alone is known when it comes.  Neither is trusted to be one.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "manifest.h"
#include "scope.h"

#define KEYWORDS_MAX 4096	/* of an entry */

/* A manifest that is being read. */
struct reader {
	FILE *in;
	char *line;
	size_t size;
	char *path;		/* decoded; NULL: it has ended */
	char *keywords;		/* the rest of the line */
};

static void reader_clear(struct reader *reader)
{
	free(reader->line);
}

static bool is_octal(const char *text)
{
	return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
	       text[2] >= '0' && text[2] <= '7';
}

/* In place. */
static int decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		if (!is_octal(text + 1))
			return -EBADMSG;
		*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
		if (!*to++)
			return -EBADMSG;
		text += 3;
	}
	*to = '\0';
	return 0;
}

static int next(struct reader *reader)
{
	ssize_t n;

	do
		n = getline(&reader->line, &reader->size, reader->in);
	while (n > 0 && reader->line[0] == '#');
	reader->path = NULL;
	if (n <= 0)
		return ferror(reader->in) ? -EIO : 0;
	if (reader->line[n - 1] == '\n')
		reader->line[--n] = '\0';
	reader->keywords = strchr(reader->line, ' ');
	if (strlen(reader->line) != (size_t)n || !reader->keywords ||
	    reader->keywords == reader->line)
		return -EBADMSG;
	*reader->keywords++ = '\0';
	reader->path = reader->line;
	return decode(reader->path);
}

/* A directory comes before what is in it, and that before its neighbours. */
static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

/* --- an entry that both have ---------------------------------------------------- */

struct keywords {
	char *words[KEYWORDS_MAX];
	size_t n;
};

static int split(char *text, struct keywords *ret)
{
	char *word;

	ret->n = 0;
	while ((word = strsep(&text, " "))) {
		if (ret->n == KEYWORDS_MAX || !strchr(word, '='))
			return -EBADMSG;
		ret->words[ret->n++] = word;
	}
	return 0;
}

/* The value of the same keyword, or NULL. */
static const char *value_in(const struct keywords *keywords, const char *word)
{
	size_t length = strcspn(word, "=") + 1;

	for (size_t i = 0; i < keywords->n; i++)
		if (!strncmp(keywords->words[i], word, length))
			return keywords->words[i] + length;
	return NULL;
}

static void say(FILE *out, const char *word, const char *is, const char *was)
{
	int length = (int)strcspn(word, "=");
	/* That a file has one name is not written. */
	const char *none = !strncmp(word, "nlink=", 6) ? "1" : "none";

	if (!strncmp(word, "inode=", 6) && (!is || !was))
		return;
	if (ftell(out) > 0)
		fputs(", ", out);
	if (!strncmp(word, "sha256digest=", 13))
		fputs("its content is another", out);
	else if (!strncmp(word, "inode=", 6))
		fputs("it is a name of another file", out);
	else if (!strncmp(word, "xattr.", 6))
		fprintf(out, "its attribute %.*s is %s", length - 6, word + 6,
			!was ? "new" : is ? "another" : "gone");
	else
		fprintf(out, "%.*s is %s, not %s", length, word, is ? is : none,
			was ? was : none);
}

/* NULL where nothing is different; free(). */
static int describe(char *was_text, char *now_text, char **ret)
{
	static struct keywords was, now;
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r;

	*ret = NULL;
	if (!strcmp(was_text, now_text))
		return 0;
	r = split(was_text, &was);
	if (!r)
		r = split(now_text, &now);
	if (r < 0)
		return r;
	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < was.n; i++) {
		const char *value = strchr(was.words[i], '=') + 1;
		const char *is = value_in(&now, was.words[i]);

		if (!is || strcmp(is, value) != 0)
			say(out, was.words[i], is, value);
	}
	for (size_t i = 0; i < now.n; i++)
		if (!value_in(&was, now.words[i]))
			say(out, now.words[i], strchr(now.words[i], '=') + 1, NULL);
	if (ftell(out) == 0)
		fputs("its line is another", out);
	if (fclose(out) != 0)
		return -ENOMEM;
	*ret = TAKE_PTR(text);
	return 0;
}

static int compare_entry(struct reader *was, struct reader *now, manifest_difference_t call,
			 void *userdata)
{
	_cleanup_free_ char *what = NULL;
	int r = describe(was->keywords, now->keywords, &what);

	return r < 0 || !what ? r : call(now->path, what, userdata);
}

static int compare(struct reader *was, struct reader *now, manifest_difference_t call,
		   void *userdata)
{
	int r = next(was);

	if (!r)
		r = next(now);
	while (!r && (was->path || now->path)) {
		int order = !was->path ? 1 : !now->path ? -1 :
			    compare_paths(was->path, now->path);

		if (order < 0)
			r = call(was->path, "it is missing", userdata);
		else if (order > 0)
			r = call(now->path, "it was added", userdata);
		else
			r = compare_entry(was, now, call, userdata);
		if (!r && order <= 0)
			r = next(was);
		if (!r && order >= 0)
			r = next(now);
	}
	return r;
}

int manifest_compare(FILE *was, FILE *now, manifest_difference_t call, void *userdata)
{
	struct reader one = { .in = was }, two = { .in = now };
	int r = compare(&one, &two, call, userdata);

	reader_clear(&one);
	reader_clear(&two);
	return r;
}
