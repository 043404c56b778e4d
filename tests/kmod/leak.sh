# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the module may leak, counted.  Its objects come from the kernel's common
# caches, where others allocate and free all the time: a count is a few hundred
# off, which is why a leak is looked for after some ten thousand acts.

# Objects of these sizes, messages, files and the nodes of the table.
leak_caches=(kmalloc-64 kmalloc-96 kmalloc-128 kmalloc-192 kmalloc-256 kmalloc-512
	kmalloc-1k kmalloc-4k skbuff_head_cache filp radix_tree_node)

# objects: how many are allocated in all these.  What a processor keeps at hand
# counts as allocated, so it is taken from it first.
objects()
{
	local cache count rest sum=0

	for cache in "${leak_caches[@]}"; do
		cache=/sys/kernel/slab/$cache
		[ -e "$cache/objects" ] || continue
		echo 1 >"$cache/shrink"
		read -r count rest <"$cache/objects"
		sum=$((sum + count))
	done
	echo "$sum"
}

# settled_objects: how many there are when what is freed has gone: kfree_rcu()
# keeps it for as long as five seconds, and a count taken before hides a leak of
# as many.
settled_objects()
{
	local count low

	low=$(objects)
	for _ in {1..8}; do
		sleep 1
		count=$(objects)
		[ "$count" -ge "$low" ] || low=$count
	done
	echo "$low"
}

# no_more_objects THAN SPARE: what is freed after a grace period is waited for.
no_more_objects()
{
	[ "$(objects)" -le $(($1 + $2)) ]
}

# references: links that are held, and programs that call the module.
references()
{
	cat /sys/module/vserver/refcnt
}
