/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which files a guest's configuration is in.
 */
#ifndef CONFIG_PATH_H
#define CONFIG_PATH_H

#include <stdbool.h>

/** config_layers() - the files in the order they are read, the guest's own
 * first (whether it is there or not); strv, free each. */
int config_layers(const char *name, char ***ret);
/** config_directory() - NAME.conf.d, the lasting one or that of @runtime. */
int config_directory(const char *name, bool runtime, char **ret);
int config_file(const char *name, char **ret);

#endif
