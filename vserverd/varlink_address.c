// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about a guest's addresses.
 */
#include <stddef.h>

#include "guest.h"
#include "varlink.h"

static int on_addresses(sd_varlink *link, sd_json_variant *parameters,
			sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	struct request request = { 0 };
	sd_json_variant *array = NULL;
	int r;

	r = request_name(link, parameters, &request);
	if (r != 0)
		return r;
	if (guest_read(userdata, request.name, &guest, &problem) < 0)
		return reply_problem(link, &problem);
	r = guest_addresses_json(userdata, guest, &array);
	if (r < 0)
		return sd_varlink_error_errno(link, r);
	r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("addresses", array));
	sd_json_variant_unref(array);
	return r;
}

static int change(sd_varlink *link, sd_json_variant *parameters, void *userdata, bool add)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r;

	r = request_address(link, parameters, &request);
	if (r != 0)
		return r;
	sd_varlink_ref(link);
	r = operation_address(userdata, request.name, request.address, add, request.runtime,
			      reply_done, link, &problem);
	if (r < 0)
		reply_done(&problem, link);
	return 0;
}

static int on_add(sd_varlink *link, sd_json_variant *parameters,
		  sd_varlink_method_flags_t flags, void *userdata)
{
	return change(link, parameters, userdata, true);
}

static int on_remove(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	return change(link, parameters, userdata, false);
}

int varlink_bind_addresses(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server,
						  VARLINK_INTERFACE "Addresses", on_addresses,
						  VARLINK_INTERFACE "AddAddress", on_add,
						  VARLINK_INTERFACE "RemoveAddress", on_remove);
}
