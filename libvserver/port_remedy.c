// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What to do about a program of the host that listens on every address: by which
 * line of its configuration it listens on one.  Who is not in the table can be
 * run by chbind, which binds its wildcards for it.
 */
#include <stdio.h>
#include <string.h>

#include "port.h"

static const struct remedy {
	const char *command;		/* as in /proc/PID/comm, 15 bytes at most */
	const char *before, *after;	/* around the address */
} remedies[] = {
	{ "sshd", "ListenAddress ", " in /etc/ssh/sshd_config" },
	{ "nginx", "listen ", ":PORT in each server of /etc/nginx" },
	{ "apache2", "Listen ", ":PORT in /etc/apache2/ports.conf" },
	{ "lighttpd", "server.bind = \"", "\" in /etc/lighttpd/lighttpd.conf" },
	{ "haproxy", "bind ", ":PORT in /etc/haproxy/haproxy.cfg" },
	{ "named", "listen-on { ", "; }; in /etc/bind/named.conf.options" },
	{ "unbound", "interface: ", " in /etc/unbound/unbound.conf" },
	{ "dnsmasq", "bind-interfaces and listen-address=", " in /etc/dnsmasq.conf" },
	{ "postgres", "listen_addresses = '", "' in postgresql.conf" },
	{ "mariadbd", "bind-address = ", " in /etc/mysql/mariadb.conf.d/50-server.cnf" },
	{ "mysqld", "bind-address = ", " in /etc/mysql/my.cnf" },
	{ "redis-server", "bind ", " in /etc/redis/redis.conf" },
	{ "master", "inet_interfaces = ", " in /etc/postfix/main.cf" },
	{ "exim4", "dc_local_interfaces='", "' in /etc/exim4/update-exim4.conf.conf" },
	{ "dovecot", "listen = ", " in /etc/dovecot/dovecot.conf" },
	{ "chronyd", "bindaddress ", " in /etc/chrony/chrony.conf" },
	{ "rpcbind", "OPTIONS=\"-w -h ", "\" in /etc/default/rpcbind" },
	{ "smbd", "bind interfaces only = yes and interfaces = ", " in /etc/samba/smb.conf" },
	{ "snmpd", "agentaddress ", " in /etc/snmp/snmpd.conf" },
	{ "cupsd", "Listen ", ":631 in /etc/cups/cupsd.conf" },
};

static const struct remedy *find(const char *command)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(*remedies); i++)
		if (!strcmp(remedies[i].command, command))
			return &remedies[i];
	return NULL;
}

/* In the words of whoever is to do it. */
static int say(const struct vs_port *port, const char *host, char **ret)
{
	const struct remedy *remedy = find(port->command);

	if (!port->pid)
		return asprintf(ret, "it is the kernel's own, such as NFS or WireGuard: leave the "
				"port to it");
	if (port->pid == 1)
		return asprintf(ret, "ListenStream=%s:%u in its socket unit, which systemctl "
				"list-sockets names", host, port->port);
	if (!strcmp(port->command, "systemd-resolve"))
		return asprintf(ret, "LLMNR=no and MulticastDNS=no in /etc/systemd/resolved.conf");
	if (remedy)
		return asprintf(ret, "%s%s%s", remedy->before, host, remedy->after);
	return asprintf(ret, "bind it to %s in its configuration, or start it by: chbind --ip %s "
			"-- %s ...", host, host, port->command);
}

char *vs_port_remedy(const struct vs_port *port, const char *host)
{
	char *text = NULL;

	return say(port, host, &text) < 0 ? NULL : text;
}
