// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager that take or give an archive: it comes or
 * goes through a descriptor of the client's, which is root of the host.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest.h"
#include "scope.h"
#include "varlink.h"

/* The one that is meant; its number is a parameter, as wrong as any other. */
static int take_archive(sd_varlink *link, const struct request *request, int *ret)
{
	int fd = sd_varlink_take_fd(link, request->archive);

	if (fd < 0)
		return sd_varlink_error_invalid_parameter_name(link, "archive");
	*ret = fd;
	return 0;
}

static int on_export(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	struct export_request wanted;
	_cleanup_close_ int fd = -1;
	int r;

	r = request_export(link, parameters, &request);
	if (r != 0)
		return r;
	r = take_archive(link, &request, &fd);
	if (fd < 0)
		return r;
	wanted = (struct export_request){
		.name = request.name, .snapshot = request.snapshot, .since = request.since,
		.fd = fd, .client = link,
		.compress = request.compress ? request.compress : "zstd",
	};
	r = operation_export(userdata, &wanted, reply_done, sd_varlink_ref(link), &problem);
	if (r < 0)
		reply_done(&problem, link);
	return 0;
}

/* The answer to an Import, as it will be. */
struct answer {
	sd_varlink *link;
	struct import_result result;
};

static void on_progress(unsigned int percent, void *userdata)
{
	const struct answer *answer = userdata;

	reply_progress(percent, answer->link);
}

static void on_imported(const struct problem *problem, void *userdata)
{
	struct answer *answer = userdata;
	const struct import_result *result = &answer->result;

	if (problem)
		reply_problem(answer->link, problem);
	else
		sd_varlink_replybo(answer->link,
				   SD_JSON_BUILD_PAIR_STRING("name", result->name),
				   SD_JSON_BUILD_PAIR_CONDITION(result->left != NULL, "leftOut",
						SD_JSON_BUILD_VARIANT(result->left)));
	import_result_clear(&answer->result);
	sd_varlink_unref(answer->link);
	free(answer);
}

static int on_import(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_request_ struct request request = { 0 };
	_cleanup_close_ int fd = -1;
	struct import_request wanted;
	struct answer *answer;
	int r;

	r = request_import(link, parameters, &request);
	if (r != 0)
		return r;
	r = take_archive(link, &request, &fd);
	if (fd < 0)
		return r;
	answer = calloc(1, sizeof(*answer));
	if (!answer)
		return sd_varlink_error_errno(link, -ENOMEM);
	answer->link = sd_varlink_ref(link);
	wanted = (struct import_request){ .name = request.name, .fd = fd, .client = link,
					  .trust = request.trust, .settings = request.settings };
	r = operation_import(userdata, &wanted,
			     flags & SD_VARLINK_METHOD_MORE ? on_progress : NULL, on_imported,
			     answer, &answer->result, &problem);
	if (r < 0)
		on_imported(&problem, answer);
	return 0;
}

int varlink_bind_exports(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server,
						  VARLINK_INTERFACE "Export", on_export,
						  VARLINK_INTERFACE "Import", on_import);
}
