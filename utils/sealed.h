/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A program that cannot be written to from where it goes.
 */
#ifndef SEALED_H
#define SEALED_H

/** sealed_or_die() - run on from a sealed copy in memory: main() begins anew, once. */
void sealed_or_die(char **argv);

#endif
