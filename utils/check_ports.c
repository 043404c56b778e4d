/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver check --ports: which programs of the host listen on every address, what
 * that is to contexts, and what to do about each.  The library is asked, not the
 * daemon, as it is about what contexts there are.
 */
#include "check_ports.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vserver.h>

#include "client.h"
#include "table.h"

static const struct column columns[] = {
	{ "PORT", COLUMN_RIGHT },
	{ "COMMAND" },
	{ "PID", COLUMN_RIGHT },
	{ "UNIT" },
	{ "CONTEXTS" },
	{ "WHICH", COLUMN_ELASTIC },
	{ NULL },
};

static const char *protocol_of(const struct vs_port *port)
{
	return port->protocol == IPPROTO_TCP ? "tcp" : "udp";
}

static int contexts_json(const struct vs_port *port, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < port->n_contexts && r >= 0; i++)
		r = sd_json_variant_append_arraybo(
			&array, SD_JSON_BUILD_PAIR_UNSIGNED("xid", port->contexts[i].xid),
			SD_JSON_BUILD_PAIR_STRING("name", port->contexts[i].name));
	*ret = array;
	return r;
}

static int print_ports_json(const struct vs_port *ports, size_t n)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < n && r >= 0; i++) {
		const struct vs_port *port = &ports[i];
		sd_json_variant *contexts = NULL;

		r = contexts_json(port, &contexts);
		if (r >= 0)
			r = sd_json_variant_append_arraybo(
				&array, SD_JSON_BUILD_PAIR_STRING("protocol", protocol_of(port)),
				SD_JSON_BUILD_PAIR_UNSIGNED("port", port->port),
				SD_JSON_BUILD_PAIR_BOOLEAN("ipv4", port->ip4),
				SD_JSON_BUILD_PAIR_BOOLEAN("ipv6", port->ip6),
				SD_JSON_BUILD_PAIR_STRING("interface", port->dev),
				SD_JSON_BUILD_PAIR_INTEGER("pid", port->pid),
				SD_JSON_BUILD_PAIR_STRING("command", port->command),
				SD_JSON_BUILD_PAIR_STRING("unit", port->unit),
				SD_JSON_BUILD_PAIR_VARIANT("contexts", contexts),
				SD_JSON_BUILD_PAIR_STRING("remedy", port->remedy));
		sd_json_variant_unref(contexts);
	}
	r = r < 0 ? fail_memory() : print_json(array);
	sd_json_variant_unref(array);
	return r;
}

static char *names_of(const struct vs_port *port)
{
	char *text = calloc(port->n_contexts + 1, VS_NAME_MAX + 1), *end = text;

	for (size_t i = 0; text && i < port->n_contexts; i++)
		end += sprintf(end, "%s%s", i ? " " : "", port->contexts[i].name);
	if (text && !*text)
		strcpy(text, "-");
	return text;
}

static void add_port(struct table *table, const struct vs_port *port)
{
	table_addf(table, "%u/%s%s%s", port->port, protocol_of(port), *port->dev ? "%" : "",
		   port->dev);
	table_addf(table, "%s", port->pid ? port->command : "(kernel)");
	table_addf(table, port->pid ? "%d" : "-", port->pid);
	table_addf(table, "%s", *port->unit ? port->unit : "-");
	table_addf(table, "%s", port->n_contexts ? "heard on" : "none");
	table_add(table, names_of(port));
}

/* What to do in words, below the table: these lines are not cut. */
static void print_remedies(const struct vs_port *ports, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (!ports[i].n_contexts)
			continue;
		printf("%s%u/%s, %s: answers on the addresses of contexts; %s\n",
		       first ? "\n" : "", ports[i].port, protocol_of(&ports[i]),
		       ports[i].pid ? ports[i].command : "the kernel", ports[i].remedy);
		first = false;
	}
}

static int print(const struct vs_port *ports, size_t n, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < n; i++)
		add_port(table, &ports[i]);
	ok = table && table_print(table, 0, legend);
	table_free(table);
	if (!ok)
		return fail_memory();
	print_remedies(ports, n);
	return EXIT_DONE;
}

int check_ports(const struct cli *cli)
{
	struct vs_port *ports = NULL;
	struct vs *vs = NULL;
	size_t n = 0;
	int r;

	r = vs_open(&vs);
	if (r < 0)
		return fail("cannot check ports: %s", open_error(r));
	r = vs_port_list(vs, &ports, &n);
	if (r < 0)
		r = fail("cannot check ports: %s", vs_reason(vs));
	else if (cli_has(cli, "json"))
		r = print_ports_json(ports, n);
	else if (!cli_has(cli, "quiet"))
		r = print(ports, n, !cli_has(cli, "no-legend"));
	vs_ports_free(ports, n);
	vs_close(vs);
	return r;
}
