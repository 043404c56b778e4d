#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The first process of servers.t's guests, and of its servers on the host: starts
# what Debian's units start, as they do.

mkdir -p /run/sshd /run/postgresql /run/dnsmasq
chown postgres:postgres /run/postgresql
/usr/sbin/sshd
/usr/sbin/nginx -g 'daemon on; master_process on;'
/usr/sbin/dnsmasq -x /run/dnsmasq/dnsmasq.pid -u dnsmasq --local-service \
	-7 /etc/dnsmasq.d,.dpkg-dist,.dpkg-old,.dpkg-new
HOME=/root caddy run --config /etc/caddy/Caddyfile >/run/caddy.log 2>&1 &
pg_ctlcluster 17 main start
trap 'exit 0' TERM INT PWR
while :; do
	sleep 3600 &
	wait $!
done
