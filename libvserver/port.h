/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the files about ports share; vserver.h has what programs see.
 */
#ifndef VS_PORT_H
#define VS_PORT_H

#include "private.h"

/** struct vs_bound - a socket that listens, or of UDP is bound, on any address. */
struct vs_bound {
	int protocol;			/* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;
	bool ip4, ip6;			/* what it hears of */
	bool any;			/* the wildcard */
	struct vs_address address;	/* otherwise */
	uint32_t interface;		/* 0: all */
	uint32_t inode;			/* of the socket */
};

/* port_socket.c: all of this network namespace; free(*ret). */
int vs_bound_list(struct vs *vs, struct vs_bound **ret, size_t *ret_n);

/** struct vs_holder - who has the socket of an inode. */
struct vs_holder {
	uint32_t inode;
	pid_t pid;			/* 0: nobody that can be seen */
};

/* port_holder.c: look for each of @holders, of which the inode is known. */
int vs_holders_find(struct vs_holder *holders, size_t n);
/* The name of a process's program, and systemd's unit that it is in; both ""
 * where there is none; free().  0; -ENOMEM. */
int vs_holder_name(pid_t pid, char **ret_command, char **ret_unit);

/* port_remedy.c: what to do about @port, in one line; @host is an address that
 * no context has.  NULL: no memory. */
char *vs_port_remedy(const struct vs_port *port, const char *host);

#endif /* VS_PORT_H */
