#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# io.vserver.Manager as programs use it: what its methods give, its errors by
# name and parameters, and who may call.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete vl --yes
cleanup vserver stop vl

# --- the interface ------------------------------------------------------------
expect_output '^method Start' "the interface tells what it is" \
	varlinkctl introspect "$socket" io.vserver.Manager
expect_output 'org.varlink.service' "and so does the service" varlinkctl info "$socket"

# --- who may call --------------------------------------------------------------
expect 0 "control: root may list" call List '{}'
expect 1 "others may not connect" setpriv --reuid 1000 --clear-groups \
	varlinkctl call "$socket" io.vserver.Manager.List '{}'
chmod 666 "$socket"
expect 0 "control: root still may" call List '{}'
expect 1 "nor call where they can connect" setpriv --reuid 1000 --clear-groups \
	varlinkctl call "$socket" io.vserver.Manager.List '{}'
chmod 600 "$socket"

# --- requests that are none -------------------------------------------------------
invalid='org.varlink.service.InvalidParameter'
expect 0 "a parameter is missing" refuses Describe '{}' "$invalid .*name"
expect 0 "a parameter is not known" refuses Describe '{"name":"vl","x":1}' "$invalid .*x"
expect 0 "a parameter is of another type" refuses Describe '{"name":1}' "$invalid .*name"
expect 0 "a setting without a value" refuses Set '{"name":"vl","settings":[{"key":"cpu"}]}' \
	"$invalid"
expect 0 "a setting that is no object" refuses Set '{"name":"vl","settings":[7]}' "$invalid"
expect 0 "a method is not known" refuses Explode '{}' 'org.varlink.service.MethodNotFound'
for name in '' . .. ../x a/b -x 'a b' "$(printf 'a%.0s' {1..64})"; do
	expect 0 "no name for a guest: '${name:0:8}'" refuses Describe "{\"name\":\"$name\"}" \
		"$errors.InvalidValue .*\"key\":\"name\""
done

# --- life -------------------------------------------------------------------------
for method in Describe Start Stop Restart Delete; do
	expect 0 "$method: no such guest" refuses "$method" '{"name":"vl"}' \
		"$errors.NoSuchGuest \{\"name\":\"vl\"\}"
done
expect 0 "Set: no such guest" refuses Set '{"name":"vl","settings":[]}' "$errors.NoSuchGuest"

build="{\"name\":\"vl\",\"from\":\"$scratch/tiny.tar\",\"settings\":[{\"key\":\"memory\",\"value\":\"64M\"}]}"
expect_output '"progress":null' "Build" call Build "$build"
expect 0 "Build: it is there" refuses Build "$build" "$errors.Exists"
expect 0 "Stop: not running" refuses Stop '{"name":"vl"}' "$errors.NotRunning"
expect 0 "Restart: not running" refuses Restart '{"name":"vl"}' "$errors.NotRunning"
expect 0 "Start" call Start '{"name":"vl"}'
expect 0 "Start: already running" refuses Start '{"name":"vl"}' "$errors.AlreadyRunning"
expect 0 "Delete: running" refuses Delete '{"name":"vl"}' "$errors.Busy .*running"
expect_output '"state":"running"' "Describe" call Describe '{"name":"vl"}'
expect 0 "Describe has what the command line needs" sh -c "varlinkctl call --json=short $socket \
	io.vserver.Manager.Describe '{\"name\":\"vl\"}' | jq -e '.guest | (.xid >= 2) and
	(.init > 1) and (.initStart > 0) and (.memoryBytes > 0) and (.tasks >= 1) and
	(.cpuUsageNs > 0) and (.cgroup | length > 1)'"
expect 0 "List has it" sh -c "varlinkctl call --json=short $socket io.vserver.Manager.List '{}' |
	jq -e '.guests | map(.name) | index(\"vl\") != null'"

# --- Set ---------------------------------------------------------------------------
# set_to KEY VALUE [RUNTIME]: parameters of Set
set_to()
{
	printf '{"name":"vl","settings":[{"key":"%s","value":"%s"}],"runtime":%s}' "$1" "$2" \
		"${3-false}"
}
cgroup=/sys/fs/cgroup$(field vl .cgroup)
expect 0 "Set applies at once" call Set "$(set_to memory 96M)"
is "$(cat "$cgroup/memory.max")" $((96 << 20)) "in the control group"
expect 0 "a setting that is not known" refuses Set "$(set_to colour red)" \
	"$errors.InvalidValue .*\"key\":\"colour\""
expect 0 "a value that is none" refuses Set "$(set_to memory lots)" \
	"$errors.InvalidValue .*\"value\":\"lots\""
expect 0 "a value that would be two lines" refuses Set "$(set_to hostname 'a\nmemory = 1G')" \
	"$errors.InvalidValue"
expect 0 "all or none" refuses Set '{"name":"vl","settings":[{"key":"tasks","value":"77"},
	{"key":"memory","value":"lots"}]}' "$errors.InvalidValue"
is "$(cat "$cgroup/pids.max")" max "none was applied"
expect 1 "nor kept" grep -qs tasks /etc/vserver/guests/vl.conf.d/50-set.conf
expect 0 "values that do not fit together" refuses Set '{"name":"vl","settings":[
	{"key":"cpu","value":"10%"},{"key":"cpu-bucket","value":"2ms"},
	{"key":"cpu-release","value":"5ms"}]}' "$errors.InvalidValue .*cpu-release"
expect 0 "--runtime applies too" call Set "$(set_to memory 48M true)"
is "$(cat "$cgroup/memory.max")" $((48 << 20)) "in the control group"
is "$(vserver config show vl --json | jq -r '.[] | select(.key == "memory").source')" \
	/run/vserver/guests/vl.conf.d/50-set.conf "and is kept below /run"
expect 0 "what counts from the next start cannot be until then" \
	refuses Set "$(set_to hostname other true)" "$errors.InvalidValue .*next start"
expect 0 "control: it can for good" call Set "$(set_to hostname other)"

# --- and the rest ----------------------------------------------------------------------
expect 0 "Restart" call Restart '{"name":"vl"}'
is "$(cat "$cgroup/memory.max")" $((96 << 20)) "what was set until the next start is over"
expect_output '^other$' "what counts from the next start is in force" \
	vserver exec vl -- hostname
expect 0 "Stop" call Stop '{"name":"vl"}'
expect 0 "Set --runtime: not running" refuses Set "$(set_to memory 48M true)" \
	"$errors.NotRunning"
expect 0 "Delete" call Delete '{"name":"vl"}'
expect 0 "nothing is left" nothing_left
expect 0 "Check" sh -c "varlinkctl call --json=short $socket io.vserver.Manager.Check '{}' |
	jq -e '.features | length > 5 and all(has(\"ok\"))'"

done_testing
