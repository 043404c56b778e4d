// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Every setting with any value: the first byte says which.  What is refused is
 * refused with a reason and a remedy.
 */
#include <vserver.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct vs_setting *setting = vs_settings();
	char *text, *reason = NULL, *remedy = NULL;
	size_t n = 0;

	if (!size)
		return 0;
	while (setting[n].name)
		n++;
	setting += data[0] % n;
	text = fuzz_text(data + 1, size - 1);
	if (vs_setting_check(setting, text, &reason, &remedy) < 0)
		must(reason && *reason && remedy && *remedy);
	else
		must(!reason && !remedy);
	free(reason);
	free(remedy);
	free(text);
	return 0;
}
