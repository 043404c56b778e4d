#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# ask.sh ADDRESS…: who answers there?  For each address and server a line: server,
# address, and what its answer says that it is.

said()
{
	echo "$1 $address $(shift; timeout 30 "$@" 2>&1 | head -n 1)"
}

for address; do
	case $address in
	*:*) family=-6 url="[$address]" ;;
	*) family=-4 url=$address ;;
	esac
	said nginx curl -sS "$family" "http://$url/"
	said caddy curl -sS "$family" "http://$url:8080/"
	said dns-udp dig "$family" "@$address" +short +tries=2 +time=5 who.test A
	said dns-tcp dig "$family" "@$address" +short +tries=2 +time=5 +tcp who.test A
	said postgres psql -h "$address" -U postgres -Atc 'SHOW cluster_name'
	said ssh ssh -o BatchMode=yes -o ConnectTimeout=20 "$address" cat /etc/who
done
