// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Ceilings: a list of capabilities that is taken is printed as one that means
 * the same, and one that is not leaves the ceiling as it was.
 */
#include <vserver.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *bad = NULL, *printed;
	const uint64_t before = vs_ceiling_guest();
	uint64_t ceiling = before, again = 0;

	if (vs_ceiling_parse(text, &ceiling, &bad) < 0) {
		must(ceiling == before);
		must(bad && *bad && strstr(text, bad));
	} else {
		must(!bad);
		must(vs_ceiling_format(ceiling, &printed) == 0);
		must(vs_ceiling_parse(printed, &again, &bad) == 0 && again == ceiling);
		free(printed);
	}
	free(bad);
	free(text);
	return 0;
}
