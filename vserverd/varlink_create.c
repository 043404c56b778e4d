// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about guests that are made: with a tree of
 * their own, or from images.
 */
#include "image.h"
#include "varlink.h"

/* Of what the tree is made: of one thing. */
static int read_source(const struct request *request, struct tree_source *ret,
		       struct problem *problem)
{
	const char *from = request->from ? request->from : request->directory;

	if (!!request->from + !!request->directory + !!request->suite + request->empty != 1)
		return problem_invalid(problem, "from", from ? from : "", "a tree is made of one "
				       "thing", "give one of from, directory, suite and empty");
	*ret = (struct tree_source){
		.kind = request->from ? TREE_ARCHIVE : request->directory ? TREE_DIRECTORY :
			request->suite ? TREE_DEBIAN : TREE_EMPTY,
		.from = {
			.from = (char *)from, .suite = (char *)request->suite,
			.variant = (char *)request->variant, .include = request->include,
			.mirrors = request->mirrors,
		},
	};
	return 0;
}

static int on_build(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_request_ struct request request = { 0 };
	struct tree_source source;
	int r;

	r = request_build(link, parameters, &request);
	if (r != 0)
		return r;
	sd_varlink_ref(link);
	r = read_source(&request, &source, &problem);
	if (!r)
		r = operation_build(userdata, request.name, &source, &request.settings,
				    flags & SD_VARLINK_METHOD_MORE ? reply_progress : NULL,
				    reply_built, link, &problem);
	if (r < 0)
		reply_built(&problem, link);
	else
		operation_bind(userdata, request.name, link);
	return 0;
}

static int on_create(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_request_ struct request request = { 0 };
	int r;

	r = request_create(link, parameters, &request);
	if (r != 0)
		return r;
	sd_varlink_ref(link);
	r = operation_create(userdata, request.name, &request.settings, reply_done, link,
			     &problem);
	if (r < 0)
		reply_done(&problem, link);
	return 0;
}

int varlink_bind_create(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server, VARLINK_INTERFACE "Build", on_build,
						  VARLINK_INTERFACE "Create", on_create);
}
