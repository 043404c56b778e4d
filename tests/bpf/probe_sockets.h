/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef PROBE_SOCKETS_H
#define PROBE_SOCKETS_H

#include <netinet/in.h>
#include <sys/socket.h>

union probe_address {
	struct sockaddr any;
	struct sockaddr_in ip4;
	struct sockaddr_in6 ip6;
};

/* An address with a colon is IPv6.  The size of what is there. */
socklen_t probe_address(const char *text, const char *port, union probe_address *ret);

#endif /* PROBE_SOCKETS_H */
