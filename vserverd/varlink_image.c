// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of io.vserver.Manager about images.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "scope.h"
#include "store_operation.h"
#include "varlink.h"

#define FIELD(request_name, type, call, member, flags) \
	{ request_name, type, call, offsetof(struct image_request, member), flags }
#define TEXT(request_name, member, flags) \
	FIELD(request_name, SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string, member, flags)

/* The parameters of any of them.  Strings are borrowed, arrays are not. */
struct image_request {
	const char *name, *from, *tag, *suite, *variant;
	char **include, **mirrors;
	bool replace;
};

static void request_end(struct image_request *request)
{
	scope_strv_free(&request->include);
	scope_strv_free(&request->mirrors);
}

#define _cleanup_image_request_ __attribute__((cleanup(request_end)))

static int request_word(sd_varlink *link, sd_json_variant *parameters,
			struct image_request *ret)
{
	static const sd_json_dispatch_field table[] = {
		TEXT("name", name, SD_JSON_MANDATORY), {},
	};

	return sd_varlink_dispatch(link, parameters, table, ret);
}

/* --- looking -------------------------------------------------------------------------- */

static int on_images(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	sd_json_variant *images = NULL;
	int r = request_none(link, parameters);

	if (r != 0)
		return r;
	r = images_json(&images);
	if (r < 0)
		return sd_varlink_error_errno(link, r);
	r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("images", images));
	sd_json_variant_unref(images);
	return r;
}

static int on_describe(sd_varlink *link, sd_json_variant *parameters,
		       sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct image_request request = {};
	sd_json_variant *image = NULL;
	int r = request_word(link, parameters, &request);

	if (r != 0)
		return r;
	if (image_json(request.name, &image, &problem) < 0)
		return reply_problem(link, &problem);
	r = sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("image", image));
	sd_json_variant_unref(image);
	return r;
}

/* --- what takes time: answered at its end ------------------------------------------------ */

/* Each @userdata is the link, a reference. */
static void on_made(const struct problem *problem, sd_json_variant *image, void *userdata)
{
	sd_varlink *link = userdata;

	if (problem)
		reply_problem(link, problem);
	else
		sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("image", image));
	sd_varlink_unref(link);
}

static void on_verified(const struct problem *problem, sd_json_variant *differences,
			void *userdata)
{
	sd_varlink *link = userdata;

	if (problem)
		reply_problem(link, problem);
	else
		sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("differences", differences));
	sd_varlink_unref(link);
}

static void on_removed(const struct problem *problem, sd_json_variant *kept, void *userdata)
{
	sd_varlink *link = userdata;

	if (problem)
		reply_problem(link, problem);
	else
		sd_varlink_replybo(link, SD_JSON_BUILD_PAIR_VARIANT("kept", kept));
	sd_varlink_unref(link);
}

static operation_progress_t progress_of(sd_varlink_method_flags_t flags)
{
	return flags & SD_VARLINK_METHOD_MORE ? reply_progress : NULL;
}

/* Refused at once, or under way with the reference. */
static int answer(sd_varlink *link, int r, const struct problem *problem)
{
	if (r >= 0)
		return 0;
	r = reply_problem(link, problem);
	sd_varlink_unref(link);
	return r;
}

static int import(sd_varlink *link, sd_varlink_method_flags_t flags, struct manager *m,
		  const struct image_request *request)
{
	_cleanup_problem_ struct problem problem = { 0 };
	const struct store_source source = {
		.from = (char *)request->from, .tag = (char *)request->tag,
		.suite = (char *)request->suite, .variant = (char *)request->variant,
		.include = request->include, .mirrors = request->mirrors,
	};
	int r = image_import(m, request->name, &source, request->replace, progress_of(flags),
			     link, on_made, sd_varlink_ref(link), &problem);

	return answer(link, r, &problem);
}

static int on_import(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		TEXT("name", name, SD_JSON_MANDATORY),
		TEXT("from", from, SD_JSON_MANDATORY),
		TEXT("tag", tag, SD_JSON_NULLABLE),
		FIELD("replace", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, replace,
		      SD_JSON_NULLABLE),
		{},
	};
	struct image_request request = {};
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	return r != 0 ? r : import(link, flags, userdata, &request);
}

static int on_build(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		TEXT("name", name, SD_JSON_MANDATORY),
		TEXT("suite", suite, SD_JSON_MANDATORY),
		FIELD("include", SD_JSON_VARIANT_ARRAY, sd_json_dispatch_strv, include,
		      SD_JSON_NULLABLE),
		FIELD("mirrors", SD_JSON_VARIANT_ARRAY, sd_json_dispatch_strv, mirrors,
		      SD_JSON_NULLABLE),
		TEXT("variant", variant, SD_JSON_NULLABLE),
		FIELD("replace", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool, replace,
		      SD_JSON_NULLABLE),
		{},
	};
	_cleanup_image_request_ struct image_request request = {};
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	return r != 0 ? r : import(link, flags, userdata, &request);
}

static int on_verify(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct image_request request = {};
	int r = request_word(link, parameters, &request);

	if (r != 0)
		return r;
	r = image_verify(userdata, request.name, progress_of(flags), link, on_verified,
			 sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

static int on_remove(sd_varlink *link, sd_json_variant *parameters,
		     sd_varlink_method_flags_t flags, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct image_request request = {};
	int r = request_word(link, parameters, &request);

	if (r != 0)
		return r;
	r = image_remove(userdata, request.name, on_removed, sd_varlink_ref(link), &problem);
	return answer(link, r, &problem);
}

int varlink_bind_images(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method_many(server,
						  VARLINK_INTERFACE "ImportImage", on_import,
						  VARLINK_INTERFACE "BuildImage", on_build,
						  VARLINK_INTERFACE "Images", on_images,
						  VARLINK_INTERFACE "DescribeImage", on_describe,
						  VARLINK_INTERFACE "VerifyImage", on_verify,
						  VARLINK_INTERFACE "RemoveImage", on_remove);
}
