/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver top: what uses the processors, again and again: contexts, or the
 * processes of one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "keys.h"
#include "look.h"
#include "table.h"
#include "target.h"
#include "verbs.h"

#define INTERVAL_NS	2000000000ULL
#define INTERVAL_MIN_NS	100000000ULL

static const struct column context_columns[] = {
	{ "CONTEXT" },
	{ "XID", COLUMN_RIGHT },
	{ "CPU", COLUMN_RIGHT },
	{ "ASKED", COLUMN_RIGHT },
	{ "HELD", COLUMN_RIGHT },
	{ "BUCKET", COLUMN_RIGHT },
	{ "MEMORY", COLUMN_RIGHT },
	{ "PROCESSES", COLUMN_RIGHT },
	{ NULL },
};

static const struct column process_columns[] = {
	{ "PID", COLUMN_RIGHT },
	{ "UID", COLUMN_RIGHT },
	{ "S" },
	{ "CPU", COLUMN_RIGHT },
	{ "MEMORY", COLUMN_RIGHT },
	{ "COMMAND", COLUMN_ELASTIC },
	{ NULL },
};

/* --- printing ------------------------------------------------------------------------ */

/* In hundredths of a percent: of one processor, of the time between two looks. */
static uint64_t share(uint64_t part_ns, uint64_t ns)
{
	return part_ns * 10000 / (ns ? ns : 1);
}

/* What it may use, how much of the time it was not let, what it has saved up. */
static void add_bucket(struct table *table, const struct row *row, uint64_t ns)
{
	const struct bucket *bucket = row->bucket;
	bool known = bucket && bucket->known;
	char *asked = NULL;

	if (bucket)
		vs_format_share(bucket->asked.rate_ns, bucket->asked.interval_ns, &asked);
	table_addf(table, "%s%s", asked ? asked : "-",
		   asked && bucket->asked.scope == VS_SCOPE_PROCESSOR ? " each" : "");
	free(asked);
	table_add(table, known ? human_share(share(row->held_ns, ns)) : NULL);
	table_add(table, known ? human_time_of(bucket->now.tokens_ns, bucket->now.size_ns) : NULL);
}

static void add_row(struct table *table, const struct target *target, const struct row *row,
		    uint64_t ns, bool sums)
{
	char *cpu = human_share(share(row->cpu_ns, ns));

	if (sums) {
		table_addf(table, "%s", target_name(target, row->xid));
		table_addf(table, "%u", row->xid);
		table_add(table, cpu);
		add_bucket(table, row, ns);
		table_add(table, human_size(row->memory_bytes));
		table_addf(table, "%zu", row->n);
		return;
	}
	table_addf(table, "%d", (int)row->process->pid);
	table_addf(table, "%u", row->process->uid);
	table_addf(table, "%c", row->process->state);
	table_add(table, cpu);
	table_add(table, human_size(row->memory_bytes));
	table_addf(table, "%s", row->process->command);
}

/* As many as the terminal has lines for, besides the heads and the cursor's. */
static size_t lines_wanted(size_t n)
{
	int lines = terminal_lines();

	return lines > 2 && n > (size_t)lines - 2 ? (size_t)lines - 2 : n;
}

static int print(const struct target *target, const struct row *rows, size_t n, uint64_t ns,
		 bool sums, bool legend)
{
	struct table *table = table_new(sums ? context_columns : process_columns);
	bool ok;

	n = lines_wanted(n);
	for (size_t i = 0; table && i < n; i++)
		add_row(table, target, &rows[i], ns, sums);
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int row_json(const struct target *target, const struct row *row, uint64_t ns, bool sums,
		    sd_json_variant **array)
{
	static const struct bucket none;
	const struct process *p = row->process;
	bool known = row->bucket && row->bucket->known;
	sd_json_variant *bucket = NULL;
	int r = bucket_json(row->bucket ? row->bucket : &none, &bucket);

	if (r >= 0)
		r = sd_json_variant_append_arraybo(
			array, SD_JSON_BUILD_PAIR_UNSIGNED("xid", row->xid),
			SD_JSON_BUILD_PAIR_STRING("context", target_name(target, row->xid)),
			SD_JSON_BUILD_PAIR_UNSIGNED("cpuShare", share(row->cpu_ns, ns)),
			SD_JSON_BUILD_PAIR_UNSIGNED("memoryBytes", row->memory_bytes),
			SD_JSON_BUILD_PAIR_UNSIGNED("processes", row->n),
			SD_JSON_BUILD_PAIR_CONDITION(
				known, "heldShare", SD_JSON_BUILD_UNSIGNED(share(row->held_ns, ns))),
			SD_JSON_BUILD_PAIR_CONDITION(sums, "bucket", SD_JSON_BUILD_VARIANT(bucket)),
			SD_JSON_BUILD_PAIR_CONDITION(!sums, "pid", SD_JSON_BUILD_INTEGER(p->pid)),
			SD_JSON_BUILD_PAIR_CONDITION(!sums, "command",
						     SD_JSON_BUILD_STRING(p->command)));
	sd_json_variant_unref(bucket);
	return r;
}

static int print_rows_json(const struct target *target, const struct row *rows, size_t n,
			   uint64_t ns, bool sums)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < n && r >= 0; i++)
		r = row_json(target, &rows[i], ns, sums, &array);
	r = r < 0 ? fail_memory() : print_json(array);
	sd_json_variant_unref(array);
	return r;
}

static int show(const struct cli *cli, const struct target *target, const struct look *before,
		const struct look *now, bool sums)
{
	struct row *rows = calloc(now->n + 1, sizeof(*rows));
	uint64_t ns = now->ns - before->ns;
	size_t n;
	int r;

	if (!rows)
		return fail_memory();
	n = look_rows(before, now, sums, rows);
	if (cli_has(cli, "json"))
		r = print_rows_json(target, rows, n, ns, sums);
	else
		r = print(target, rows, n, ns, sums, !cli_has(cli, "no-legend"));
	fflush(stdout);
	free(rows);
	return r;
}

/* --- again and again ------------------------------------------------------------------ */

static int repeat(const struct cli *cli, struct target *target, uint32_t xid, uint64_t interval,
		  uint64_t count)
{
	struct look before = { 0 }, now = { 0 };
	int r = look_take(target, xid, &before);

	while (!r && count-- && keys_wait(interval)) {
		r = look_take(target, xid, &now);
		if (!r)
			r = show(cli, target, &before, &now, xid == VS_XID_ALL);
		look_free(&before);
		before = now;
		now = (struct look){ 0 };
	}
	look_free(&before);
	return r;
}

/* --- the command line ------------------------------------------------------------------ */

static int read_numbers(const struct cli *cli, uint64_t *interval, uint64_t *count)
{
	const char *text = cli_value(cli, "interval");

	*interval = INTERVAL_NS;
	if (text && (vs_parse_time(text, interval) < 0 || *interval < INTERVAL_MIN_NS ||
		     *interval > 86400 * 1000000000ULL))
		return fail_usage("top: --interval wants a time of 100ms to 1d, not '%s'", text);
	text = cli_value(cli, "count");
	*count = isatty(STDOUT_FILENO) ? UINT64_MAX : 1;
	if (text && (vs_parse_count(text, count) < 0 || !*count))
		return fail_usage("top: --count wants a number from 1 on, not '%s'", text);
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	const struct vs_context *context = NULL;
	struct target target = { 0 };
	struct termios before;
	uint64_t interval, count;
	bool keys;
	int r;

	r = read_numbers(cli, &interval, &count);
	if (r)
		return r;
	r = target_open("show what is used", &target);
	if (!r && cli->n_args)
		r = target_find(&target, "show what is used by", cli->args[0], &context);
	keys = !r && keys_take(&before);
	if (!r)
		r = repeat(cli, &target, context ? context->xid : VS_XID_ALL, interval, count);
	if (keys)
		keys_give_back(&before);
	target_close(&target);
	return r;
}

const struct verb verb_top = {
	.name = "top",
	.arguments = "[NAME] [--interval TIME] [--count N] [--json | --no-legend]",
	.summary = "show again and again what uses the processors",
	.details =
		"\n"
		"Without NAME each context, and the host; with it its processes.  q ends it.\n"
		"HELD is how much of the time its share did not let a context run, BUCKET what it\n"
		"has saved up; both are known where the token bucket scheduler runs.\n"
		"Where output is no terminal it shows once, what was used in one interval.",
	.options = (const struct option_row[]){
		{ "interval", 'd', "TIME", "between two looks; 2s without it" },
		{ "count", 'n', "N", "how often" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.max = 1,
	.run = run,
};
