/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which program of a guest's tree is its init.
 */
#ifndef INIT_H
#define INIT_H

#include "config.h"

/**
 * init_find() - what the setting init means in the guest's tree as it is now.
 * @tree: a descriptor of its root.
 * @ret_argv: strv, free each; its first is a path inside that can be run.
 * @ret_reason: on -ENOEXEC one sentence without a final dot; free().
 * Return: 0; -ENOEXEC there is none, or it cannot be run; -ENOMEM.
 */
int init_find(struct vs *vs, const struct config *config, int tree, char ***ret_argv,
	      char **ret_reason);

#endif
