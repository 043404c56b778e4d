// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager, and who may call them: root of the host,
 * as the socket's mode and the peer's credentials both say.  Each reads its
 * request, asks the manager, answers; it decides nothing.
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "event.h"
#include "guest.h"
#include "scope.h"
#include "varlink.h"

/* --- looking -------------------------------------------------------------------------- */

static int on_list(sd_varlink *link, sd_json_variant *parameters,
		   sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_strv_free_ char **names = NULL;
	sd_json_variant *guests = NULL;
	struct manager *m = userdata;
	struct vs_guarantees all;
	int r;

	r = request_none(link, parameters);
	if (r != 0)
		return r;
	r = manager_names(&names);
	if (r >= 0)
		r = sd_json_variant_new_array(&guests, NULL, 0);
	all = guest_guarantees(m);
	units_list(m->units);	/* or else each is asked for by itself */
	for (size_t i = 0; r >= 0 && names && names[i]; i++) {
		_cleanup_problem_ struct problem problem = { 0 };
		_cleanup_guest_ struct guest *guest = NULL;
		sd_json_variant *object = NULL;

		if (guest_read(m, names[i], &guest, &problem) < 0)
			continue;	/* deleted since */
		r = guest_json(m, guest, &all, &object);
		if (r >= 0)
			r = sd_json_variant_append_array(&guests, object);
		sd_json_variant_unref(object);
	}
	units_forget(m->units);
	if (r >= 0)
		r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("guests", guests));
	else
		r = sd_varlink_error_errno(link, r);
	sd_json_variant_unref(guests);
	return r;
}

static int on_describe(sd_varlink *link, sd_json_variant *parameters,
		       sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	sd_json_variant *object = NULL;
	struct request request = { 0 };
	struct vs_guarantees all;
	int r;

	r = request_name(link, parameters, &request);
	if (r != 0)
		return r;
	if (guest_read(userdata, request.name, &guest, &problem) < 0)
		return reply_problem(link, &problem);
	all = guest_guarantees(userdata);
	r = guest_json(userdata, guest, &all, &object);
	if (r < 0)
		return sd_varlink_error_errno(link, r);
	r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("guest", object));
	sd_json_variant_unref(object);
	return r;
}

static int add_feature(sd_json_variant **array, const struct vs_feature *f)
{
	return sd_json_variant_append_arraybo(
		array, SD_JSON_BUILD_PAIR_STRING("name", f->name),
		SD_JSON_BUILD_PAIR_BOOLEAN("ok", f->ok),
		SD_JSON_BUILD_PAIR_BOOLEAN("required", f->required),
		SD_JSON_BUILD_PAIR_STRING("found", f->found ? f->found : ""),
		SD_JSON_BUILD_PAIR_STRING("without", f->without ? f->without : ""),
		SD_JSON_BUILD_PAIR_STRING("remedy", f->remedy ? f->remedy : ""));
}

/* What no library knows: whose processors are whose. */
static int add_cpusets(struct manager *m, sd_json_variant **array)
{
	_cleanup_free_ char *over = NULL;
	struct vs_feature row = { .name = "cpuset" };
	int r = guest_cpusets_check(m, &over);

	if (r < 0)
		return r;
	row.ok = !*over;
	row.found = row.ok ? (char *)"guests have what is guaranteed on their processors" : over;
	if (!row.ok) {
		row.without = (char *)"these guests are guaranteed more than the processors that "
				      "they may use have";
		row.remedy = (char *)"give less, or more processors: vserver set NAME cpu=SHARE "
				     "cpuset=LIST";
	}
	return add_feature(array, &row);
}

static int on_check(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	struct vs_feature *features = NULL;
	struct manager *m = userdata;
	sd_json_variant *array = NULL;
	size_t n = 0;
	int r;

	r = request_none(link, parameters);
	if (r != 0)
		return r;
	r = vs_check(m->vs, &features, &n);
	if (r >= 0)
		r = sd_json_variant_new_array(&array, NULL, 0);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = add_feature(&array, &features[i]);
	if (r >= 0)
		r = add_cpusets(m, &array);
	if (r >= 0)
		r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("features", array));
	else
		r = sd_varlink_error_errno(link, r);
	vs_features_free(features, n);
	sd_json_variant_unref(array);
	return r;
}

/* --- being told ----------------------------------------------------------------------- */

static int on_subscribe(sd_varlink *link, sd_json_variant *parameters,
			sd_varlink_method_flags_t flags, void *userdata)
{
	struct manager *m = userdata;
	int r;

	r = request_none(link, parameters);
	if (r != 0)
		return r;
	if (!(flags & SD_VARLINK_METHOD_MORE))
		return sd_varlink_error(link, SD_VARLINK_ERROR_EXPECTED_MORE, NULL);
	r = events_subscribe(m->events, link);
	if (r < 0)
		return sd_varlink_error_errno(link, r);
	return sd_varlink_notifybo(link, SD_JSON_BUILD_PAIR("event", SD_JSON_BUILD_NULL));
}

static void on_disconnect(sd_varlink_server *server, sd_varlink *link, void *userdata)
{
	struct manager *m = userdata;

	events_unsubscribe(m->events, link);
	operation_abandon(m, link);
}

/* Archives come and go as descriptors. */
static int on_connect(sd_varlink_server *server, sd_varlink *link, void *userdata)
{
	return sd_varlink_set_allow_fd_passing_input(link, true);
}

/* --- what takes time: answered at its end ------------------------------------------------ */

/* Refused at once, or under way with a reference of the link. */
static int answer(sd_varlink *link, int r, const struct problem *problem)
{
	if (r >= 0)
		return 0;
	r = reply_problem(link, problem);
	sd_varlink_unref(link);
	return r;
}

static int on_start(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r;

	r = request_start(link, parameters, &request);
	if (r != 0)
		return r;
	r = operation_start(userdata, request.name, request.wait, reply_done,
			    sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

static int on_stop(sd_varlink *link, sd_json_variant *parameters,
		   sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r;

	r = request_name(link, parameters, &request);
	if (r != 0)
		return r;
	r = operation_stop(userdata, request.name, reply_done, sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

static int on_restart(sd_varlink *link, sd_json_variant *parameters,
		      sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r;

	r = request_start(link, parameters, &request);
	if (r != 0)
		return r;
	r = operation_restart(userdata, request.name, request.wait, reply_done,
			      sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

static int on_delete(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct request request = { 0 };
	int r;

	r = request_name(link, parameters, &request);
	if (r != 0)
		return r;
	r = operation_delete(userdata, request.name, reply_done, sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

static int on_set(sd_varlink *link, sd_json_variant *parameters,
		  sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_request_ struct request request = { 0 };
	struct set_reply *reply;
	int r;

	r = request_set(link, parameters, &request);
	if (r != 0)
		return r;
	reply = calloc(1, sizeof(*reply));
	if (!reply)
		return sd_varlink_error_errno(link, -ENOMEM);
	reply->link = sd_varlink_ref(link);
	r = operation_set(userdata, request.name, &request.settings, request.runtime,
			  &reply->warnings, reply_set, reply, &problem);
	if (r < 0)
		reply_set(&problem, reply);
	return 0;
}

/* --- the server ------------------------------------------------------------------------ */

static int listen_on(sd_varlink_server *server)
{
	int n = sd_listen_fds(1);

	if (n < 0)
		return n;
	if (n == 0)
		return sd_varlink_server_listen_address(server, VARLINK_SOCKET, 0600);
	for (int i = 0; i < n; i++) {
		int r = sd_varlink_server_listen_fd(server, SD_LISTEN_FDS_START + i);

		if (r < 0)
			return r;
	}
	return 0;
}

static int bind_methods(sd_varlink_server *server)
{
	static int (*const others[])(sd_varlink_server *server) = {
		varlink_bind_addresses, varlink_bind_create, varlink_bind_images,
		varlink_bind_exports, varlink_bind_snapshots, varlink_bind_clones,
		varlink_bind_mounts, varlink_bind_unify,
	};
	int r;

	r = sd_varlink_server_bind_method_many(
		server, VARLINK_INTERFACE "List", on_list,
		VARLINK_INTERFACE "Describe", on_describe,
		VARLINK_INTERFACE "Start", on_start,
		VARLINK_INTERFACE "Stop", on_stop,
		VARLINK_INTERFACE "Restart", on_restart,
		VARLINK_INTERFACE "Set", on_set,
		VARLINK_INTERFACE "Delete", on_delete,
		VARLINK_INTERFACE "Check", on_check,
		VARLINK_INTERFACE "Subscribe", on_subscribe);
	for (size_t i = 0; r >= 0 && i < sizeof(others) / sizeof(*others); i++)
		r = others[i](server);
	return r;
}

int varlink_listen(struct manager *m, sd_varlink_server **ret)
{
	sd_varlink_server *server = NULL;
	int r;

	r = sd_varlink_server_new(&server, SD_VARLINK_SERVER_ROOT_ONLY |
				  SD_VARLINK_SERVER_INHERIT_USERDATA);
	if (r < 0)
		return r;
	sd_varlink_server_set_userdata(server, m);
	r = sd_varlink_server_set_info(server, "VServer", "vserverd", VS_VERSION,
				       "https://vserver.io/");
	if (r >= 0)
		r = sd_varlink_server_add_interface(server, &vl_interface_manager);
	if (r >= 0)
		r = bind_methods(server);
	if (r >= 0)
		r = sd_varlink_server_bind_connect(server, on_connect);
	if (r >= 0)
		r = sd_varlink_server_bind_disconnect(server, on_disconnect);
	if (r >= 0)
		r = listen_on(server);
	if (r >= 0)
		r = sd_varlink_server_attach_event(server, m->event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0) {
		sd_varlink_server_unref(server);
		return r;
	}
	*ret = server;
	return 0;
}
