/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which user ids of the host are a guest's.
 */
#ifndef IDS_H
#define IDS_H

#include <stdint.h>

/**
 * ids_take() - the range of a guest, VS_USER_COUNT long: the recorded one, or
 * if that is another's by now or there is none yet, the first that is free.
 * @ret_first: its first id.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * It is recorded in GUESTS_DIR/NAME/ids, which moves and goes with the guest.
 * Return: 0; -ENOSPC none is free; any errno.
 */
int ids_take(const char *name, uint32_t *ret_first, char **ret_reason);

#endif
