// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * SHA-256 of files, by nettle.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "digest.h"

#define BLOCK_SIZE (128 * 1024)

void digest_text(struct sha256_ctx *ctx, char text[DIGEST_DIGITS + 1])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

int digest_file(int fd, void (*told)(uint64_t bytes, void *userdata), void *userdata,
		char text[DIGEST_DIGITS + 1])
{
	static uint8_t block[BLOCK_SIZE];
	struct sha256_ctx ctx;
	off_t at = 0;
	ssize_t n;

	sha256_init(&ctx);
	while ((n = pread(fd, block, sizeof(block), at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		sha256_update(&ctx, (size_t)n, block);
		at += n;
		if (told)
			told((uint64_t)n, userdata);
	}
	digest_text(&ctx, text);
	return 0;
}
