#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The verbs of vserver on guests that are small: what they do, what they
# print, what they exit with.
#
# any-kernel

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"
tiny "$scratch/tiny.tar"
traces >"$scratch/before"

# --- help -----------------------------------------------------------------------
expect 0 "version" prints "vserver [0-9]*" vserver --version
expect 0 "version of chcontext" prints "chcontext $(vserver --version | cut -d' ' -f2)" chcontext --version
expect 0 "version of chbind" prints "chbind $(vserver --version | cut -d' ' -f2)" chbind --version
expect 0 "help" prints "usage: vserver VERB*" vserver help
expect 0 "--help is help" test "$(vserver help)" = "$(vserver --help)"
for verb in $(vserver help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	expect 0 "help $verb" prints "usage: vserver $verb*" vserver help "$verb"
	expect 0 "$verb --help is help $verb" \
		test "$(vserver help "$verb")" = "$(vserver "$verb" --help)"
	expect 0 "help $verb fits 80 columns" \
		sh -c "test -z \"\$(vserver help $verb | grep -E '^.{81}')\""
done
expect 0 "limit is set" test "$(vserver limit --help)" = "$(vserver set --help)"

# --- check ----------------------------------------------------------------------
expect 0 "check" sh -c 'vserver check >/dev/null'
expect 0 "check --json" prints true \
	sh -c 'vserver check --json | jq "length > 5 and all(has(\"name\") and has(\"ok\"))"'
if [ -e /sys/kernel/sched_ext ]; then
	expect 0 "check: sched_ext is there" prints "*" sh -c 'vserver check | grep "^sched_ext .* ok"'
else
	expect 0 "check says what keeps the shares without sched_ext" prints "*" \
		sh -c 'vserver check | grep "^sched_ext: .*cpu\.max"'
fi

# --- build, look ------------------------------------------------------------------
expect 0 "no guests: nothing but heads" prints "NAME *STATE*" vserver list
expect 0 "no guests: an empty array" prints "[]" vserver list --json
expect 0 "build" prints "web: built from $scratch/tiny.tar" \
	vserver build web --from "$scratch/tiny.tar" --memory 64M cpu=20% --tasks 50 \
	--address '192.0.2.21/32 dev lo' --address '2001:db8::21/128 dev lo'
(cd "$scratch" && vserver build --quiet db --from tiny.tar)
expect 0 "build from here, quietly" prints "stopped" field db .state
expect 0 "list" prints "db *stopped*web *stopped*192.0.2.21*" vserver list --no-legend
expect 0 "list --json" prints '\["db","web"]' sh -c 'vserver list --json | jq -c "map(.name)"'
expect 3 "status of a stopped guest" sh -c 'vserver status web >/dev/null'
expect 0 "status says so" sh -c 'vserver status web | grep -q "^web: stopped"'
expect 0 "config show" prints "SETTING *cpu *20% */etc/vserver/guests/web.conf*" \
	vserver config show web
expect 0 "config show --json" prints 64M \
	sh -c 'vserver config show web --json | jq -r ".[] | select(.key == \"memory\").value"'

# --- life ---------------------------------------------------------------------------
expect 0 "start of several" prints "*: started*: started" vserver start web db
expect 0 "status of a running guest" sh -c 'vserver status web | grep -q "^web: running since "'
expect 0 "status in JSON" prints "running web.service" \
	sh -c 'vserver status web --json | jq -r ".state + \" \" + .unit" | sed s/vserver@//'
expect 0 "list while it runs" prints "*web *running*[0-9] of 20%*of 64M*" vserver list --no-legend
expect 0 "list --quiet: names" prints "db?web" vserver list --quiet
expect 0 "contexts has both" prints "2" sh -c 'vserver contexts | grep -c "[0-9]  *\(db\|web\) "'
expect 0 "contexts --json" prints '\["db","web"]' \
	sh -c 'vserver contexts --json | jq -c "map(.name) | sort"'

expect 0 "contexts --quiet: numbers" prints "[0-9]*?[0-9]*" vserver contexts --quiet
expect 0 "config show --quiet: nothing" prints "" vserver config show --quiet web
expect 0 "status of all" prints "db: running since *ASKED*web: running since *ASKED*" vserver status
expect 0 "status of all, in JSON" prints '\["db","web"]' sh -c 'vserver status --json | jq -c "map(.name)"'
expect 0 "status --no-legend" prints "web: running *cpu *20%*" vserver status web --no-legend
[[ $output != *ASKED* ]]
ok $? "has no heads" || diag "$output"

# --- exec, enter ---------------------------------------------------------------------
expect 0 "exec: the command's output" prints "uid=0(root)*" vserver exec web -- id
expect 0 "exec without --" prints "uid=0(root)*" vserver exec web id
expect 0 "exec: options are the command's" prints "*init*" vserver exec web ls -l /sbin/init
expect 0 "exec: input" prints "hello" sh -c 'echo hello | vserver exec web -- cat'
expect 7 "exec: status" vserver exec web -- sh -c 'exit 7'
expect 143 "exec: ended by a signal" vserver exec web -- sh -c 'kill -TERM $$'
expect 0 "exec: stderr is stderr" prints "" \
	sh -c 'vserver exec web -- sh -c "echo oops >&2" 2>/dev/null'
expect 0 "exec: large output is whole" prints "3000000" \
	sh -c 'vserver exec web -- head -c 3000000 /dev/zero | wc -c'
expect 127 "exec of what is not there" sh -c 'vserver exec web -- /nowhere 2>/dev/null'
expect 0 "exec is inside: it sees few processes" prints "[1-9]" \
	sh -c 'vserver exec web -- ps -e -o pid= | wc -l'
expect 0 "enter: a shell that reads" prints "inside" \
	sh -c 'echo "echo inside" | vserver enter web'
expect 4 "enter: the shell's status" sh -c 'echo exit 4 | vserver enter web'

# --- set ------------------------------------------------------------------------------
max()
{
	cat "/sys/fs/cgroup/$(field web .cgroup)/$1"
}
expect 0 "set" prints "web: memory = 48M*web: tasks = 40" vserver set web --memory 48M tasks=40
expect 0 "it holds at once: memory" test "$(max memory.max)" = $((48 << 20))
expect 0 "it holds at once: tasks" test "$(max pids.max)" = 40
expect 0 "it is kept" grep -q '^memory *= *48M' /etc/vserver/guests/web.conf.d/50-set.conf
expect 0 "set --runtime" vserver set -q web --runtime tasks=30
expect 0 "it holds" test "$(max pids.max)" = 30
expect 0 "and is not kept" sh -c '! grep -q 30 /etc/vserver/guests/web.conf.d/50-set.conf'
expect 0 "cpu, as 'limit'" vserver limit -q web --cpu 15%
expect 0 "is in cpu.max" sh -c "set -- $(max cpu.max); test \$((\$1 * 100 / \$2)) = 15"
old_init=$(field web .init)
expect 0 "restart" prints "web: restarted" vserver restart web
expect 0 "it is another init" test "$old_init" != "$(field web .init)"
expect 0 "what was for one run has gone" test "$(max pids.max)" = 40

# --- end --------------------------------------------------------------------------------
expect 0 "stop of several" prints "*: stopped*: stopped" vserver stop db web
expect 0 "status of all that do not run" prints "db: stopped*web: stopped*" vserver status
expect 3 "status then" sh -c 'vserver status web >/dev/null'
expect 0 "delete" prints "web: deleted" vserver delete web --yes
expect 0 "delete, short and quiet" prints "" vserver delete -qy db
expect 0 "nothing is left" nothing_left

done_testing
