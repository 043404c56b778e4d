/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver status: one guest or all, what it was given and what it uses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "table.h"
#include "traffic.h"
#include "verbs.h"

/* web: running since Sun 2026-11-22 10:02:11, 3 h 12 min; ready */
static void print_state(sd_json_variant *guest)
{
	const char *state = field_string(guest, "state");
	const char *since = field_string(guest, "since");
	const char *reason = field_string(guest, "reason");
	char *date = since ? human_date(since) : NULL, *uptime = NULL;
	uint64_t seconds;

	if (!state)
		state = "unknown";
	if (field_number(guest, "uptimeSeconds", &seconds))
		uptime = human_uptime_long(seconds);
	printf("%s: %s%s%s", field_string(guest, "name"), colour(state), state, colour_off());
	printf("%s%s%s%s", date ? " since " : "", date ? date : "", uptime ? ", " : "",
	       uptime ? uptime : "");
	printf("%s%s%s\n", field_true(guest, "ready") ? "; ready" : "", reason ? ": " : "",
	       reason ? reason : "");
	free(date);
	free(uptime);
}

/* context 49152, vserver@web.service, init 4711 */
static void print_parts(sd_json_variant *guest)
{
	const char *unit = field_string(guest, "unit");
	const char *image = guest_setting(guest, "image"), *init = guest_setting(guest, "init");
	const char *comma = "";
	uint64_t number;

	fputs("  ", stdout);
	if (field_number(guest, "xid", &number)) {
		printf("context %ju", (uintmax_t)number);
		comma = ", ";
	}
	if (image && *image) {
		printf("%simage %s", comma, image);
		comma = ", ";
	}
	if (init && *init) {
		printf("%s%s", comma, init);
		comma = ", ";
	}
	if (unit && *unit) {
		printf("%s%s", comma, unit);
		comma = ", ";
	}
	if (field_number(guest, "init", &number))
		printf("%sinit %ju", comma, (uintmax_t)number);
	putchar('\n');
}

static void print_addresses(sd_json_variant *guest)
{
	const char *interface = field_string(guest, "interface");
	sd_json_variant *addresses = sd_json_variant_by_key(guest, "addresses");
	size_t n = sd_json_variant_elements(addresses);

	if (!n)
		return;
	fputs("  address", stdout);
	for (size_t i = 0; i < n; i++)
		printf("  %s", sd_json_variant_string(sd_json_variant_by_index(addresses, i)));
	if (interface)
		printf("  (%s)", interface);
	putchar('\n');
}

/* cpuset   0-3,8 */
static void print_cpuset(sd_json_variant *guest)
{
	const char *cpuset = guest_setting(guest, "cpuset");

	if (cpuset && strcmp(cpuset, "infinity"))
		printf("  cpuset   %s\n", cpuset);
}

/* refused  signal 3, address 12 */
static void print_refused(sd_json_variant *guest)
{
	sd_json_variant *refused = sd_json_variant_by_key(guest, "refused");
	size_t n = sd_json_variant_elements(refused);

	if (!n)
		return;
	fputs("  refused", stdout);
	for (size_t i = 0; i < n; i++) {
		sd_json_variant *one = sd_json_variant_by_index(refused, i);
		uint64_t count = 0;

		field_number(one, "count", &count);
		printf("%s %s %ju", i ? "," : " ", field_string(one, "rule"), (uintmax_t)count);
	}
	putchar('\n');
}

/* dropped  mac 3, ipv4 12 */
static void print_dropped(sd_json_variant *guest)
{
	sd_json_variant *dropped = sd_json_variant_by_key(guest, "dropped");
	size_t n = sd_json_variant_elements(dropped);

	for (size_t i = 0; i < n; i++) {
		sd_json_variant *one = sd_json_variant_by_index(dropped, i);
		uint64_t count = 0;

		field_number(one, "count", &count);
		printf("%s %s %ju", i ? "," : "  dropped ", field_string(one, "reason"),
		       (uintmax_t)count);
	}
	if (n)
		putchar('\n');
}

static const struct column columns[] = {
	{ "" },
	{ "ASKED", COLUMN_RIGHT },
	{ "USED", COLUMN_RIGHT },
	{ "PEAK", COLUMN_RIGHT },
	{ "REFUSED" },
	{ NULL },
};

/* "on hold now; held 3.2 s, 41 times; bucket 480 of 500 ms; idle time 1.2 s" */
static char *refused_cpu(sd_json_variant *guest)
{
	sd_json_variant *bucket = sd_json_variant_by_key(guest, "bucket");
	char *held = NULL, *tokens = NULL, *idle = NULL, *ret = NULL;
	uint64_t held_ns, holds, size, idle_ns;
	int64_t left;

	if (!field_number(bucket, "heldNs", &held_ns) || !field_number(bucket, "holds", &holds) ||
	    !field_number(bucket, "sizeNs", &size) || !field_integer(bucket, "tokensNs", &left))
		return NULL;
	held = human_time(held_ns);
	tokens = human_time_of(left, size);
	if (field_number(bucket, "idleNs", &idle_ns) && idle_ns)
		idle = human_time(idle_ns);
	if (asprintf(&ret, "%sheld %s, %ju times; bucket %s%s%s",
		     field_true(bucket, "held") ? "on hold now; " : "", held, (uintmax_t)holds,
		     tokens, idle ? "; idle time " : "", idle ? idle : "") < 0)
		ret = NULL;
	free(held);
	free(tokens);
	free(idle);
	return ret;
}

static void add_row(struct table *table, sd_json_variant *guest, const char *key, char *used,
		    char *peak)
{
	const char *asked = guest_setting(guest, key);
	bool cpu = !strcmp(key, "cpu");
	bool each = cpu && asked && strcmp(asked, "infinity") && guest_has_each(guest);

	table_addf(table, "%s", key);
	table_addf(table, "%s%s", asked && *asked ? asked : "-", each ? " each" : "");
	table_add(table, used);
	table_add(table, peak);
	table_add(table, cpu ? refused_cpu(guest) : NULL);
}

static int print_usage(sd_json_variant *guest, bool legend)
{
	struct table *table = table_new(columns);
	uint64_t cpu, memory, peak, tasks;
	char *count = NULL;
	bool ok;

	if (!table)
		return fail_memory();
	add_row(table, guest, "cpu",
		field_number(guest, "cpuShare", &cpu) ? human_share(cpu) : NULL, NULL);
	add_row(table, guest, "memory",
		field_number(guest, "memoryBytes", &memory) ? human_size(memory) : NULL,
		field_number(guest, "memoryPeakBytes", &peak) ? human_size(peak) : NULL);
	if (field_number(guest, "tasks", &tasks) && asprintf(&count, "%ju", (uintmax_t)tasks) < 0)
		count = NULL;
	add_row(table, guest, "tasks", count, NULL);

	putchar('\n');
	ok = table_print(table, 2, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

/* unkept  cpu-idle, cpu-release: this kernel has no sched_ext */
static void print_names(sd_json_variant *guest, const char *field, const char *why)
{
	sd_json_variant *names = sd_json_variant_by_key(guest, field);
	size_t n = sd_json_variant_elements(names);

	if (!n)
		return;
	printf("  %s  ", field);
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? ", " : "",
		       sd_json_variant_string(sd_json_variant_by_index(names, i)));
	printf(": %s\n", why);
}

/* overcommitted  250.0% of 200.0% are guaranteed; it is sure of 20.0% */
static void print_overcommitted(sd_json_variant *guest)
{
	sd_json_variant *bucket = sd_json_variant_by_key(guest, "bucket");
	uint64_t guaranteed, machine, kept;
	char *all, *there, *sure = NULL;

	if (!field_number(bucket, "guaranteedShare", &guaranteed) ||
	    !field_number(bucket, "machineShare", &machine) || guaranteed <= machine)
		return;
	if (field_number(bucket, "keptShare", &kept))
		sure = human_share(kept);
	all = human_share(guaranteed);
	there = human_share(machine);
	printf("  overcommitted  %s of %s are guaranteed; it is sure of %s\n", all, there,
	       sure ? sure : "nothing");
	free(all);
	free(there);
	free(sure);
}

/* beyond cpuset  150.0% are guaranteed, and its processors have 100.0% */
static void print_beyond_cpuset(sd_json_variant *guest)
{
	sd_json_variant *bucket = sd_json_variant_by_key(guest, "bucket");
	uint64_t rate, interval, there, guaranteed;
	char *all, *some;

	if (guest_has_each(guest))	/* that is of those */
		return;
	if (!field_number(bucket, "cpusetShare", &there) ||
	    !field_number(bucket, "rateNs", &rate) ||
	    !field_number(bucket, "intervalNs", &interval) || !interval)
		return;
	guaranteed = rate * 10000 / interval;
	if (guaranteed <= there)
		return;
	all = human_share(guaranteed);
	some = human_share(there);
	printf("  beyond cpuset  %s are guaranteed, and its processors have %s\n", all, some);
	free(all);
	free(some);
}

static int print(sd_json_variant *guest, bool legend)
{
	print_state(guest);
	print_parts(guest);
	print_addresses(guest);
	print_cpuset(guest);
	print_traffic(guest);
	print_refused(guest);
	print_dropped(guest);
	print_names(guest, "unkept", "this kernel has no sched_ext; see vserver.conf(5)");
	print_names(guest, "unused", "they belong to cpu, and it has none");
	print_overcommitted(guest);
	print_beyond_cpuset(guest);
	return print_usage(guest, legend);
}

/* What was asked for: an array of one, or of all. */
static int ask(const struct cli *cli, sd_json_variant **ret)
{
	sd_json_variant *guest = NULL;
	int r;

	if (!cli->n_args)
		return call_guests("show guests", ret);
	r = call_guest("show", cli->args[0], &guest);
	if (!r && sd_json_variant_new_array(ret, &guest, 1) < 0)
		r = fail_memory();
	sd_json_variant_unref(guest);
	return r;
}

static bool lacks_share(sd_json_variant *guests)
{
	for (size_t i = 0; i < sd_json_variant_elements(guests); i++)
		if (guest_lacks_share(sd_json_variant_by_index(guests, i)))
			return true;
	return false;
}

static int print_all(const struct cli *cli, sd_json_variant *guests)
{
	int r = EXIT_DONE;

	if (cli_has(cli, "json"))
		return print_json(cli->n_args ? sd_json_variant_by_index(guests, 0) : guests);
	for (size_t i = 0; i < sd_json_variant_elements(guests) && !r; i++) {
		if (i)
			putchar('\n');
		r = print(sd_json_variant_by_index(guests, i), !cli_has(cli, "no-legend"));
	}
	return r;
}

static int run(const struct cli *cli)
{
	sd_json_variant *guests = NULL;
	const char *state;
	int r;

	r = ask(cli, &guests);
	if (!r && !cli_has(cli, "quiet") && lacks_share(guests)) {
		sd_json_variant_unref(guests);
		guests = NULL;
		wait_for_share();
		r = ask(cli, &guests);
	}
	if (r)
		return r;
	if (cli_has(cli, "json") || !cli_has(cli, "quiet"))
		r = print_all(cli, guests);
	if (!r && cli->n_args) {
		state = field_string(sd_json_variant_by_index(guests, 0), "state");
		if (!state || strcmp(state, "running"))
			r = EXIT_NOT_RUNNING;
	}
	sd_json_variant_unref(guests);
	return r;
}

const struct verb verb_status = {
	.name = "status",
	.arguments = "[NAME] [--json | --no-legend]",
	.summary = "show one guest, or each: its state, and what it asked for and uses",
	.details =
		"\n"
		"Exit status 3 where the guest that was named is not running.\n"
		"JSON is the object that Varlink calls Guest; without NAME an array of them.",
	.options = (const struct option_row[]){
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.max = 1,
	.run = run,
};
