// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a tree is made from, kept beyond the request.
 */
#include <errno.h>
#include <string.h>

#include "scope.h"
#include "store.h"

static int copy_strv(char *const *strv, char ***ret)
{
	size_t n = 0;

	while (strv && strv[n])
		n++;
	*ret = calloc(n + 1, sizeof(char *));
	if (!*ret)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		(*ret)[i] = strdup(strv[i]);
		if (!(*ret)[i])
			return -ENOMEM;
	}
	return 0;
}

static int copy_word(const char *word, char **ret)
{
	*ret = word ? strdup(word) : NULL;
	return word && !*ret ? -ENOMEM : 0;
}

int store_source_copy(const struct store_source *source, struct store_source *ret)
{
	return copy_word(source->from, &ret->from) || copy_word(source->tag, &ret->tag) ||
	       copy_word(source->suite, &ret->suite) ||
	       copy_word(source->variant, &ret->variant) ||
	       copy_strv(source->include, &ret->include) ||
	       copy_strv(source->mirrors, &ret->mirrors) ? -ENOMEM : 0;
}

void store_source_clear(struct store_source *source)
{
	free(source->from);
	free(source->tag);
	free(source->suite);
	free(source->variant);
	scope_strv_free(&source->include);
	scope_strv_free(&source->mirrors);
	*source = (struct store_source){ 0 };
}
