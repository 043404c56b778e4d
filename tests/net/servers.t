#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Servers as Debian ships them, nginx, sshd, PostgreSQL, dnsmasq and one in Go
# (Caddy), all at once in two guests and on the host, each on its one port: who asks
# an address reaches the server of whose address that is, by IPv4 and IPv6, from the
# host, from a guest, and from a guest by its loopback.
#
# The tree of servers on the machine's disk is the host's; guests have its /usr, read
# only, and copies of the rest.  Configuration is as shipped, but for PostgreSQL,
# which listens on the loopback only, and Caddy, whose port is nginx's.  Where a
# server listens on the wildcard it does so everywhere.

. tests/tap.sh
. tests/cli/cli.sh

tree=/usr/share/vserver-test/servers
[ -x $tree/usr/sbin/nginx ] || bail_out "no servers in $tree"
systemctl start vserverd || bail_out 'vserverd does not start'

declare -A four=([host]=10.9.0.1 [web]=10.9.0.2 [shop]=10.9.0.3)
declare -A six=([host]=fd09::1 [web]=fd09::2 [shop]=fd09::3)
declare -A dns=([host]=203.0.113.1 [web]=203.0.113.2 [shop]=203.0.113.3)
pg=etc/postgresql/17/main

ip link add vs-test type dummy || bail_out 'no dummy interface'
cleanup ip link delete vs-test
ip link set vs-test up
ip address add 10.9.0.1/24 dev vs-test
ip address add fd09::1/64 dev vs-test nodad
traces >"$scratch/before"

# --- what they are made of -----------------------------------------------------------

# identity NAME ROOT: everything in it answers that this is NAME.
identity()
{
	local root=$2

	echo "$1" >"$root/etc/who"
	echo "$1" >"$root/var/www/html/index.html"
	mkdir -p "$root/srv/caddy"
	echo "$1" >"$root/srv/caddy/index.html"
	printf ':8080 {\n\troot * /srv/caddy\n\tfile_server\n}\n' >"$root/etc/caddy/Caddyfile"
	printf '%s\n' '127.0.0.1 localhost' '::1 localhost' "${dns[$1]} who.test" >"$root/etc/hosts"
	: >"$root/etc/resolv.conf"
	mkdir -p "$root/$pg/conf.d"
	printf '%s\n' "cluster_name = '$1'" "listen_addresses = '*'" 'fsync = off' \
		>"$root/$pg/conf.d/test.conf"
	sed -i '1i host all all all trust' "$root/$pg/pg_hba.conf"
	rm -f "$root"/etc/ssh/ssh_host_*
	cp "$scratch/$1" "$root/etc/ssh/ssh_host_ed25519_key"
	chmod 600 "$root/etc/ssh/ssh_host_ed25519_key"
	echo "127.0.0.1,::1 $(cut -d' ' -f1,2 "$scratch/$1.pub")" >>"$root/root/.ssh/known_hosts"
}

# Keys: one a server, and one that all of them let in.
mount --bind "$scratch" $tree/mnt
cleanup umount $tree/mnt
for who in client host web shop; do
	chroot $tree ssh-keygen -q -t ed25519 -N '' -C $who -f "/mnt/$who"
done
umount $tree/mnt
mkdir -p $tree/root/.ssh
chmod 700 $tree/root/.ssh
cp "$scratch/client" $tree/root/.ssh/id_ed25519
cp "$scratch/client.pub" $tree/root/.ssh/authorized_keys
for who in host web shop; do
	echo "${four[$who]},${six[$who]} $(cut -d' ' -f1,2 "$scratch/$who.pub")"
done >$tree/root/.ssh/known_hosts
cp tests/net/servers.sh $tree/usr/sbin/init
cp tests/net/ask.sh $tree/etc/ask

tar -C $tree -cf "$scratch/tree.tar" --exclude='./usr/*' --exclude='./proc/*' --exclude='./sys/*' \
	--exclude='./dev/*' --exclude='./var/lib/dpkg/*' --exclude='./var/lib/apt/*' \
	--exclude='./var/cache/*' --exclude='./boot/*' .
tar -C $tree -rf "$scratch/tree.tar" ./usr/sbin/init
identity host $tree

# --- the host's, then the guests' ------------------------------------------------------

# in_tree COMMAND…: of the host, in a PID namespace, that its servers can be ended.
in_tree()
{
	# shellcheck disable=SC2016 # the inner shell's
	exec unshare --mount --pid --fork --kill-child -- sh -euc '
		tree=$1
		shift
		mount -t tmpfs tmpfs "$tree/run"
		mount -t tmpfs tmpfs "$tree/tmp"
		mount -t proc proc "$tree/proc"
		mount --rbind /dev "$tree/dev"
		exec chroot "$tree" "$@"' sh $tree "$@"
}

host_servers()
{
	in_tree /sbin/init >"$scratch/host.log" 2>&1 &
	host_pid=$!
	cleanup kill -KILL $host_pid
}

# ask FROM ADDRESS…: all servers there.
ask()
{
	local who=$1
	shift

	if [ "$who" = host ]; then
		(in_tree sh /etc/ask "$@")
	else
		vserver exec "$who" -- sh /etc/ask "$@"
	fi </dev/null >"$scratch/asked.$who" 2>&1
}

host_servers
for port in 22 53 80 5432 8080; do
	expect 0 "the host's server on port $port is there" eventually 60 sh -c \
		"ss -Hltn 'sport = :$port' | grep -q ."
done
for guest in web shop; do
	cleanup vserver delete --yes $guest
	cleanup umount /var/lib/vserver/guests/$guest/root/usr
	cleanup vserver stop $guest
	expect 0 "$guest is built" vserver build -q $guest --from "$scratch/tree.tar" \
		--address "${four[$guest]}/24 dev vs-test" --address "${six[$guest]}/64 dev vs-test"
	root=/var/lib/vserver/guests/$guest/root
	mount --bind -o ro $tree/usr $root/usr && mount -o remount,bind,ro $root/usr
	identity $guest $root
done
expect 0 'both start' vserver start web shop || bail_out 'no guests'
for guest in web shop; do
	for port in 22 53 80 5432 8080; do
		expect 0 "the server of $guest on port $port is there" eventually 60 \
			sh -c "ss -Hltn 'sport = :$port' | grep -qF '${four[$guest]}'"
	done
done

# --- who answers ---------------------------------------------------------------------------

# right FROM NAME ADDRESS [SERVER…]: those servers' answers, or all six.
right()
{
	local from=$1 name=$2 address=$3 server want got
	shift 3
	[ $# -gt 0 ] || set -- nginx caddy dns-udp dns-tcp postgres ssh

	for server; do
		want=$name
		[[ $server != dns-* ]] || want=${dns[$name]}
		got=$(sed -n "s/^$server $address //p" "$scratch/asked.$from")
		is "$got" "$want" "$from asks $address: $server is that of $name"
	done
}

for from in host web; do
	ask $from "${four[@]}" "${six[@]}"
	for who in host web shop; do
		right $from $who "${four[$who]}"
		right $from $who "${six[$who]}"
	done
done
ask web 127.0.0.1 ::1
right web web 127.0.0.1
right web web ::1

# --- the host's on addresses, where they were on wildcards --------------------------------

sed -i "s/listen 80 /listen ${four[host]}:80 /; s/listen \[::\]:80 /listen [${six[host]}]:80 /" \
	$tree/etc/nginx/sites-available/default
printf 'ListenAddress %s\n' "${four[host]}" "${six[host]}" >$tree/etc/ssh/sshd_config.d/test.conf
printf '%s\n' bind-interfaces "listen-address=${four[host]},${six[host]}" >$tree/etc/dnsmasq.d/test
sed -i "s/^:8080 {/&\n\tbind ${four[host]} ${six[host]}/" $tree/etc/caddy/Caddyfile
echo "listen_addresses = '${four[host]}, ${six[host]}'" >>$tree/$pg/conf.d/test.conf
kill -KILL "$host_pid"
wait "$host_pid" 2>/dev/null
rm -f $tree/var/lib/postgresql/17/main/postmaster.pid
host_servers
for port in 22 53 80 5432 8080; do
	expect 0 "the host's server on port $port is there by name" eventually 60 sh -c \
		"ss -Hltn 'sport = :$port' | grep -qF '${four[host]}:'"
done
ask host "${four[@]}" "${six[@]}"
for who in host web shop; do
	right host $who "${four[$who]}"
	right host $who "${six[$who]}"
done

# --- the end ---------------------------------------------------------------------------------

expect 0 'both are stopped' vserver stop web shop
for guest in web shop; do
	umount /var/lib/vserver/guests/$guest/root/usr
	expect 0 "$guest is deleted" vserver delete --yes $guest
done
expect 0 'nothing is left' eventually 20 nothing_left

done_testing
