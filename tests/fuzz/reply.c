// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Replies of the module, and of what might be loaded under its name: a context
 * that is taken is a whole one, and a sentence stays within the answer.
 *
 * The first byte says what comes: a reply, or a refusal.  The functions that are
 * called are private to the file that is read in here.
 */
#include "libvserver/nl.c"

#include "fuzz.h"

static void reply(struct nlmsghdr *header)
{
	struct nlattr *attrs[VS_ATTR_MAX + 1];
	struct vs_context ctx;

	memset(&ctx, 0xa5, sizeof(ctx));
	if (genlmsg_parse(header, 0, attrs, VS_ATTR_MAX, NULL) < 0 ||
	    vs_attribute_take_context(attrs, &ctx) < 0)
		return;
	must(strnlen(ctx.name, sizeof(ctx.name)) < sizeof(ctx.name));
	must(ctx.n_addresses <= VS_ADDRESSES_MAX);
}

static void refusal(struct nlmsghdr *header)
{
	static struct vs vs;
	struct exchange x = { .vs = &vs };

	/* libnl has seen that the error itself is whole. */
	if (header->nlmsg_len < NLMSG_HDRLEN + sizeof(struct nlmsgerr))
		return;
	on_error(NULL, NLMSG_DATA(header), &x);
	must(x.done && x.error < 0 && x.error >= -ERRNO_MAX);
	must(strnlen(vs.reason, sizeof(vs.reason)) < sizeof(vs.reason));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *header;

	if (size < 1 + NLMSG_HDRLEN + GENL_HDRLEN)
		return 0;
	header = malloc(size - 1);
	must(header);
	memcpy(header, data + 1, size - 1);
	header->nlmsg_len = size - 1;
	if (data[0] % 2)
		reply(header);
	else
		refusal(header);
	free(header);
	return 0;
}
