/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the daemon tells: a line each on stderr, with its urgency in front as
 * systemd reads it.
 */
#ifndef LOG_H
#define LOG_H

#include <stdio.h>
#include <systemd/sd-daemon.h>

#define log_error(format, ...)	 fprintf(stderr, SD_ERR format "\n", ##__VA_ARGS__)
#define log_warning(format, ...) fprintf(stderr, SD_WARNING format "\n", ##__VA_ARGS__)
#define log_info(format, ...)	 fprintf(stderr, SD_INFO format "\n", ##__VA_ARGS__)

#endif
