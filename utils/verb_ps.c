/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver ps: the processes of one context, of each, or of the whole machine.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "process.h"
#include "table.h"
#include "target.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "CONTEXT" },
	{ "PID", COLUMN_RIGHT },
	{ "UID", COLUMN_RIGHT },
	{ "S" },
	{ "TIME", COLUMN_RIGHT },
	{ "MEMORY", COLUMN_RIGHT },
	{ "COMMAND", COLUMN_ELASTIC },
	{ NULL },
};

/* 75 s: "1:15" */
static void add_time(struct table *table, uint64_t ns)
{
	uint64_t seconds = ns / 1000000000ULL;

	table_addf(table, "%ju:%02ju", (uintmax_t)(seconds / 60), (uintmax_t)(seconds % 60));
}

static void add_process(struct table *table, const struct target *target,
			const struct process *p)
{
	table_addf(table, "%s", target_name(target, p->xid));
	table_addf(table, "%d", (int)p->pid);
	table_addf(table, "%u", p->uid);
	table_addf(table, "%c", p->state);
	add_time(table, p->cpu_ns);
	table_add(table, human_size(p->memory_bytes));
	table_addf(table, "%s", p->command);
}

static int print(const struct target *target, const struct process *processes, size_t n,
		 bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < n; i++)
		add_process(table, target, &processes[i]);
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int print_processes_json(const struct target *target, const struct process *processes,
				size_t n)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < n && r >= 0; i++) {
		const struct process *p = &processes[i];
		char state[] = { p->state, '\0' };

		r = sd_json_variant_append_arraybo(
			&array, SD_JSON_BUILD_PAIR_UNSIGNED("xid", p->xid),
			SD_JSON_BUILD_PAIR_STRING("context", target_name(target, p->xid)),
			SD_JSON_BUILD_PAIR_INTEGER("pid", p->pid),
			SD_JSON_BUILD_PAIR_INTEGER("parent", p->ppid),
			SD_JSON_BUILD_PAIR_UNSIGNED("uid", p->uid),
			SD_JSON_BUILD_PAIR_STRING("state", state),
			SD_JSON_BUILD_PAIR_UNSIGNED("cpuUsageNs", p->cpu_ns),
			SD_JSON_BUILD_PAIR_UNSIGNED("memoryBytes", p->memory_bytes),
			SD_JSON_BUILD_PAIR_STRING("command", p->command));
	}
	r = r < 0 ? fail_memory() : print_json(array);
	sd_json_variant_unref(array);
	return r;
}

/* By context, then as they came. */
static int compare(const void *a, const void *b)
{
	const struct process *one = a, *two = b;

	if (one->xid != two->xid)
		return one->xid < two->xid ? -1 : 1;
	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	return one->pid < two->pid ? -1 : one->pid > two->pid;
}

static int show(const struct cli *cli, const struct target *target, uint32_t xid)
{
	struct process *processes = NULL;
	size_t n = 0, host = 0;
	int r;

	r = processes_read(target->vs, xid, &processes, &n);
	if (r < 0)
		return fail("cannot show processes: %s", vs_reason(target->vs));
	qsort(processes, n, sizeof(*processes), compare);
	/* Without a name the host's are left out, unless all are asked for. */
	while (xid == VS_XID_ALL && !cli_has(cli, "all") && host < n && !processes[host].xid)
		host++;
	if (cli_has(cli, "json"))
		r = print_processes_json(target, processes + host, n - host);
	else if (cli_has(cli, "quiet"))
		for (size_t i = host; i < n; i++)
			printf("%d\n", (int)processes[i].pid);
	else
		r = print(target, processes + host, n - host, !cli_has(cli, "no-legend"));
	processes_free(processes, n);
	return r;
}

static int run(const struct cli *cli)
{
	const struct vs_context *context = NULL;
	struct target target;
	int r;

	if (cli->n_args && cli_has(cli, "all"))
		return fail_usage("ps: '%s' or --all, not both", cli->args[0]);
	r = target_open("show processes", &target);
	if (!r && cli->n_args)
		r = target_find(&target, "show processes of", cli->args[0], &context);
	if (!r)
		r = show(cli, &target, context ? context->xid : VS_XID_ALL);
	target_close(&target);
	return r;
}

const struct verb verb_ps = {
	.name = "ps",
	.arguments = "[NAME | --all] [--json | --no-legend | --quiet]",
	.summary = "show the processes of a guest or context, or of each",
	.details =
		"\n"
		"NAME is a guest that runs or a context of chcontext, by name or number.\n"
		"Numbers of processes and users are the host's.  With --quiet: pids only.",
	.options = (const struct option_row[]){
		{ "all", 'a', NULL, "the host's processes too" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.max = 1,
	.run = run,
};
