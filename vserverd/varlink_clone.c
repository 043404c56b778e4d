// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about guests made of others, and renamed.
 */
#include <errno.h>

#include "scope.h"
#include "varlink.h"

/* The answer to a Clone, as it will be. */
struct clone_reply {
	sd_varlink *link;
	char **left;
};

static void reply_cloned(const struct problem *problem, void *userdata)
{
	struct clone_reply *reply = userdata;
	sd_json_variant *array = NULL;

	if (problem) {
		reply_problem(reply->link, problem);
	} else {
		sd_json_variant_new_array(&array, NULL, 0);
		for (char **left = reply->left; left && *left; left++)
			sd_json_variant_append_arrayb(&array, SD_JSON_BUILD_STRING(*left));
		sd_varlink_replybo(reply->link, SD_JSON_BUILD_PAIR_VARIANT("left", array));
	}
	sd_json_variant_unref(array);
	sd_varlink_unref(reply->link);
	scope_strv_free(&reply->left);
	free(reply);
}

static void reply_cloning(unsigned int percent, void *userdata)
{
	const struct clone_reply *reply = userdata;

	reply_progress(percent, reply->link);
}

static int on_clone(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_request_ struct request request = { 0 };
	struct clone_reply *reply;
	int r = request_clone(link, parameters, &request);

	if (r != 0)
		return r;
	reply = calloc(1, sizeof(*reply));
	if (!reply)
		return sd_varlink_error_errno(link, -ENOMEM);
	reply->link = sd_varlink_ref(link);
	if (operation_clone(userdata, request.name, request.to, &request.settings,
			    flags & SD_VARLINK_METHOD_MORE ? reply_cloning : NULL, &reply->left,
			    reply_cloned, reply, &problem) < 0)
		reply_cloned(&problem, reply);
	else
		operation_bind(userdata, request.to, link);
	return 0;
}

static int on_rename(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r = request_rename(link, parameters, &request);

	if (r != 0)
		return r;
	sd_varlink_ref(link);
	if (operation_rename(userdata, request.name, request.to, reply_done, link, &problem) < 0)
		reply_done(&problem, link);
	return 0;
}

int varlink_bind_clones(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server, VARLINK_INTERFACE "Clone", on_clone,
						  VARLINK_INTERFACE "Rename", on_rename);
}
