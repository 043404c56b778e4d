/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How far a call is that takes long.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "client.h"

/** progress_show() - for struct call: "NAME: [####....]  40 %", on a terminal only. */
void progress_show(const struct call *call, sd_json_variant *reply);
/** progress_clear() - before the line at the end. */
void progress_clear(const struct cli *cli);

#endif
