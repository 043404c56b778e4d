// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about guests' files on the host.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "mounted.h"
#include "scope.h"
#include "varlink.h"

/* struct request - the parameters of Mount; strings are borrowed. */
struct mount_request {
	const char *name, *directory;
	bool read_only;
};

/* The answer, as it will be. */
struct mount_reply {
	sd_varlink *link;
	char *name;
};

static void reply_mounted(const struct problem *problem, void *userdata)
{
	struct mount_reply *reply = userdata;
	_cleanup_free_ char *directory = NULL;
	int r;

	if (problem) {
		reply_problem(reply->link, problem);
	} else {
		r = mounted_find(reply->name, &directory);
		if (r < 0)
			sd_varlink_error_errno(reply->link, r);
		else
			sd_varlink_replybo(reply->link, SD_JSON_BUILD_PAIR_STRING("directory",
										  directory));
	}
	sd_varlink_unref(reply->link);
	free(reply->name);
	free(reply);
}

static int on_mount(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		{ "name", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string,
		  offsetof(struct mount_request, name), SD_JSON_MANDATORY },
		{ "directory", SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string,
		  offsetof(struct mount_request, directory), SD_JSON_NULLABLE },
		{ "readOnly", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool,
		  offsetof(struct mount_request, read_only), SD_JSON_NULLABLE },
		{},
	};
	_cleanup_problem_ struct problem problem = { 0 };
	struct mount_request request = { 0 };
	struct mount_reply *reply;
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	if (r != 0)
		return r;
	reply = calloc(1, sizeof(*reply));
	if (!reply || !(reply->name = strdup(request.name))) {
		free(reply);
		return sd_varlink_error_errno(link, -ENOMEM);
	}
	reply->link = sd_varlink_ref(link);
	if (operation_mount(userdata, request.name, request.directory, request.read_only,
			    reply_mounted, reply, &problem) < 0)
		reply_mounted(&problem, reply);
	return 0;
}

static int on_unmount(sd_varlink *link, sd_json_variant *parameters,
		      sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r = request_name(link, parameters, &request);

	if (r != 0)
		return r;
	sd_varlink_ref(link);
	if (operation_unmount(userdata, request.name, reply_done, link, &problem) < 0)
		reply_done(&problem, link);
	return 0;
}

int varlink_bind_mounts(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server, VARLINK_INTERFACE "Mount", on_mount,
						  VARLINK_INTERFACE "Unmount", on_unmount);
}
