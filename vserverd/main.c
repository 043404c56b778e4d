// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserverd: loads enforcement, adopts the guests that are there, serves
 * io.vserver.Manager.  Guests go on when it ends.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "varlink.h"

static int run(void)
{
	sd_varlink_server *server = NULL;
	struct manager *m = NULL;
	sd_event *event = NULL;
	int r;

	r = sd_event_new(&event);
	if (r >= 0)
		r = sd_event_set_signal_exit(event, true);
	if (r >= 0)
		r = manager_new(event, &m);
	if (r >= 0) {
		manager_adopt(m);
		r = varlink_listen(m, &server);
	}
	if (r >= 0) {
		sd_event_set_watchdog(event, true);
		sd_notify(0, "READY=1\nSTATUS=Serving " VARLINK_SOCKET);
		manager_autostart(m);
		r = sd_event_loop(event);
		sd_notify(0, "STOPPING=1");
	}

	manager_free(m);
	sd_varlink_server_unref(server);
	sd_event_unref(event);
	return r;
}

static int usage(FILE *out, int status)
{
	fputs("usage: vserverd [--help] [--version]\n"
	      "Serves " VARLINK_SOCKET "; see vserverd(8).\n", out);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{},
	};
	int option = getopt_long(argc, argv, "hV", options, NULL);
	int r;

	if (option == 'h')
		return usage(stdout, EXIT_SUCCESS);
	if (option == 'V')
		return puts("vserverd " VS_VERSION) < 0;
	if (option != -1 || optind < argc)
		return usage(stderr, 2);

	r = run();
	if (r < 0)
		log_error("cannot serve guests: %s", strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
