#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Half inside: what guests of other systems did to the process that enters
# them, or to the one that starts them, done to ours.  The guest's root is
# hostile, and has prepared itself.

. tests/tap.sh
. tests/guest/guest.sh

secret=/run/vserver-host-secret
(umask 077 && echo of-the-host >$secret)
cleanup rm -f $secret

hostile web
inside() { vserver exec web -- "$@"; }
# planted PATH TEXT: a script of the guest's.
planted()
{
	printf '%s\n' "$2" >"$tree/$1"
	chmod 755 "$tree/$1"
}
up=$(printf '../%.0s' {1..12})

# --- the working directory (CVE-2016-9962, CVE-2024-21626) ------------------------
expect_output '^/root$' "control: a command begins in /root" inside sh -c 'pwd -P'
expect_output '^of-the-guest$' "control: cat reads what is there" \
	inside sh -c 'echo of-the-guest >/tmp/x; cat /tmp/x'
mv "$tree/root" "$tree/root.real"
reached=
for n in {3..20}; do
	ln -sfn "/proc/self/fd/$n" "$tree/root"
	inside cat "$up$secret" >"$scratch/out" 2>/dev/null </dev/null && reached+=" $n"
done
is "$reached" "" "/root leads to no descriptor of the host's"
ln -sfn /proc/1/cwd "$tree/root"
expect_output '^/$' "where /root is a link, a command begins in /" inside sh -c 'pwd -P'
rm "$tree/root"
mv "$tree/root.real" "$tree/root"

# Descriptors that the caller has open are not the guest's, and no directory is.
expect 1 "a directory is not handed in as input" \
	sh -c "vserver exec web -- cat /proc/self/fd/0/vserver-host-secret </run"
expect_output '^[012 ]*$' "a command has three descriptors" \
	sh -c 'exec 7</etc 8</; vserver exec web -- sh -c "cd /proc/self/fd; echo [0-9]*" | sed "s/ [0-9]*$//"'
expect_output '^$' "with nothing open, too" \
	sh -c 'vserver exec web -- sh -c "cd /proc/self/fd; for i in *; do readlink \$i; done" <&- | grep -v -e pipe: -e socket: -e null -e /proc/; true'
expect_output '^handed in$' "control: a file is read" \
	sh -c "echo 'handed in' >$scratch/file; vserver exec web -- cat <$scratch/file"
chmod 600 "$scratch/file"
expect 1 "but it is not the host's file that is handed in" sh -c \
	"vserver exec web -- sh -c 'echo changed >/proc/self/fd/0; chmod 777 /proc/self/fd/0' <$scratch/file
	grep -q changed $scratch/file || test \$(stat -c %a $scratch/file) != 600"
expect_output '^a b $' "what a command has not read stays" \
	sh -c "printf 'a\nb\n' >$scratch/file; while read -r x; do vserver exec web true; printf '%s ' \$x; done <$scratch/file"
# A pipe that others write to as well: whoever opened it anew would read that.
outer=$(sh -c 'mine=$(readlink /proc/$$/fd/1); echo "$mine" >&2; vserver exec web -- readlink /proc/self/fd/1' 2>"$scratch/outer" | cat)
[[ $outer == pipe:* && $(<"$scratch/outer") == pipe:* && $outer != "$(<"$scratch/outer")" ]]
ok $? "a pipe for output is another inside" || diag "$outer, outside $(<"$scratch/outer")"
is "$(yes | vserver exec web -- head -n 1)" y "control: one for input is read"
is "$( (echo one; echo two) | (vserver exec web -- true; cat) | wc -l)" 2 "what a command does not read of it is not lost"
expect_output '^said$' "/dev/stdout is there" \
	sh -c "vserver exec web -- sh -c 'echo said >/dev/stdout' >$scratch/file; cat $scratch/file"

# --- the host's own program (CVE-2019-5736) --------------------------------------
planted usr/bin/honest $'#!/bin/sh\necho honest'
planted usr/bin/self '#!/proc/self/exe'
expect_output '^honest$' "control: a script is run" inside /bin/honest
expect_error 1 'running /bin/self: Operation not permitted' \
	"the host's program is no interpreter" inside /bin/self
expect_error 1 'running /proc/self/exe' "nor is it a program" inside /proc/self/exe
expect_error 127 'running nowhere: No such file' "control: another error" inside nowhere

# What is handed in over a socket can be read and nothing else.
vserver exec web -- /usr/bin/intruder receive /root/socket >"$scratch/received" 2>&1 </dev/null &
eventually 20 test -S "$tree/root/socket"
cp $intruder "$scratch/program"
chmod 777 "$scratch/program"	# so that it is not the mode that refuses
expect_output '^ok$' "control: the host can hand in a descriptor" \
	$intruder send "$tree/root/socket" "$scratch/program"
wait $!
is "$(head -n 1 "$scratch/received")" "read=ok write=EPERM append=EPERM chmod=EPERM chown=EPERM truncate=EPERM exec=EPERM" \
	"a file outside its mounts is not written to, changed or run"
expect_output '^read=ok( (write|append|chmod|chown|truncate|exec)=ok){6}$' "control: one of its own is" \
	inside /usr/bin/intruder reopen /usr/bin/victim
expect_output '^read=ok( (write|append|chmod|chown|truncate|exec)=ok){6}$' "control: so is one in memory" \
	inside /usr/bin/intruder memfd /usr/bin/intruder

# --- what the guest gets ------------------------------------------------------------
expect_output '^CapInh:.0*$' "nothing is inheritable (CVE-2022-24769)" \
	inside grep CapInh /proc/self/status
expect_output '^CapAmb:.0*$' "nothing is ambient" inside grep CapAmb /proc/self/status
expect 0 "control: the host can make a device" \
	sh -c "$intruder mknod $scratch/node | grep -x ok"
expect_output '^EPERM$' "the guest makes none" inside /usr/bin/intruder mknod /root/node
expect 0 "control: the host can open by handle" \
	sh -c "$intruder handle /etc/passwd | grep -x ok"
expect_output '^EPERM$' "the guest opens nothing by handle" \
	inside /usr/bin/intruder handle /etc/passwd
$intruder listen vserver-host-socket &
cleanup kill $!
expect 0 "control: the host reaches its abstract socket" \
	eventually 20 sh -c "$intruder abstract vserver-host-socket | grep -x ok"
expect_output '^(EPERM|ECONNREFUSED)$' "the guest does not (CVE-2020-15257)" \
	inside /usr/bin/intruder abstract vserver-host-socket

# --- what a command does not inherit ---------------------------------------------
inherit() { chrt -f 50 nice -n -5 ionice -c 1 taskset -c 0 "$@"; }
expect_output 'policy=1 ' "control: the caller is a real-time task" \
	inherit $intruder inheritance
own=$(prlimit --nofile --noheadings --output SOFT,HARD --pid "$(field web .init)" | tr -s ' ' : )
expect_output "policy=0 nice=0 cpus=$(nproc) ioprio=0 groups=0 gid=0 files=${own%:}\$" \
	"the command is not, and has its init's limits" \
	inherit setpriv --groups 4,20,27 prlimit --nofile=200:300 \
	vserver exec web -- /usr/bin/intruder inheritance

# --- a guest that holds up who enters ---------------------------------------------
# freezes: it begins to, until $freezer is killed.
freezes()
{
	vserver exec web -- /usr/bin/intruder freeze /root/freezes </dev/null >/dev/null 2>&1 &
	freezer=$!
	eventually 20 test -e "$tree/root/freezes"
}
freezes
expect 0 "with user ids of its own a guest freezes nobody who enters" timeout 100 vserver exec web -- true
kill $freezer
eventually 20 sh -c "! pgrep -f '[i]ntruder freeze'"
vserver stop web
vserver set -q web user=host
rm "$tree/root/freezes"
vserver start web
freezes
# A command that runs already when the guest gets to freeze it is the guest's to
# freeze: then it is tried again.
ended_or_runs() { ! kill -0 "$1" || pgrep -f '^sleep 600$'; }
attempts()
{
	local entering
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		vserver exec web -- sleep 600 </dev/null 2>"$scratch/told" &
		entering=$!
		eventually 90 ended_or_runs $entering || return
		kill $entering || break
		pkill -KILL -f '^sleep 600$'
	done
	wait $entering
} 2>/dev/null
# enter: with the status and the error of the last attempt.
enter()
{
	local status=0
	attempts || status=$?
	cat "$scratch/told" >&2
	return "$status"
}
expect_error 1 "froze" "a guest that freezes who enters is told of" enter
kill $freezer
eventually 20 sh -c "! pgrep -f '[i]ntruder freeze'"
expect 0 "control: else one can enter" timeout 100 vserver exec web -- true
vserver stop web
vserver set -q web user=private
vserver start web

# --- terminals -----------------------------------------------------------------------
# script(1) types the end of its input, which is shown as ^@ or ^D.
terminal()
{
	local status=0
	script -qec "$1" /dev/null >"$scratch/typescript" 2>&1 || status=$?
	sed 's/\^[@D]//g; s/\r$//' "$scratch/typescript"
	return "$status"
}
expect_output '^/dev/pts/[0-9]+' "a command has a terminal of the guest's" \
	terminal 'vserver exec web -- tty'
expect_output '^33 99' "of the same size" \
	terminal 'stty rows 33 cols 99; vserver exec web -- stty size'
expect 6 "enter: the shell's status" sh -c "echo 'exit 6' | script -qec 'vserver enter web' /dev/null"
expect 9 "exec: the command's, with a terminal" terminal 'vserver exec web -- sh -c "exit 9"'
expect_output '^EPERM' "nothing is typed into a terminal from inside" \
	terminal 'vserver exec web -- /usr/bin/intruder sti'

# The output at the end of a command, whose reader is slow, is whole...
script -qec 'vserver exec web -- sh -c "head -c 85000 /dev/zero; : >/root/ended"' /dev/null </dev/null |
	{ eventually 30 test -e "$tree/root/ended"; tr -dc '\0' | wc -c; } >"$scratch/count"
is "$(cat "$scratch/count")" 85000 "what a command printed last is not cut off"
# ...and ends, whoever may still write.
terminal_without_input() { script -qec "vserver exec web -- sh -c '$1' </dev/null" /dev/null; }
floods() { [ "$(terminal_without_input 'head -c 300000 /dev/zero & wait' | tr -dc '\0' | wc -c)" = 300000 ]; }
ends() { terminal_without_input 'cat /dev/zero & exit 3' >/dev/null; }
export -f terminal_without_input ends
expect 0 "control: a child can write to the terminal" floods
expect 3 "one that never ends does not keep the command from ending" timeout -k 1 60 bash -c ends
vserver stop web

# --- an init that is the host's program ---------------------------------------------
escaped=
for n in {3..16}; do
	rm "$tree/usr/sbin/init"
	planted usr/sbin/init "#!/proc/self/fd/$n/${up}usr/bin/tail -f"
	vserver start web >/dev/null 2>&1 && escaped+=" $n"
	vserver stop web >/dev/null 2>&1
done
is "$escaped" "" "no descriptor of the host's leads an init out"
expect_output "running /sbin/init" "and why is told" sh -c '! vserver start web 2>&1'

# --- what the supervisor writes: a link in the place of its socket --------------------
# It is held up after bind(), so that the guest always comes in between.
unit=/run/systemd/system/vserver@web.service.d
mkdir -p $unit
cleanup eval "rm -r $unit; systemctl daemon-reload"
cat >$unit/slow.conf <<TEXT
[Service]
ExecStart=
ExecStart=strace -D -o $scratch/strace -e trace=bind -e inject=bind:delay_exit=1000000 \
	/usr/lib/vserver/vserver-supervisor run %I
TEXT
systemctl daemon-reload
rm "$tree/usr/sbin/init"
vserver set -q web user=host	# else the directory is none of its root's
planted usr/sbin/init $'#!/bin/sh\nexec /usr/bin/intruder swap '$secret
expect 0 "control: it starts, with a supervisor that is slow" vserver start web
expect 0 "control: it was slow in bind()" grep -q 'bind.*notify.*= 0 (DELAYED)' "$scratch/strace"
expect_output "^$secret\$" "control: a link is in the place of the socket" \
	inside readlink /run/host/notify
is "$(stat -c %a $secret)" 600 "it does not change what the link leads to on the host"
vserver stop web
rm -r $unit
systemctl daemon-reload

# --- the console --------------------------------------------------------------------
planted usr/sbin/init '#!/bin/sh
trap "exit 0" TERM INT PWR
exec </dev/null >/dev/null 2>&1
until [ -e /root/go ]; do sleep 0.1; done
head -c 200000 /dev/zero >/dev/console
echo the-end >/dev/console
while :; do sleep 3600 & wait; done'
vserver set -q web user=private
expect 0 "control: it starts" vserver start web
expect 2 "beside the socket there is nothing of a guest with ids of its own" \
	inside sh -c ': >/run/host/x'
expect_output '^srw-rw-rw-' "control: any program of the guest may report to the supervisor" \
	inside ls -l /run/host/notify
inside sh -c ': >/root/go'
expect 0 "the console is read after nobody had it open" \
	eventually 30 grep -qa the-end /run/vserver/guests/web.console
done_testing
