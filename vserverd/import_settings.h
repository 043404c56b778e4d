/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which settings of another host's guest are taken.
 */
#ifndef IMPORT_SETTINGS_H
#define IMPORT_SETTINGS_H

#include "config_file.h"
#include "manager.h"

/**
 * import_settings() - those of an archive, with those that were given here in
 * their place.
 * @path: the archive's file; its lines are good, each by itself.
 * @trust: take all that it has.
 * @ret: pairs_clear().
 * @ret_left: an array of the interface's type Setting; NULL: none was left out.
 */
int import_settings(const char *path, const struct pairs *given, bool trust,
		    struct pairs *ret, sd_json_variant **ret_left);

#endif
