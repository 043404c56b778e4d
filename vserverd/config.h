/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Configuration of a guest: its file, the files beside it, and the defaults.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <vserver.h>

#define CONFIG_DIR	"/etc/vserver/guests"
#define CONFIG_RUNTIME_DIR "/run/vserver/guests"	/* NAME.conf.d: until the next start */
#define GUESTS_DIR	"/var/lib/vserver/guests"	/* NAME/root: its tree */

/** struct setting_value - a setting in force, and where it comes from. */
struct setting_value {
	const struct vs_setting *setting;
	char *value;
	char *source;		/* a path, or "default" */
};

/* Of which network a guest is. */
enum network {
	NETWORK_BIND,		/* the host's, in which it has its addresses only */
	NETWORK_PRIVATE,	/* one of its own, with an interface */
	NETWORK_NONE,		/* one of its own, with its loopback only */
};

/** struct address_config - an address; @dev NULL: the host has it already. */
struct address_config {
	struct vs_address address;
	unsigned int prefix;
	char *dev;
	bool no_dad;		/* of IPv6: other machines are not asked for it */
};

/** struct config - what a guest is to be. */
struct config {
	char *name;
	char *root;		/* GUESTS_DIR/NAME/root */
	bool read_only;		/* the tree, while it runs */
	struct vs_mount *mounts;	/* no layer yet (mounts.h) */
	size_t n_mounts;
	char *image;		/* that its tree is a layer over; NULL: none is set */
	uint32_t xid;		/* 0: handed out */
	char *hostname;		/* never NULL: the name where none is set */
	char *init;		/* word or command line (init.h); NULL: what is there */
	bool autostart;
	struct address_config *addresses;
	size_t n_addresses;
	struct vs_bucket bucket;	/* rate_ns 0: not limited */
	char *cpuset;		/* never NULL: "infinity" where it has all processors */
	uint64_t memory_bytes, swap_bytes, tasks;	/* UINT64_MAX: none */
	struct vs_rate rate_in, rate_out;
	struct vs_traffic_quota quota;
	uint64_t ceiling;
	bool no_seccomp, no_new_privs;
	bool protected;		/* from being deleted */
	struct vs_schedule snapshots;
	bool own_users;		/* it has user ids of its own */
	enum network network;
	struct setting_value *values;	/* in the order of vs_settings() */
	size_t n_values;
};

/**
 * config_read() - read a guest's configuration, whole.
 * @ret_errors: on -EINVAL everything that is wrong, a line each, with file and
 * line number; free().
 * Return: 0; -ENOENT no such guest; -EINVAL; -ENOMEM.
 */
int config_read(const char *name, struct config **ret, char **ret_errors);
/**
 * config_preview() - what config_read() would give with these settings in
 * place of those of the same name; also of a guest that has no file yet.  The
 * keys are known and each value is good; what is wrong with them together has
 * no file and line.
 */
int config_preview(const char *name, const char *const *keys, const char *const *values,
		   size_t n, struct config **ret, char **ret_errors);
void config_free(struct config *config);
/** config_names() - every guest that has a file, sorted; strv, free each. */
int config_names(char ***ret);
/**
 * config_set() - keep settings in NAME.conf.d/50-set.conf, or below
 * CONFIG_RUNTIME_DIR where @runtime; others in the file stay.  Written whole
 * or not at all.
 */
int config_set(const char *name, const char *const *keys, const char *const *values,
	       size_t n, bool runtime);
/** config_create(), config_delete() - the file of a new guest; all its files. */
int config_create(const char *name, const char *const *keys, const char *const *values, size_t n);
int config_delete(const char *name);
/** config_lasting() - config_lasting.c: of a guest the settings that its files
 * give it, in their order, but those of @except (ended by NULL) and what was set
 * until the next start.  Arrays and strings are the caller's.  0; any errno. */
int config_lasting(const char *name, const char *const *except, char ***ret_keys,
		   char ***ret_values, size_t *ret_n);
/** config_protected() - which file says that it cannot be deleted, whatever else is
 * wrong in it; NULL: none; free(). */
char *config_protected(const char *name);
/** config_unset() - take settings out of 50-set.conf; 0 also where none is there. */
int config_unset(const char *name, const char *const *keys, size_t n, bool runtime);
/** config_delete_runtime() - what was set until the next start only. */
int config_delete_runtime(const char *name);
/** config_parse_address() - "ADDRESS[/PREFIX dev INTERFACE [nodad]]"; free @ret->dev. */
int config_parse_address(const char *text, struct address_config *ret);
/** config_same_address() - whatever else is said of them. */
bool config_same_address(const struct vs_address *a, const struct vs_address *b);
bool config_is_true(const char *value);
/** config_network() - of the setting; NULL: what it is where none is set. */
enum network config_network(const char *value);

#endif
