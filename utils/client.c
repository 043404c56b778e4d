/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The client of io.vserver.Manager: the only file here that speaks Varlink.
 * It makes calls, several at a time, and says each of the daemon's errors as
 * one sentence.  It decides nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-event.h>
#include <systemd/sd-varlink.h>

#include "cli.h"
#include "client.h"

#define SOCKET		"/run/vserver/io.vserver.Manager"
#define INTERFACE	"io.vserver.Manager."
#define AT_ONCE		16	/* calls under way at a time */
#define ANSWER_USEC	(30 * 1000 * 1000ULL)	/* for what takes no time */

/* The calls of one call_run(), while it runs. */
struct run {
	sd_event *event;
	struct call *calls;
	sd_varlink **links;	/* of the call with the same index */
	size_t n, next, left;
};

static int fail_unreachable(int error)
{
	if (error == -EACCES || error == -EPERM)
		return fail("cannot reach vserverd (%s: %s): do it as root", SOCKET,
			    strerror(-error));
	return fail("cannot reach vserverd (%s: %s): start it: systemctl start vserverd",
		    SOCKET, strerror(-error));
}

static int connect_daemon(sd_varlink **ret, uint64_t limit_usec)
{
	int r = sd_varlink_connect_address(ret, SOCKET);

	if (r >= 0)
		r = sd_varlink_set_relative_timeout(*ret, limit_usec);
	return r < 0 ? r : 0;
}

/* A start may take minutes: how many is the daemon's to say. */
static uint64_t limit_of(const char *method)
{
	static const char *const slow[] = { "Build", "Start", "Stop", "Restart", "Delete",
					    "AddAddress", "RemoveAddress", "Subscribe",
					    "ImportImage", "BuildImage", "VerifyImage",
					    "RemoveImage", "Snapshot", "RemoveSnapshot",
					    "Rollback", "Clone", "Rename", "Unify", "Export",
					    "Import" };

	for (size_t i = 0; i < sizeof(slow) / sizeof(*slow); i++)
		if (!strcmp(slow[i], method))
			return UINT64_MAX;
	return ANSWER_USEC;
}

bool client_reachable(void)
{
	sd_varlink *link = NULL;
	int r = connect_daemon(&link, ANSWER_USEC);

	sd_varlink_close_unref(link);
	return r == 0;
}

/* Of all guests the one that was probably meant; free(). */
static char *guess_guest(const char *name)
{
	struct guess guess = { .word = name };
	sd_json_variant *reply = NULL, *guests;
	const char *error = NULL;
	sd_varlink *link = NULL;
	char *ret = NULL;

	if (connect_daemon(&link, ANSWER_USEC) == 0 &&
	    sd_varlink_call(link, INTERFACE "List", NULL, &reply, &error) >= 0 && !error) {
		guests = sd_json_variant_by_key(reply, "guests");
		for (size_t i = 0; i < sd_json_variant_elements(guests); i++) {
			sd_json_variant *guest = sd_json_variant_by_index(guests, i);
			const char *candidate = field_string(guest, "name");

			if (candidate)
				guess_add(&guess, candidate);
		}
		ret = guess.found ? strdup(guess.found) : NULL;
	}
	sd_varlink_close_unref(link);
	return ret;
}

static int fail_unknown_guest(const struct call *call)
{
	char *meant = guess_guest(call->name);

	if (meant)
		fail("cannot %s '%s': no such guest; did you mean '%s'?", call->verb, call->name,
		     meant);
	else
		fail("cannot %s '%s': no such guest; see: vserver list", call->verb, call->name);
	free(meant);
	return EXIT_FAILED;
}

/* The interface's errors as sentences: words, then fields, then the remedy. */
static const struct sentence {
	const char *error;
	const char *words;	/* NULL: the fields are enough */
	const char *fields[2];
} sentences[] = {
	{ INTERFACE "NoSuchImage", "no such image; see: vserver image list" },
	{ INTERFACE "Exists", "a guest of that name exists" },
	{ INTERFACE "NotRunning", "not running" },
	{ INTERFACE "AlreadyRunning", "already running" },
	{ INTERFACE "Busy", "busy", { "by" } },
	{ INTERFACE "InvalidValue", NULL, { "key", "reason" } },
	{ INTERFACE "NotSupported", NULL, { "feature", "reason" } },
	{ INTERFACE "Denied", "permission denied" },
	{ INTERFACE "Failed", NULL, { "step", "reason" } },
	{ SD_VARLINK_ERROR_PERMISSION_DENIED, "permission denied; do it as root" },
	{ SD_VARLINK_ERROR_INVALID_PARAMETER, "vserverd refuses the parameter", { "parameter" } },
	{ SD_VARLINK_ERROR_METHOD_NOT_FOUND,
	  "vserverd is older than vserver; restart it: systemctl restart vserverd" },
	{ SD_VARLINK_ERROR_DISCONNECTED, "vserverd went away; see: journalctl -u vserverd" },
	{ SD_VARLINK_ERROR_TIMEOUT, "vserverd does not answer; see: journalctl -u vserverd" },
	{ SD_VARLINK_ERROR_PROTOCOL, "vserverd answers what vserver does not understand" },
};

static void write_sentence(FILE *out, const struct sentence *s, size_t skip, const char *error,
			   sd_json_variant *parameters)
{
	const char *remedy = field_string(parameters, "remedy");
	const char *between = "";
	uint64_t number;

	if (!s && field_number(parameters, "errno", &number)) {
		fputs(strerror((int)number), out);
		return;
	}
	if (!s || s->words) {
		fputs(s ? s->words : error, out);
		between = ": ";
	}
	for (size_t i = skip; s && i < 2 && s->fields[i]; i++) {
		const char *value = field_string(parameters, s->fields[i]);

		if (!value || !*value)
			continue;
		fprintf(out, "%s%s", between, value);
		between = ": ";
	}
	if (remedy && *remedy)
		fprintf(out, "; %s", remedy);
}

/* "cannot set cpu of 'web': ...": what is wrong is in the subject.  The field that
 * has it, or NULL. */
static const char *names_setting(const struct call *call, const char *error)
{
	if (strcmp(call->method, "Set") != 0)
		return NULL;
	if (!strcmp(error, INTERFACE "InvalidValue"))
		return "key";
	return strcmp(error, INTERFACE "NotSupported") ? NULL : "feature";
}

static int fail_call(const struct call *call, const char *error, sd_json_variant *parameters)
{
	const char *setting = names_setting(call, error);
	const struct sentence *sentence = NULL;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!strcmp(error, INTERFACE "NoSuchGuest") && call->name)
		return fail_unknown_guest(call);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
		if (!strcmp(sentences[i].error, error))
			sentence = &sentences[i];

	out = open_memstream(&text, &size);
	if (!out)
		return fail_memory();
	write_sentence(out, sentence, setting != NULL, error, parameters);
	if (fclose(out) != 0 || !text)
		fail_memory();
	else if (setting)
		fail("cannot %s %s of '%s': %s", call->verb, field_string(parameters, setting),
		     call->name, text);
	else if (call->name)
		fail("cannot %s '%s': %s", call->verb, call->name, text);
	else
		fail("cannot %s: %s", call->verb, text);
	free(text);
	return EXIT_FAILED;
}

static void start_next(struct run *run);

static int on_reply(sd_varlink *link, sd_json_variant *parameters, const char *error,
		    sd_varlink_reply_flags_t flags, void *userdata)
{
	struct run *run = userdata;
	struct call *call;
	size_t i = 0;

	while (run->links[i] != link)
		i++;
	call = &run->calls[i];
	if (!error && (flags & SD_VARLINK_REPLY_CONTINUES)) {
		if (call->progress)
			call->progress(call, parameters);
		return 0;
	}

	if (error) {
		call->status = fail_call(call, error, parameters);
	} else {
		call->reply = sd_json_variant_ref(parameters);
		if (call->done)
			call->done(call, call->cli);
	}
	run->left--;
	start_next(run);
	return run->left ? 0 : sd_event_exit(run->event, 0);
}

static int start_call(struct run *run, size_t i)
{
	const struct call *call = &run->calls[i];
	char method[64];
	int r;

	r = connect_daemon(&run->links[i], limit_of(call->method));
	if (r < 0)
		return r;
	sd_varlink_set_userdata(run->links[i], run);
	r = sd_varlink_bind_reply(run->links[i], on_reply);
	if (r >= 0)
		r = sd_varlink_attach_event(run->links[i], run->event, 0);
	if (r >= 0 && call->fd)
		r = sd_varlink_set_allow_fd_passing_output(run->links[i], true);
	if (r >= 0 && call->fd)
		r = sd_varlink_push_dup_fd(run->links[i], *call->fd);
	if (r < 0)
		return r;
	snprintf(method, sizeof(method), INTERFACE "%s", call->method);
	if (call->progress)
		return sd_varlink_observe(run->links[i], method, call->parameters);
	return sd_varlink_invoke(run->links[i], method, call->parameters);
}

/* Where the daemon cannot be reached for one it cannot for the rest. */
static void start_next(struct run *run)
{
	int r;

	if (run->next >= run->n)
		return;
	r = start_call(run, run->next);
	if (r >= 0) {
		run->next++;
		return;
	}
	fail_unreachable(r);
	for (; run->next < run->n; run->next++, run->left--)
		run->calls[run->next].status = EXIT_FAILED;
}

int call_run(struct call *calls, size_t n)
{
	struct run run = { .calls = calls, .n = n, .left = n };
	int highest = EXIT_DONE, r = 0;

	run.links = calloc(n, sizeof(sd_varlink *));
	if (!run.links || sd_event_new(&run.event) < 0) {
		free(run.links);
		return fail_memory();
	}

	for (size_t i = 0; i < AT_ONCE; i++)
		start_next(&run);
	if (run.left)
		r = sd_event_loop(run.event);
	if (r < 0)
		highest = fail("cannot wait for vserverd: %s", strerror(-r));

	for (size_t i = 0; i < n; i++) {
		sd_varlink_close_unref(run.links[i]);
		if (calls[i].status > highest)
			highest = calls[i].status;
	}
	sd_event_unref(run.event);
	free(run.links);
	return highest;
}

void call_free(struct call *call)
{
	sd_json_variant_unref(call->parameters);
	sd_json_variant_unref(call->reply);
	call->parameters = call->reply = NULL;
}

char *absolute_path(const char *path)
{
	char *here, *ret = NULL;

	if (*path == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here && asprintf(&ret, "%s/%s", strcmp(here, "/") ? here : "", path) < 0)
		ret = NULL;
	free(here);
	return ret;
}
