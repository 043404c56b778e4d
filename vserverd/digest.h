/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * SHA-256 of files, as 64 digits.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <nettle/sha2.h>
#include <stdint.h>

#define DIGEST_DIGITS (2 * SHA256_DIGEST_SIZE)

/** digest_text() - what has been hashed, as digits; ends the context. */
void digest_text(struct sha256_ctx *ctx, char text[DIGEST_DIGITS + 1]);
/**
 * digest_file() - of @fd from its beginning; where it stands does not change.
 * @told: called with each number of bytes read; NULL: nobody asks.
 * Return: 0, or a negative errno.
 */
int digest_file(int fd, void (*told)(uint64_t bytes, void *userdata), void *userdata,
		char text[DIGEST_DIGITS + 1]);

#endif
