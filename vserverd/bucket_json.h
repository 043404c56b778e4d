/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A bucket as an object of the interface's type Bucket.
 */
#ifndef BUCKET_JSON_H
#define BUCKET_JSON_H

#include <systemd/sd-json.h>

#include <vserver.h>

/** bucket_build() - @now: what the scheduler knows of it; NULL: nothing.
 * 0 or a negative errno. */
int bucket_build(const struct vs_bucket *asked, const struct vs_cpu_usage *now,
		 sd_json_variant **ret);

#endif
