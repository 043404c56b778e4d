#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What `make demo` runs inside the virtual machine: two guests from one
# archive, from build to delete, with the commands that an administrator
# would type.  Each is printed before its output.  The last line says what
# was asked and what was measured; the exit status is 1 if any step failed.
#
# Lines that begin with '#' are commands, those that begin with '=' judge.

set -u
export LC_ALL=C

ARCHIVE=${ARCHIVE:-/usr/share/vserver-test/debian13.tar}
WINDOW=10			# seconds over which shares are measured
TOLERANCE=1.0			# percentage points
WEB4=192.0.2.10 WEB6=2001:db8::10
SHOP4=192.0.2.11 SHOP6=2001:db8::11

failures=0
marker=				# pid of a process of the host's own
hogs=()

say()
{
	printf '\n== %s\n' "$*"
}

# judge STATUS WORDS: the verdict on a step.
judge()
{
	if (($1 == 0)); then
		printf '=  ok: %s\n' "$2"
	else
		printf '=  FAILED: %s\n' "$2"
		failures=$((failures + 1))
	fi
}

# run COMMAND: print it as it would be typed, then run it.
run()
{
	printf '# %s\n' "$1"
	eval "$1"
}

# must COMMAND: nothing that follows makes sense without it.
must()
{
	run "$1" && return
	judge 1 "$1"
	finish
}

# want PATTERN COMMAND: its output has to match.
want()
{
	local output status=0

	printf '# %s\n' "$2"
	output=$(eval "$2" 2>&1)
	printf '%s\n' "$output"
	[[ $output == $1 ]] || status=1
	judge $status "this is '$1'"
}

# refuse PATTERN COMMAND: it has to fail, and to say why.
refuse()
{
	local output status=0

	printf '# %s\n' "$2"
	output=$(eval "$2" 2>&1) && status=1
	printf '%s\n' "$output"
	[[ $output == *$1* ]] || status=1
	judge $status "refused: $1"
}

# field GUEST FIELD: of its JSON object, numbers and strings.
field()
{
	vserver status "$1" --json |
		sed -n "s/.*[{,]\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p"
}

# Everything that guests could leave behind, one thing a line.
traces()
{
	local pid host

	host=$(readlink /proc/self/ns/pid)
	for pid in /proc/[0-9]*; do
		[[ $(readlink "$pid/ns/pid") == "$host" ]] || echo "process ${pid#/proc/}"
	done 2>/dev/null
	pgrep -l vserver-super | sed 's/^/supervisor /'
	findmnt -rno TARGET,FSTYPE | sed 's/^/mount /'
	find /sys/fs/cgroup/vserver.slice -mindepth 1 -type d 2>/dev/null | sed 's/^/cgroup /'
	ip -o address | awk '{ print "address", $2, $4 }'
	find /sys/fs/bpf/vserver | sed 's/^/pin /'
	vserver contexts --no-legend | sed 's/^/context /'
	[[ ${PIPESTATUS[0]} == 0 ]] || echo "context list cannot be read, $EPOCHREALTIME"
	find /etc/vserver/guests /var/lib/vserver/guests -mindepth 1 -maxdepth 1 2>/dev/null |
		sed 's/^/file /'
}

finish()
{
	local pid

	for pid in $marker "${hogs[@]}"; do
		kill "$pid" 2>/dev/null
	done
	if ((failures)); then
		printf '\ndemo: FAILED, %d step(s): see FAILED above%s\n' "$failures" \
			"${result:+; $result}"
		exit 1
	fi
	printf '\ndemo: ok: %s\n' "$result"
	exit 0
}
trap 'judge 1 "interrupted"; finish' INT TERM

result=
before=$(mktemp) after=$(mktemp)

say "The machine"
must "uname -sr"
must "systemctl enable --quiet --now vserverd.socket vserverd.service"
must "vserver check"
traces > "$before"

say "Two guests from a Debian 13 system, systemd as their init"
must "vserver build web --from $ARCHIVE --memory 512M --tasks 400 \
--address '$WEB4/32 dev lo' --address '$WEB6/128 dev lo'"
must "vserver build shop --from $ARCHIVE --memory 512M --tasks 400 \
--address '$SHOP4/32 dev lo' --address '$SHOP6/128 dev lo'"
must "vserver start web shop --wait"
want active "vserver exec web -- systemctl is-active multi-user.target"
want active "vserver exec shop -- systemctl is-active multi-user.target"
want "*shop*running*web*running*" "vserver list"
want "web: running since *; ready*" "vserver status web"

say "A web server on port 80 of each, on one network stack"
for guest in web shop; do
	must "vserver exec $guest -- sh -c 'echo this is $guest > /var/www/html/index.html'"
	want active "vserver exec $guest -- systemctl is-active nginx"
done
want "this is web" "curl -sS http://$WEB4/"
want "this is shop" "curl -sS http://$SHOP4/"
want "this is web" "curl -sS 'http://[$WEB6]/'"
want "this is shop" "curl -sS 'http://[$SHOP6]/'"

say "Neither sees the other's or the host's processes"
cp /bin/sleep /tmp/of-host
/tmp/of-host infinity &
marker=$!
for guest in web shop; do
	must "vserver exec $guest -- sh -c 'cp /bin/sleep /usr/local/bin/of-$guest && \
systemd-run -q --unit of-$guest of-$guest infinity'"
done
want "of-host*of-shop*of-web" "ps -eo comm= | grep -o 'of-[a-z]*' | sort"
want "of-web" "vserver exec web -- ps -eo comm= | grep -o 'of-[a-z]*'"
want "of-shop" "vserver exec shop -- ps -eo comm= | grep -o 'of-[a-z]*'"

say "Neither can signal them"
web_process=$(pgrep -x of-web) shop_process=$(pgrep -x of-shop)
must "kill -0 $marker $web_process $shop_process		# the host can"
want 0 "vserver exec web -- sh -c 'kill -0 \$(pgrep -x of-web); echo \$?'"
for pid in $marker $shop_process; do
	refuse "No such process" "vserver exec web -- kill -KILL $pid"
done
for pid in $marker $web_process; do
	refuse "No such process" "vserver exec shop -- kill -KILL $pid"
done
say "Nor can a context on the host's own files, which does know their numbers"
want *0 "chcontext --xid 42 -- sh -c 'sleep 9 & kill -KILL \$!; echo \$?'"
for pid in $marker $web_process $shop_process; do
	refuse "not permitted" "chcontext --xid 42 -- kill -KILL $pid"
done
must "kill -0 $marker $web_process $shop_process		# all still run"

# usage CGROUP: processor time used so far, microseconds.  No fork: this runs
# on a processor that others want too.
usage()
{
	local key value

	while read -r key value; do
		[[ $key == usage_usec ]] && usage=$value
	done < "/sys/fs/cgroup/$1/cpu.stat"
}

sample()
{
	usage "$web_cgroup"
	web_usec=$usage
	usage "$shop_cgroup"
	shop_usec=$usage
	now_usec=${EPOCHREALTIME/[^0-9]/}
}

# within ASKED MEASURED: no further apart than is tolerated.
within()
{
	awk -v a="$1" -v b="$2" -v t=$TOLERANCE 'BEGIN { d = a - b; exit !(d <= t && -d <= t) }'
}

say "25 % and 50 % of the machine ($(nproc) processor) under full load"
must "vserver set web --cpu 25%"
must "vserver set shop cpu=50%"
for guest in web shop; do
	for i in 1 2 3; do
		must "vserver exec $guest -- systemd-run -q --unit hog$i sh -c 'while :; do :; done'"
	done
done
sh -c 'while :; do :; done' of-host-hog &
hogs+=($!)
web_cgroup=$(field web cgroup) shop_cgroup=$(field shop cgroup)
usage=0
sleep 3				# until the buckets have lost what they held
sample
web_before=$web_usec shop_before=$shop_usec then_usec=$now_usec
sleep $WINDOW
sample
web_share=$(awk "BEGIN { printf \"%.2f\", 100 * ($web_usec - $web_before) / ($now_usec - $then_usec) }")
shop_share=$(awk "BEGIN { printf \"%.2f\", 100 * ($shop_usec - $shop_before) / ($now_usec - $then_usec) }")
printf '%-6s%9s%10s\n' '' ASKED MEASURED web '25.00 %' "$web_share %" shop '50.00 %' "$shop_share %"
within 25 "$web_share"
judge $? "web is within $TOLERANCE points of 25 %"
within 50 "$shop_share"
judge $? "shop is within $TOLERANCE points of 50 %"
kill "${hogs[@]}"
result="asked 25 % and 50 % of the machine, measured $web_share % and $shop_share % over $WINDOW s"
want "*shop*of 50%*web*of 25%*" "vserver list"
for guest in web shop; do
	must "vserver exec $guest -- systemctl stop hog1 hog2 hog3"
done

say "A reboot from inside"
old_init=$(field web init) shop_init=$(field shop init)
run "vserver exec web -- systemctl reboot"	# it ends with the guest: any status
for ((i = 0; i < 600; i++)); do
	init=$(field web init)
	[[ $init =~ ^[0-9]+$ && $init != "$old_init" && $(field web ready) == true ]] && break
	sleep 0.1
done
[[ $init != "$old_init" && $(field web ready) == true ]]
judge $? "web is back: init was $old_init, is $init"
want "this is web" "curl -sS http://$WEB4/"
[[ $(field shop init) == "$shop_init" ]]
judge $? "shop did not notice: init is $shop_init still"

say "Stopped, deleted, nothing left"
must "vserver stop web shop"
want "web: stopped*status 3" "vserver status web; echo status \$?"
must "vserver delete web --yes"
must "vserver delete shop --yes"
want "NAME*UP" "vserver list"
traces > "$after"
diff "$before" "$after"
judge $? "no process, mount, cgroup, address, pin, context or file that was not there before"
finish
