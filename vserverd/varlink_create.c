// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about guests that are made from images.
 */
#include "varlink.h"

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
	return sd_varlink_server_bind_method(server, VARLINK_INTERFACE "Create", on_create);
}
