#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a context costs to make, enter and end, beside the namespaces alone; and a
# guest for one command, beside what makes containers: with context or none, all
# with namespaces, user ids of their own, a filter on system calls, and limits, in
# the same root, on the host's network.  Where a run spends its time until its command
# is executed is printed besides: the kernel notes each system call, which makes
# it all a little longer.  And a guest made from a large image, beside one from a small.
#
# machine: --icount --cpus 1 --memory 3072

cd "$(dirname "$0")/../.." || exit
. tests/bench/figures
rounds=${ROUNDS:-15}

# took COMMAND…: us
took()
{
	local begin=${EPOCHREALTIME/[^0-9]/}
	"$@" || return
	echo $((${EPOCHREALTIME/[^0-9]/} - begin))
}

# --- what is run ---------------------------------------------------------------------

root=/var/tmp/start/own/root	# ids as they are on the disk: for root only
shifted=/var/tmp/start/shifted	# of who has the ids 100000 and up
prepare_roots()
{
	mkdir -p $root && chmod 700 ${root%/*} || return
	cleanup rm -rf /var/tmp/start
	tar -C $root --warning=no-timestamp -xf /usr/share/vserver-test/debian13.tar || return
	cp -a $root $shifted || return
	perl -MFile::Find -e 'find({no_chdir => 1, wanted => sub {
		my @s = lstat $_ or return;
		syscall(94, $_, $s[4] + 100000, $s[5] + 100000);	# lchown
	}}, shift)' $shifted
	sync
}

# bundle: for crun; the filter is what Docker has by default.
bundle()
{
	mkdir -p /var/tmp/start/bundle || return
	(cd /var/tmp/start/bundle && crun spec) || return
	jq --arg root $shifted --rawfile names tests/bench/start-calls '
		.process.terminal = false | .process.args = ["/bin/true"] |
		.root = {path: $root, readonly: false} |
		.linux.namespaces |= (map(select(.type != "network")) + [{type: "user"}]) |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings |
		.linux.resources += {memory: {limit: 268435456}, pids: {limit: 100},
			cpu: {quota: 50000, period: 100000}} |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
			architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
			syscalls: [
				{names: ($names | split("\n") | map(select(test("^[a-z]")) | split(" ")) | add),
				 action: "SCMP_ACT_ALLOW"},
				{names: ["personality"], action: "SCMP_ACT_ALLOW",
				 args: [{index: 0, value: 0, op: "SCMP_CMP_EQ"}]},
				{names: ["clone"], action: "SCMP_ACT_ALLOW",
				 args: [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]},
				{names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}' \
		/var/tmp/start/bundle/config.json >"$work/config" &&
		mv "$work/config" /var/tmp/start/bundle/config.json
}

run() { vserver run $root/ --memory 256M --tasks 100 --cpu 50% -- /bin/true </dev/null >/dev/null; }
crun_run() { crun run -b /var/tmp/start/bundle start </dev/null >/dev/null; }
nspawn()
{
	systemd-nspawn -q -D $shifted --private-users=100000 --private-users-ownership=off \
		--property=MemoryMax=256M --property=TasksMax=100 --property=CPUQuota=50% \
		/bin/true </dev/null >/dev/null
}

# image NAME BYTES: of files of 64 bytes to 512 KiB, as many small as large ones, with
# nothing in them that is there twice or could be packed.
image()
{
	local tree=/var/tmp/start/$1
	mkdir "$tree" && perl -e '
		my ($left, $n) = ($ARGV[1], 0);
		srand(1);
		open(my $random, "<:raw", "/dev/urandom") or die;
		for (; $left > 0; $n++) {
			my $directory = sprintf("%s/%03d", $ARGV[0], $n / 32);
			my $size = int(64 * 8192 ** rand());
			$size = $left if $size > $left;
			mkdir($directory);
			read($random, my $data, $size) == $size or die;
			open(my $file, ">:raw", "$directory/$n") or die;
			print $file $data;
			close($file) or die;
			$left -= $size;
		}' "$tree" "$2" &&
		vserver image import -q "$1" "$tree" && rm -r "$tree" || return
	cleanup vserver image remove -q "$1"
	vserver image show "$1" --json |
		jq -er '"image \(.names[0]): \(.sizeBytes) bytes, \(.entries) entries"'
}

create() { vserver create -q start --image "$1"; }

# --- where the time goes ----------------------------------------------------------------

# A step ends with the first system call of a number after the one before it; what is
# before an execve that is counted is the shell's.
steps='libraries:41 module:73 number:258 group:46 context:437 limits:293 descriptors:435
	usher:435 namespaces:56 root:231 entering:59 command:231 clearing:231'
trace()
{
	local tracing=/sys/kernel/tracing
	mountpoint -q $tracing || mount -t tracefs tracefs $tracing || return
	echo 4096 >$tracing/buffer_size_kb
	echo mono >$tracing/trace_clock
	echo 1 >$tracing/events/raw_syscalls/sys_enter/enable
	"$@"
	echo 0 >$tracing/events/raw_syscalls/sys_enter/enable
	cat $tracing/trace
	echo >$tracing/trace
}

# take_steps: of a trace, into samples.
take_steps()
{
	awk -v steps="$steps" '
	BEGIN { n = split(steps, step, /[ \t\n]+/); i = 0 }
	{
		if (!match($0, /[0-9]+\.[0-9]+: sys_enter: NR [0-9]+/))
			next
		split(substr($0, RSTART, RLENGTH), f, /[: ]+/)
		t = f[1] * 1e6
		comm = $1
		sub(/-[0-9]+$/, "", comm)
		if (comm != "vserver" && comm != "vserver-run" && comm != "true")
			next
		if (!i) { i = 1; last = t }
		split(step[i], s, ":")
		if (i <= n && f[4] == s[2]) {
			print s[1], t - last
			last = t
			i++
		}
	}'
}

# ------------------------------------------------------------------------------------

systemctl start vserverd || fail 'no daemon'
prepare_roots && bundle || fail 'no root'
run && crun_run && nspawn || fail 'control: one of them does not run'
for ((i = 0; i < rounds; i++)); do
	sample chcontext took chcontext --silent -- true
	sample unshare took unshare --mount --pid --fork -- true
	sample run took run
	sample crun took crun_run
done
image large 300000000 && image small 3000000 && sync || fail 'no images'
for ((i = 0; i < rounds; i++)); do
	for size in large small; do
		sample create.$size took create $size
		vserver delete -q --yes start || fail 'a guest cannot be deleted'
	done
done
for ((i = 0; i < 3; i++)); do
	sample nspawn took nspawn
	trace run >"$work/trace"
	samples step run take_steps <"$work/trace"
done
figure start/chcontext-true chcontext unshare 'unshare --mount --pid --fork' 1.5 us
figure start/run-true/crun run crun 'crun run' 1.0 us
figure start/run-true/nspawn run nspawn 'systemd-nspawn' 0.2 us
figure start/create create.large create.small 'from an image a hundredth as large' 1.2 us
for step in $steps; do
	alone=1 figure "start/run-true/step/${step%:*}" "step.${step%:*}.run" - - - us
done
finish
