/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver top: what uses the processors, again and again: contexts, or the
 * processes of one.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "process.h"
#include "table.h"
#include "target.h"
#include "verbs.h"

#define INTERVAL_NS	2000000000ULL
#define INTERVAL_MIN_NS	100000000ULL
#define INTERRUPT	3		/* ^C: the terminal is to be put right first */

static const struct column context_columns[] = {
	{ "CONTEXT" },
	{ "XID", COLUMN_RIGHT },
	{ "CPU", COLUMN_RIGHT },
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

/** struct look - the processes at a moment. */
struct look {
	uint64_t ns;
	struct process *processes;
	size_t n;
};

/** struct row - one line: a process, or the sum of a context's. */
struct row {
	uint32_t xid;
	const struct process *process;
	uint64_t cpu_ns;		/* used between two looks */
	uint64_t memory_bytes;
	size_t n;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* --- rows ------------------------------------------------------------------------- */

static int compare_pids(const void *a, const void *b)
{
	const struct process *one = a, *two = b;

	return one->pid < two->pid ? -1 : one->pid > two->pid;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *two = b;

	if (one->cpu_ns != two->cpu_ns)
		return one->cpu_ns > two->cpu_ns ? -1 : 1;
	if (one->memory_bytes != two->memory_bytes)
		return one->memory_bytes > two->memory_bytes ? -1 : 1;
	return one->xid < two->xid ? -1 : one->xid > two->xid;
}

/* What a process used since @before; all of it, if it was not there yet. */
static uint64_t used(const struct look *before, const struct process *p)
{
	const struct process *old = bsearch(p, before->processes, before->n, sizeof(*p),
					    compare_pids);

	if (!old || old->start != p->start || old->cpu_ns > p->cpu_ns)
		return p->cpu_ns;
	return p->cpu_ns - old->cpu_ns;
}

/* Room for a process, or for its context, in which it is then counted. */
static struct row *row_of(struct row *rows, size_t *n, const struct process *p, bool sums)
{
	for (size_t i = 0; sums && i < *n; i++)
		if (rows[i].xid == p->xid)
			return &rows[i];
	rows[*n] = (struct row){ .xid = p->xid, .process = p };
	return &rows[(*n)++];
}

static size_t make_rows(const struct look *before, const struct look *now, bool sums,
			struct row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct process *p = &now->processes[i];
		struct row *row = row_of(rows, &n, p, sums);

		row->cpu_ns += used(before, p);
		row->memory_bytes += p->memory_bytes;
		row->n++;
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	return n;
}

/* --- printing ------------------------------------------------------------------------ */

/* In hundredths of a percent of one processor. */
static uint64_t share(const struct row *row, uint64_t ns)
{
	return row->cpu_ns * 10000 / (ns ? ns : 1);
}

static void add_row(struct table *table, const struct target *target, const struct row *row,
		    uint64_t ns, bool sums)
{
	char *cpu = human_share(share(row, ns));

	if (sums) {
		table_addf(table, "%s", target_name(target, row->xid));
		table_addf(table, "%u", row->xid);
		table_add(table, cpu);
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

static int print_rows_json(const struct target *target, const struct row *rows, size_t n,
			   uint64_t ns, bool sums)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < n && r >= 0; i++) {
		const struct process *p = rows[i].process;

		r = sd_json_variant_append_arraybo(
			&array, SD_JSON_BUILD_PAIR_UNSIGNED("xid", rows[i].xid),
			SD_JSON_BUILD_PAIR_STRING("context", target_name(target, rows[i].xid)),
			SD_JSON_BUILD_PAIR_UNSIGNED("cpuShare", share(&rows[i], ns)),
			SD_JSON_BUILD_PAIR_UNSIGNED("memoryBytes", rows[i].memory_bytes),
			SD_JSON_BUILD_PAIR_UNSIGNED("processes", rows[i].n),
			SD_JSON_BUILD_PAIR_CONDITION(!sums, "pid", SD_JSON_BUILD_INTEGER(p->pid)),
			SD_JSON_BUILD_PAIR_CONDITION(!sums, "command",
						     SD_JSON_BUILD_STRING(p->command)));
	}
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
	n = make_rows(before, now, sums, rows);
	if (cli_has(cli, "json"))
		r = print_rows_json(target, rows, n, ns, sums);
	else
		r = print(target, rows, n, ns, sums, !cli_has(cli, "no-legend"));
	fflush(stdout);
	free(rows);
	return r;
}

/* --- again and again ------------------------------------------------------------------ */

static int look(struct target *target, uint32_t xid, struct look *ret)
{
	free(target->contexts);
	target->contexts = NULL;
	target->n = 0;
	if (vs_context_list(target->vs, &target->contexts, &target->n) < 0 ||
	    processes_read(target->vs, xid, &ret->processes, &ret->n) < 0)
		return fail("cannot show what is used: %s", vs_reason(target->vs));
	ret->ns = now_ns();
	qsort(ret->processes, ret->n, sizeof(*ret->processes), compare_pids);
	return EXIT_DONE;
}

/* A signal that ends it once the terminal is as it was. */
static volatile sig_atomic_t ended_by;

static void on_end(int signo)
{
	ended_by = signo;
}

/* A key may end it: q, or ^C. */
static bool wait_interval(uint64_t ns)
{
	struct pollfd key = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t until = now_ns() + ns;
	bool keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	for (uint64_t now = now_ns(); now < until && !ended_by; now = now_ns()) {
		char c = 0;

		if (poll(&key, keys, (int)((until - now) / 1000000 + 1)) == 1 &&
		    (read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == INTERRUPT))
			return false;
	}
	return !ended_by;
}

static int repeat(const struct cli *cli, struct target *target, uint32_t xid, uint64_t interval,
		  uint64_t count)
{
	struct look before = { 0 }, now = { 0 };
	int r = look(target, xid, &before);

	while (!r && count-- && wait_interval(interval)) {
		r = look(target, xid, &now);
		if (!r)
			r = show(cli, target, &before, &now, xid == VS_XID_ALL);
		processes_free(before.processes, before.n);
		before = now;
		now = (struct look){ 0 };
	}
	processes_free(before.processes, before.n);
	return r;
}

/* Keys come one by one and unseen until that is taken back. */
static bool take_keys(struct termios *ret_before)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT };
	/* What is being asked is answered first; poll() is never gone on with. */
	const struct sigaction action = { .sa_handler = on_end, .sa_flags = SA_RESTART };
	struct termios raw;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, ret_before) < 0)
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &action, NULL);
	raw = *ret_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return true;
}

static void give_back_keys(const struct termios *before)
{
	tcsetattr(STDIN_FILENO, TCSANOW, before);
	if (!ended_by)
		return;
	signal(ended_by, SIG_DFL);
	raise(ended_by);
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
	keys = !r && take_keys(&before);
	if (!r)
		r = repeat(cli, &target, context ? context->xid : VS_XID_ALL, interval, count);
	if (keys)
		give_back_keys(&before);
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
