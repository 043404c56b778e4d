/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Measured values in the few characters that a person reads: rounded, with
 * their unit.  Settings are not: libvserver writes those exactly.  Each
 * returns a string for free(), or NULL without memory.
 */
#ifndef HUMAN_H
#define HUMAN_H

#include <stdint.h>

/** human_size() - 212860928: "203M"; 1181116006: "1.1G". */
char *human_size(uint64_t bytes);
/** human_size_of() - used of a limit as it is written, in its unit:
 * "203 of 512M". */
char *human_size_of(uint64_t bytes, const char *limit);
/** human_share() - hundredths of a percent, 1210: "12.1%". */
char *human_share(uint64_t share);
/** human_time() - ns, 3200000000: "3.2 s", 480000000: "480 ms". */
char *human_time(uint64_t ns);
/** human_time_of() - what there is of at most @limit_ns, in its unit, less than
 * nothing too: "480 of 500 ms". */
char *human_time_of(int64_t ns, uint64_t limit_ns);
/** human_uptime() - 11520: "3h12"; human_uptime_long(): "3 h 12 min". */
char *human_uptime(uint64_t seconds);
char *human_uptime_long(uint64_t seconds);
/** human_date() - RFC 3339 to local time: "Sun 2026-11-22 10:02:11"; what is
 * not RFC 3339 comes back as it is. */
char *human_date(const char *rfc3339);

#endif
