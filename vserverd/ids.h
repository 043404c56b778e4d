/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which user ids of the host are a guest's.
 */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
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

/** RUNS_DIR - ranges that runs have, N locked by who has it (run_slot.c). */
#define RUNS_DIR "/run/vserver/runs"
bool ids_parse_run(const char *name, unsigned int *ret);
/** ids_of_run() - the first id of range @n. */
uint32_t ids_of_run(unsigned int n);
/** ids_add_run() - one range more, RUNS_DIR/N; it is there, and may be free.
 * Return: as ids_take(). */
int ids_add_run(char **ret_reason);
/** ids_check_run() - 1: range @n is nobody else's still; 0: it is; or as ids_take(). */
int ids_check_run(unsigned int n, char **ret_reason);

#endif
