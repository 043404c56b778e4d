// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about snapshots.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "scope.h"
#include "snapshot.h"
#include "varlink.h"

/* struct request - the parameters of any of these; strings are borrowed. */
struct snap_request {
	const char *name, *snapshot;
	bool scheduled, config;
};

#define STRING(key, member, flags) \
	{ key, SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, \
	  offsetof(struct snap_request, member), flags }
#define BOOLEAN(key, member) \
	{ key, SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, \
	  offsetof(struct snap_request, member), SD_JSON_NULLABLE }

/* --- answers --------------------------------------------------------------------------- */

static int snapshot_json(const struct snapshot *snap, sd_json_variant **ret)
{
	time_t seconds = (time_t)snap->created;
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%FT%TZ", &tm);
	return sd_json_buildo(ret, SD_JSON_BUILD_PAIR_STRING("name", snap->name),
			      SD_JSON_BUILD_PAIR_STRING("created", text),
			      SD_JSON_BUILD_PAIR_BOOLEAN("scheduled", snap->scheduled),
			      SD_JSON_BUILD_PAIR_CONDITION(snap->pause_ns != 0, "pauseNs",
				      SD_JSON_BUILD_UNSIGNED(snap->pause_ns)),
			      SD_JSON_BUILD_PAIR_UNSIGNED("entries", snap->entries),
			      SD_JSON_BUILD_PAIR_UNSIGNED("bytes", snap->bytes),
			      SD_JSON_BUILD_PAIR_BOOLEAN("shared", snap->shared));
}

/* The answer to a Snapshot, as it will be. */
struct snap_reply {
	sd_varlink *link;
	char *guest, *snapshot;
};

static void free_reply(struct snap_reply *reply)
{
	sd_varlink_unref(reply->link);
	free(reply->guest);
	free(reply->snapshot);
	free(reply);
}

static void send_snapshot(const struct snap_reply *reply)
{
	sd_json_variant *object = NULL;
	struct snapshot snap = { 0 };

	if (snapshot_read(reply->guest, reply->snapshot, &snap) == 0)
		snapshot_json(&snap, &object);
	snapshot_clear(&snap);
	sd_varlink_replybo(reply->link, SD_JSON_BUILD_PAIR_CONDITION(object != NULL, "snapshot",
			   SD_JSON_BUILD_VARIANT(object)));
	sd_json_variant_unref(object);
}

static void reply_taken(const struct problem *problem, void *userdata)
{
	struct snap_reply *reply = userdata;

	if (problem)
		reply_problem(reply->link, problem);
	else
		send_snapshot(reply);
	free_reply(reply);
}

static void reply_taking(unsigned int percent, void *userdata)
{
	const struct snap_reply *reply = userdata;

	reply_progress(percent, reply->link);
}

/* --- methods ----------------------------------------------------------------------------- */

static int on_snapshot(sd_varlink *link, sd_json_variant *parameters,
		       sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		STRING("name", name, SD_JSON_MANDATORY),
		STRING("snapshot", snapshot, SD_JSON_NULLABLE),
		BOOLEAN("scheduled", scheduled),
		{},
	};
	_cleanup_problem_ struct problem problem = { 0 };
	struct snap_request request = { 0 };
	struct snap_reply *reply;
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	if (r != 0)
		return r;
	reply = calloc(1, sizeof(*reply));
	if (!reply || !(reply->guest = strdup(request.name))) {
		free(reply);
		return sd_varlink_error_errno(link, -ENOMEM);
	}
	reply->link = sd_varlink_ref(link);
	r = operation_snapshot(userdata, request.name, request.snapshot, request.scheduled,
			       flags & SD_VARLINK_METHOD_MORE ? reply_taking : NULL,
			       &reply->snapshot, reply_taken, reply, &problem);
	if (r == 0)
		return 0;
	if (r < 0)
		r = reply_problem(link, &problem);
	else
		r = sd_varlink_reply(link, NULL);
	free_reply(reply);
	return r;
}

static int on_snapshots(sd_varlink *link, sd_json_variant *parameters,
			sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	struct request request = { 0 };
	sd_json_variant *array = NULL;
	struct snapshot *list = NULL;
	size_t n = 0;
	int r;

	r = request_name(link, parameters, &request);
	if (r != 0)
		return r;
	if (guest_read(userdata, request.name, &guest, &problem) < 0)
		return reply_problem(link, &problem);
	r = snapshot_list(request.name, &list, &n);
	if (r >= 0)
		r = sd_json_variant_new_array(&array, NULL, 0);
	for (size_t i = 0; i < n && r >= 0; i++) {
		sd_json_variant *object = NULL;

		r = snapshot_json(&list[i], &object);
		if (r >= 0)
			r = sd_json_variant_append_array(&array, object);
		sd_json_variant_unref(object);
	}
	if (r >= 0)
		r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("snapshots", array));
	else
		r = sd_varlink_error_errno(link, r);
	sd_json_variant_unref(array);
	snapshots_free(list, n);
	return r;
}

static int on_remove(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		STRING("name", name, SD_JSON_MANDATORY),
		STRING("snapshot", snapshot, SD_JSON_MANDATORY),
		{},
	};
	_cleanup_problem_ struct problem problem = { 0 };
	struct snap_request request = { 0 };
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	if (r != 0)
		return r;
	sd_varlink_ref(link);
	if (operation_remove_snapshot(userdata, request.name, request.snapshot, reply_done, link,
				      &problem) < 0)
		reply_done(&problem, link);
	return 0;
}

static int on_rollback(sd_varlink *link, sd_json_variant *parameters,
		       sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		STRING("name", name, SD_JSON_MANDATORY),
		STRING("snapshot", snapshot, SD_JSON_MANDATORY),
		BOOLEAN("config", config),
		{},
	};
	_cleanup_problem_ struct problem problem = { 0 };
	struct snap_request request = { 0 };
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	if (r != 0)
		return r;
	sd_varlink_ref(link);
	if (operation_rollback(userdata, request.name, request.snapshot, request.config,
			       flags & SD_VARLINK_METHOD_MORE ? reply_progress : NULL,
			       reply_built, link, &problem) < 0)
		reply_built(&problem, link);
	return 0;
}

int varlink_bind_snapshots(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server,
						  VARLINK_INTERFACE "Snapshot", on_snapshot,
						  VARLINK_INTERFACE "Snapshots", on_snapshots,
						  VARLINK_INTERFACE "RemoveSnapshot", on_remove,
						  VARLINK_INTERFACE "Rollback", on_rollback);
}
