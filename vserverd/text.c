// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * UTF-8 told from what is none, whatever the locale is.
 */
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Bytes of the character at @text; 0: that is none. */
static size_t character(const unsigned char *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *text < 0x80 ? 1 : *text >> 5 == 6 ? 2 : *text >> 4 == 14 ? 3 :
		   *text >> 3 == 30 ? 4 : 0;
	uint32_t value = *text & (n < 2 ? 0x7f : 0x7f >> n);

	for (size_t i = 1; i < n; i++) {
		if (text[i] >> 6 != 2)
			return 0;	/* also where the text ends */
		value = value << 6 | (text[i] & 0x3f);
	}
	if (n > 1 && (value < least[n] || value > 0x10ffff ||
		      (value >= 0xd800 && value <= 0xdfff)))
		return 0;
	return n;
}

bool text_is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t n = character(p);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

void text_make_utf8(char *text)
{
	unsigned char *p = (unsigned char *)text;

	while (*p) {
		size_t n = character(p);

		if (!n)
			*p = '?';
		p += n ? n : 1;
	}
}
