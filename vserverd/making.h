/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests that are being made or deleted, whole or not there after a crash.
 */
#ifndef MAKING_H
#define MAKING_H

/**
 * making_begin() - note that a guest of that name, of which nothing is there,
 * is about to be made.
 * Return: 0; -EEXIST there is a tree of that name; or an errno, with a sentence in
 * *@ret_reason; free().
 */
int making_begin(const char *name, char **ret_reason);
/** making_end() - it has its tree and its file, or neither. */
void making_end(const char *name);
/**
 * making_settle() - what was cut off: trees that never got their file are hidden,
 * for the sweep; files whose tree is hidden are removed.  Nothing may be under way.
 * Return: 0; or an errno, with a sentence in *@ret_reason; free().
 */
int making_settle(char **ret_reason);

#endif
