/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the two files of the verb image share.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "cli.h"
#include "client.h"
#include "progress.h"

/* image_look.c: list, show NAME, verify [NAME...] */
int image_list(const struct cli *cli);
int image_show(const struct cli *cli);
int image_verify(const struct cli *cli);
/** image_digest() - the first digits, as people see them; static. */
const char *image_digest(sd_json_variant *image);

#endif
