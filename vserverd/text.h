/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Text that comes from files and archives, and goes into JSON: UTF-8 or not.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

bool text_is_utf8(const char *text);
/** text_make_utf8() - a question mark for each byte that belongs to nothing. */
void text_make_utf8(char *text);

#endif
