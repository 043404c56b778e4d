/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The fuzzer of the module's netlink family: fuzz_value.c has numbers and
 * names, fuzz_message.c messages, fuzz.c sends them and judges the answers.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_XIDS	32
#define FUZZ_LINKS	8
#define FUZZ_BATCH	65536	/* bytes sent at once, at most */

/**
 * struct fuzz - a sender.
 *
 * @state: of the random numbers; the same seed gives the same messages, but for
 *	numbers of contexts that were answered.
 * @wrong: mistakes are made in this message.
 * @xids: contexts that the module told it of, the last ones.
 * @links: descriptors of pinned links, where the sender may open them.
 * @data, @len: what is being built.
 */
struct fuzz {
	uint64_t state;
	bool wrong;
	uint16_t family;
	uint32_t xids[FUZZ_XIDS];
	unsigned int n_xids;
	int links[FUZZ_LINKS];
	unsigned int n_links;
	unsigned char data[FUZZ_BATCH];
	size_t len;
};

/* fuzz_value.c */
uint32_t fuzz_below(struct fuzz *f, uint32_t n);
bool fuzz_one_in(struct fuzz *f, uint32_t n);
uint64_t fuzz_number(struct fuzz *f);
uint32_t fuzz_xid(struct fuzz *f);
uint64_t fuzz_bits(struct fuzz *f, uint64_t all);
size_t fuzz_name(struct fuzz *f, char *ret);	/* with its NUL, or without */
void fuzz_bytes(struct fuzz *f, void *ret, size_t n);

/* fuzz_message.c: one more message in @data.  The last four bits of its number
 * are the command that was meant. */
#define FUZZ_COMMANDS	16
void fuzz_message(struct fuzz *f, uint32_t number);

#endif /* FUZZ_H */
