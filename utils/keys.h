/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Keys of a terminal, one by one, while something is shown again and again.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/** keys_take() - keys come one by one and unseen until that is given back.
 * false: there is no terminal. */
bool keys_take(struct termios *ret_before);
/** keys_give_back() - and end by the signal that came meanwhile. */
void keys_give_back(const struct termios *before);
/** keys_wait() - false: before that time q, ^C or a signal has ended it. */
bool keys_wait(uint64_t ns);

#endif
