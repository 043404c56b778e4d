/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Why something failed, in words.
 */
#ifndef FAIL_H
#define FAIL_H

/** fail() - why something failed, in words, into *@ret_reason, which is NULL
 * where there is no memory; free().
 * Return: @error, for "return fail(…)". */
int fail(char **ret_reason, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** fail_flatten() - a reason with names in it that anybody has made up, in one line. */
void fail_flatten(char *reason);

#endif
