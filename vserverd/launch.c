// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is called vserver: does `run` itself, and becomes vserver-verbs for every other
 * verb.  That one needs libsystemd and libbpf, and all that these need; to find
 * them takes as long as a third of a run.
 *
 * A command line of `run` that is not plain goes there as well, which tells what is
 * wrong with it, or puts it in order and comes back by the name vserver-run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define VERBS VS_LIBEXECDIR "/vserver-verbs"

/* A command line in order, while it is made; never longer than twice the other. */
struct order {
	char **argv;
	size_t n;
	char *root;
};

/* "--NAME VALUE" or "--NAME=VALUE": how many words these are; 0: it is no setting. */
static int take_setting(struct order *order, char **words)
{
	size_t length = strcspn(words[0], "=");
	char *name = strndup(words[0], length);
	char *value = words[0][length] ? words[0] + length + 1 : words[1];

	if (!name || !value || !vs_setting_find(name + 2)) {
		free(name);
		return 0;
	}
	order->argv[order->n++] = name;
	order->argv[order->n++] = value;
	return value == words[1] ? 2 : 1;
}

/* The words before "--"; 0: they are not plain. */
static int take_options(struct order *order, char **words)
{
	int i = 0, taken;

	for (; words[i] && strcmp(words[i], "--") != 0; i += taken) {
		taken = 1;
		if (!strncmp(words[i], "--", 2))
			taken = take_setting(order, words + i);
		else if (*words[i] == '-' || order->root)
			taken = 0;
		else
			order->root = words[i];
		if (!taken)
			return 0;
	}
	return words[i] ? i + 1 : 0;
}

/* NULL: it is another program's to read. */
static char **put_in_order(int argc, char **argv, int *ret_argc)
{
	struct order order = { .argv = calloc(2 * (size_t)argc + 4, sizeof(char *)) };
	int i = 2, taken;

	if (!order.argv)
		return NULL;
	order.argv[order.n++] = argv[0];
	if (argv[i] && !strcmp(argv[i], "--rm"))
		order.argv[order.n++] = argv[i++];
	taken = take_options(&order, argv + i);
	i += taken;
	if (!taken || !(order.root = order.root ?: argv[i++]) || !argv[i])
		return NULL;
	order.argv[order.n++] = (char *)"--";
	order.argv[order.n++] = order.root;
	while (argv[i])
		order.argv[order.n++] = argv[i++];
	*ret_argc = (int)order.n;
	return order.argv;
}

int main(int argc, char **argv)
{
	const char *slash = argv[0] ? strrchr(argv[0], '/') : NULL;
	char **ordered = NULL;
	int n;

	if (!strcmp(slash ? slash + 1 : argv[0] ?: "", "vserver-run"))
		return run_main(argc, argv);
	if (argc > 2 && !strcmp(argv[1], "run"))
		ordered = put_in_order(argc, argv, &n);
	if (ordered)
		return run_main(n, ordered);
	execv(VERBS, argv);
	fprintf(stderr, "vserver: " VERBS ": %s\n", strerror(errno));
	return EXIT_FAILED;
}
