// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Messages for the fuzzer.  Each begins as one that a right program sends.  In
 * three of four mistakes are made on the way: attributes are left out, doubled,
 * put elsewhere, cut, nested where they should not be, of unknown types or of
 * wrong lengths; in the header the command, the version, the flags and the
 * length are wrong.  So every check is reached, and what is behind it.
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include <linux/vserver.h>

#include "fuzz.h"

/* --- attributes -------------------------------------------------------------- */

/* What does not fit is not there; a header always does. */
static void append(struct fuzz *f, const void *data, size_t n)
{
	if (f->len + n > sizeof(f->data) - 64)
		return;
	memcpy(f->data + f->len, data, n);
	f->len += n;
	while (f->len % NLA_ALIGNTO)
		f->data[f->len++] = 0;
}

static void attribute(struct fuzz *f, uint16_t type, uint16_t len, const void *data, size_t n)
{
	struct nlattr attr = { .nla_len = len, .nla_type = type };

	append(f, &attr, sizeof(attr));
	append(f, data, n);
}

static uint16_t any_type(struct fuzz *f)
{
	static const uint16_t flags[] = { 0, NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_F_NESTED };
	uint16_t type = fuzz_one_in(f, 3) ? fuzz_number(f) : fuzz_below(f, VS_ATTR_MAX + 4);

	return type | flags[fuzz_below(f, 4)];
}

static uint16_t any_length(struct fuzz *f, size_t n)
{
	static const uint16_t lengths[] = { 0, 1, NLA_HDRLEN - 1, NLA_HDRLEN, UINT16_MAX };

	if (fuzz_one_in(f, 2))
		return NLA_HDRLEN + n + fuzz_below(f, 9) - 4;
	return lengths[fuzz_below(f, sizeof(lengths) / sizeof(lengths[0]))];
}

/* What comes in between; a long one now and then. */
static void junk(struct fuzz *f)
{
	unsigned char bytes[512];
	size_t n = fuzz_below(f, fuzz_one_in(f, 8) ? sizeof(bytes) : 20);

	fuzz_bytes(f, bytes, n);
	attribute(f, any_type(f), fuzz_one_in(f, 2) ? NLA_HDRLEN + n : any_length(f, n), bytes, n);
}

static void put(struct fuzz *f, uint16_t type, const void *data, size_t n)
{
	unsigned char bytes[512];
	size_t len = NLA_HDRLEN + n;

	if (!f->wrong || !fuzz_one_in(f, 5)) {
		attribute(f, type, len, data, n);
		return;
	}
	switch (fuzz_below(f, 8)) {
	case 0:
		break;			/* left out */
	case 1:
		attribute(f, type, len, data, n);
		attribute(f, type, len, data, n);
		break;
	case 2:
		attribute(f, any_type(f), len, data, n);
		break;
	case 3:
		attribute(f, type, any_length(f, n), data, n);
		break;
	case 4:				/* cut, and says so */
		n = fuzz_below(f, n + 1);
		attribute(f, type, NLA_HDRLEN + n, data, n);
		break;
	case 5:				/* longer, and says so */
		fuzz_bytes(f, bytes, sizeof(bytes));
		memcpy(bytes, data, n < sizeof(bytes) ? n : sizeof(bytes));
		n = fuzz_below(f, sizeof(bytes));
		attribute(f, type, NLA_HDRLEN + n, bytes, n);
		break;
	case 6:
		attribute(f, type ^ NLA_F_NESTED, len, data, n);
		break;
	default:
		junk(f);
		attribute(f, type, len, data, n);
	}
}

static void put_u32(struct fuzz *f, uint16_t type, uint32_t value)
{
	put(f, type, &value, sizeof(value));
}

static void put_u64(struct fuzz *f, uint16_t type, uint64_t value)
{
	put(f, type, &value, sizeof(value));
}

static size_t nest(struct fuzz *f, uint16_t type)
{
	size_t at = f->len;

	attribute(f, f->wrong && fuzz_one_in(f, 20) ? any_type(f) : type | NLA_F_NESTED, 0, "", 0);
	return at;
}

static void nest_end(struct fuzz *f, size_t at)
{
	struct nlattr attr;

	memcpy(&attr, f->data + at, sizeof(attr));
	attr.nla_len = f->wrong && fuzz_one_in(f, 20) ? any_length(f, f->len - at) : f->len - at;
	memcpy(f->data + at, &attr, sizeof(attr));
}

/* --- parts of a context ------------------------------------------------------- */

static void put_name(struct fuzz *f)
{
	char name[256];
	size_t n = fuzz_name(f, name);

	put(f, VS_ATTR_NAME, name, n);
}

static void put_u8(struct fuzz *f, int type, uint8_t value)
{
	put(f, type, &value, sizeof(value));
}

/* The end of a range, of that family or not. */
static void put_last(struct fuzz *f, uint32_t ip4, const unsigned char *ip6)
{
	unsigned char last6[16];
	uint32_t last4 = htonl(ntohl(ip4) + fuzz_below(f, 9));

	memcpy(last6, ip6, sizeof(last6));
	last6[14] = fuzz_below(f, 3);
	if (fuzz_one_in(f, 2))
		put(f, VS_ADDRESS_ATTR_LAST4, &last4, sizeof(last4));
	else
		put(f, VS_ADDRESS_ATTR_LAST6, last6, sizeof(last6));
}

static void put_address(struct fuzz *f)
{
	static const uint32_t wrong4[] = { 0, 0xe0000001, UINT32_MAX, 0x7f000001 };
	size_t at = nest(f, VS_ATTR_ADDRESS);
	uint32_t ip4 = htonl(f->wrong && fuzz_one_in(f, 4) ? wrong4[fuzz_below(f, 4)] :
							     0x0a090000 + fuzz_below(f, 9));
	unsigned char ip6[16] = { 0xfd, 0x09 };

	ip6[15] = fuzz_below(f, 9);
	if (f->wrong && fuzz_one_in(f, 4))
		fuzz_bytes(f, ip6, fuzz_below(f, sizeof(ip6)));
	if (fuzz_one_in(f, 2))
		put(f, VS_ADDRESS_ATTR_IP4, &ip4, sizeof(ip4));
	else
		put(f, VS_ADDRESS_ATTR_IP6, ip6, sizeof(ip6));
	if (fuzz_one_in(f, 4))
		put_u8(f, VS_ADDRESS_ATTR_PREFIX, f->wrong ? fuzz_below(f, 256) :
							     1 + fuzz_below(f, 32));
	else if (fuzz_one_in(f, 4))
		put_last(f, ip4, ip6);
	nest_end(f, at);
}

static void put_addresses(struct fuzz *f)
{
	size_t at = nest(f, VS_ATTR_ADDRESSES);
	unsigned int n = f->wrong && fuzz_one_in(f, 8) ? fuzz_below(f, 90) : fuzz_below(f, 5);

	while (n--)
		put_address(f);
	nest_end(f, at);
}

static void put_bucket(struct fuzz *f)
{
	static const uint64_t right[] = { 25000000, 100000000, 50000000, 2500000 };
	size_t at = nest(f, VS_ATTR_BUCKET);
	unsigned int i;

	for (i = 0; i < 4 && !(f->wrong && fuzz_one_in(f, 20)); i++)
		put_u64(f, VS_BUCKET_ATTR_RATE + i,
			f->wrong && fuzz_one_in(f, 4) ? fuzz_number(f) : right[i]);
	if (fuzz_one_in(f, 2)) {
		put_u64(f, VS_BUCKET_ATTR_IDLE_RATE, f->wrong ? fuzz_number(f) : right[0]);
		put_u64(f, VS_BUCKET_ATTR_IDLE_INTERVAL, f->wrong ? fuzz_number(f) : right[1]);
	}
	if (fuzz_one_in(f, 4))
		put_u64(f, VS_BUCKET_ATTR_TOKENS, f->wrong ? fuzz_number(f) : right[3]);
	if (fuzz_one_in(f, 4))
		put_u32(f, VS_BUCKET_ATTR_PRIO_BIAS, f->wrong ? (uint32_t)fuzz_number(f) : 5);
	if (fuzz_one_in(f, 4))
		put_u32(f, VS_BUCKET_ATTR_SCOPE,
			f->wrong ? (uint32_t)fuzz_number(f) : fuzz_below(f, VS_SCOPE_MAX + 1));
	nest_end(f, at);
}

static void put_links(struct fuzz *f)
{
	size_t at = nest(f, VS_ATTR_LINKS);
	unsigned int n = f->wrong && fuzz_one_in(f, 8) ? fuzz_below(f, VS_LINKS_MAX + 9) :
							 fuzz_below(f, 6);

	while (n--)
		put_u32(f, VS_ATTR_LINK, f->n_links && !fuzz_one_in(f, 9) ?
			(uint32_t)f->links[fuzz_below(f, f->n_links)] : (uint32_t)fuzz_number(f));
	nest_end(f, at);
}

/* Deeper than the kernel's parser follows. */
static void put_deep(struct fuzz *f)
{
	size_t at[40];
	int n = 1 + fuzz_below(f, 40), i;

	for (i = 0; i < n; i++)
		at[i] = nest(f, i % 2 ? VS_ATTR_ADDRESS : VS_ATTR_ADDRESSES);
	while (i--)
		nest_end(f, at[i]);
}

/* --- messages ------------------------------------------------------------------ */

/* What a command of that number may have; the rest is for the policy. */
static void put_attributes(struct fuzz *f, unsigned int command)
{
	if (command == VS_CMD_ENFORCE_SET) {
		put_links(f);
		put_u32(f, VS_ATTR_GENERATION, fuzz_number(f));
		return;
	}
	if (command == VS_CMD_ENFORCE_GET)
		return;
	if (command != VS_CMD_CONTEXT_NEW || fuzz_one_in(f, 2))
		put_u32(f, VS_ATTR_XID, fuzz_xid(f));
	if ((command == VS_CMD_CONTEXT_NEW || command == VS_CMD_CONTEXT_GET) && fuzz_one_in(f, 3))
		put_name(f);
	if (command != VS_CMD_CONTEXT_NEW && command != VS_CMD_CONTEXT_SET)
		return;
	if (fuzz_one_in(f, 2)) {
		put_u64(f, VS_ATTR_FLAGS, fuzz_bits(f, VS_FLAGS_ALL));
		if (command == VS_CMD_CONTEXT_SET)
			put_u64(f, VS_ATTR_FLAGS_MASK, fuzz_bits(f, VS_FLAGS_ALL));
	}
	if (fuzz_one_in(f, 2))
		put_u64(f, VS_ATTR_CEILING, fuzz_bits(f, (1ULL << 41) - 1));
	if (fuzz_one_in(f, 2))
		put_addresses(f);
	if (fuzz_one_in(f, 2))
		put_bucket(f);
}

static unsigned int any_command(struct fuzz *f)
{
	/* New ones and the end of others in equal parts: the table must not be full. */
	static const unsigned char often[] = {
		VS_CMD_CONTEXT_NEW, VS_CMD_CONTEXT_NEW, VS_CMD_CONTEXT_GET, VS_CMD_CONTEXT_SET,
		VS_CMD_CONTEXT_SET, VS_CMD_CONTEXT_END, VS_CMD_CONTEXT_END, VS_CMD_ENFORCE_SET,
		VS_CMD_ENFORCE_GET,
	};

	if (f->wrong && fuzz_one_in(f, 10))
		return fuzz_below(f, FUZZ_COMMANDS);
	return often[fuzz_below(f, sizeof(often))];
}

static void spoil_header(struct fuzz *f, struct nlmsghdr *header, struct genlmsghdr *genl)
{
	switch (fuzz_below(f, 8)) {
	case 0:
		genl->version = fuzz_number(f);
		break;
	case 1:
		genl->reserved = fuzz_number(f);
		break;
	case 2:		/* a dump, of what has one and of what has not */
		header->nlmsg_flags |= NLM_F_DUMP;
		break;
	case 3:		/* without NLM_F_REQUEST it is not looked at, and is "done" */
		header->nlmsg_flags = fuzz_number(f) & ~NLM_F_ACK;
		break;
	case 4:		/* the rest of what is sent belongs to it, or is cut off */
		header->nlmsg_len += fuzz_below(f, 65) - 32;
		break;
	case 5:
		header->nlmsg_len = fuzz_number(f);
		break;
	default:
		break;
	}
}

void fuzz_message(struct fuzz *f, uint32_t number)
{
	struct nlmsghdr header = {
		.nlmsg_type = f->family, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	struct genlmsghdr genl = { .version = VS_GENL_VERSION };
	size_t at = f->len, i;

	f->wrong = !fuzz_one_in(f, 4);
	genl.cmd = any_command(f);
	f->len += NLMSG_HDRLEN + GENL_HDRLEN;
	put_attributes(f, f->wrong && fuzz_one_in(f, 12) ? fuzz_below(f, FUZZ_COMMANDS) : genl.cmd);
	if (f->wrong && fuzz_one_in(f, 12))
		put_deep(f);
	if (f->wrong && fuzz_one_in(f, 12))
		for (i = fuzz_below(f, 3); i; i--)
			junk(f);
	if (genl.cmd == VS_CMD_CONTEXT_GET && !f->wrong && fuzz_one_in(f, 16)) {
		header.nlmsg_flags |= NLM_F_DUMP;
		f->len = at + NLMSG_HDRLEN + GENL_HDRLEN;
	}
	header.nlmsg_len = f->len - at;
	header.nlmsg_seq = number << 4 | genl.cmd;
	if (f->wrong && fuzz_one_in(f, 4))
		spoil_header(f, &header, &genl);
	memcpy(f->data + at, &header, sizeof(header));
	memcpy(f->data + at + NLMSG_HDRLEN, &genl, sizeof(genl));
	if (f->wrong && fuzz_one_in(f, 10))	/* and a few bytes of it are any */
		for (i = fuzz_below(f, 4); i && f->len - at > NLMSG_HDRLEN; i--)
			fuzz_bytes(f, f->data + at + NLMSG_HDRLEN +
				      fuzz_below(f, f->len - at - NLMSG_HDRLEN), 1);
}
