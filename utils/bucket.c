/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context's bucket now: read from the table and from the scheduler, which
 * need not run.  What nobody knows is left out.
 */
#include "bucket.h"

#include "vserverd/bucket_json.h"

void bucket_read(struct vs *vs, const struct vs_context *context, struct bucket *ret)
{
	*ret = (struct bucket){ .asked = context->bucket };
	ret->known = vs_scheduler_usage(vs, context->xid, &ret->now) == 0;
}

int bucket_json(const struct bucket *bucket, sd_json_variant **ret)
{
	if (!bucket->asked.rate_ns)
		return sd_json_variant_new_null(ret);
	return bucket_build(&bucket->asked, bucket->known ? &bucket->now : NULL, ret);
}
