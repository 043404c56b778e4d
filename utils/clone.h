/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the verbs clone and build share.
 */
#ifndef CLONE_H
#define CLONE_H

#include "cli.h"
#include "client.h"

/** clone_guest() - @settings: []Setting, in place of those of @from; NULL: none.
 * Returns an exit status; what there is to say has been said. */
int clone_guest(const struct cli *cli, const char *from, const char *to,
		sd_json_variant *settings);

#endif
