// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings as they were asked for, kept beyond the request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager.h"
#include "scope.h"

int pairs_copy(const struct pairs *from, struct pairs *ret)
{
	struct pairs copy = {
		.keys = calloc(from->n + 1, sizeof(char *)),
		.values = calloc(from->n + 1, sizeof(char *)),
	};

	for (size_t i = 0; copy.keys && copy.values && i < from->n; i++) {
		copy.n = i + 1;
		copy.keys[i] = strdup(from->keys[i]);
		copy.values[i] = strdup(from->values[i]);
		if (!copy.keys[i] || !copy.values[i])
			break;
	}
	if (!copy.keys || !copy.values ||
	    (copy.n && (!copy.keys[copy.n - 1] || !copy.values[copy.n - 1]))) {
		pairs_clear(&copy);
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}

int pairs_append(struct pairs *pairs, const struct pairs *more)
{
	struct pairs copy;
	char **keys, **values;
	int r = pairs_copy(more, &copy);

	if (r < 0)
		return r;
	keys = reallocarray(pairs->keys, pairs->n + copy.n + 1, sizeof(char *));
	pairs->keys = keys ? keys : pairs->keys;
	values = reallocarray(pairs->values, pairs->n + copy.n + 1, sizeof(char *));
	pairs->values = values ? values : pairs->values;
	if (!keys || !values) {
		pairs_clear(&copy);
		return -ENOMEM;
	}
	for (size_t i = 0; i < copy.n; i++, pairs->n++) {
		keys[pairs->n] = TAKE_PTR(copy.keys[i]);
		values[pairs->n] = TAKE_PTR(copy.values[i]);
	}
	pairs_clear(&copy);
	return 0;
}

const char *pairs_find(const struct pairs *pairs, const char *key)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (!strcmp(pairs->keys[i], key))
			return pairs->values[i];
	return NULL;
}

void pairs_clear(struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++) {
		free(pairs->keys[i]);
		free(pairs->values[i]);
	}
	free(pairs->keys);
	free(pairs->values);
	*pairs = (struct pairs){ 0 };
}
