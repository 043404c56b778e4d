// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The JSON of OCI images and manifests of images: the first byte says which.
 * Whatever is refused of JSON is refused with a reason, and what is taken for a
 * digest can be the name of a file.
 */
#include <errno.h>

#include "fuzz.h"
#include "vserverd/manifest.h"
#include "vserverd/oci.h"

static void check_blob(const struct oci_blob *blob)
{
	must(strlen(blob->hex) == DIGEST_DIGITS && !strchr(blob->hex, '/'));
}

static void try_json(char kind, const char *text)
{
	struct oci_blob blob, *layers = NULL;
	char *reason = NULL;
	size_t n = 0;
	int r;

	if (kind == 'i') {
		r = oci_choose(text, NULL, &blob, &reason);
		if (!r)
			check_blob(&blob);
	} else if (kind == 'm') {
		r = oci_layers(text, &blob, &layers, &n, &reason);
		for (size_t i = 0; !r && i < n; i++)
			check_blob(&layers[i]);
	} else {
		r = oci_check_config(text, &reason);
	}
	must(r == 0 || reason || r == -ENOMEM);
	free(layers);
	free(reason);
}

static int tell(const char *path, const char *what, void *userdata)
{
	(void)userdata;
	must(*path && *what);
	return 0;
}

/* Two manifests, between which is a zero byte. */
static void try_manifests(const char *text, size_t size)
{
	static const char none[] = "#\n";
	size_t length = strnlen(text, size);
	const char *second = length + 1 < size ? text + length + 1 : none;
	size_t rest = length + 1 < size ? size - length - 1 : sizeof(none) - 1;
	FILE *was = fmemopen((void *)(length ? text : none), length ? length : sizeof(none) - 1, "r");
	FILE *now = fmemopen((void *)second, rest, "r");

	must(was && now);
	manifest_compare(was, now, tell, NULL);
	fclose(was);
	fclose(now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 2)
		return 0;
	text = calloc(1, size);
	must(text);
	memcpy(text, data + 1, size - 1);
	if (data[0] == 'l')
		try_manifests(text, size - 1);
	else
		try_json((char)data[0], text);
	free(text);
	return 0;
}
