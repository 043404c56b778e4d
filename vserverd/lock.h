/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One at a time changes what holds a running guest's limits.
 */
#ifndef LOCK_H
#define LOCK_H

/** guest_lock() - wait until nobody else starts, boots or changes this guest.
 * A descriptor, to be closed; or a negative errno: -ENOENT it has no tree. */
int guest_lock(const char *name);
/** guest_try_lock() - without waiting: -EWOULDBLOCK somebody else does. */
int guest_try_lock(const char *name);

#endif
