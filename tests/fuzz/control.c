// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the others are measured by: a parser with a fault that is three steps
 * deep.  A fuzzer that does not find it finds nothing.
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char *three = malloc(3);

	must(three);
	/* cpu = 25%/ writes behind its buffer. */
	if (!strncmp(text, "cpu", 3) && strchr(text, '%') && strchr(text, '/'))
		three[strlen(text) % 2 + 3] = '/';
	free(three);
	free(text);
	return 0;
}
