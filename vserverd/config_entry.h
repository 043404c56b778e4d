/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef CONFIG_ENTRY_H
#define CONFIG_ENTRY_H

#include "config.h"
#include "config_file.h"

/** entry_find() - the line of a setting; NULL: there is none. */
const struct entry *entry_find(const struct entries *entries, const char *name);

/** entry_value() - what is in force of a setting that is no list; NULL: nothing. */
const char *entry_value(const struct entries *entries, const char *name);

/** entry_complain() - a line to @errors, with file and line of @entry (NULL: none). */
__attribute__((format(printf, 3, 4)))
void entry_complain(FILE *errors, const struct entry *entry, const char *format, ...);

/** config_take_bucket() - cpu and what belongs to it: one bucket (config_bucket.c). */
void config_take_bucket(const struct entries *entries, struct vs_bucket *bucket,
			FILE *errors);

/** config_make() - what they and the defaults make; what is wrong with them together
 * gets a line in @errors.  0, also then; -ENOMEM. */
int config_make(const char *name, const struct entries *entries, FILE *errors,
		struct config **ret);

struct config;
/** config_take_network() - which it is (config_network.c); first of all. */
void config_take_network(const struct entries *entries, struct config *config, FILE *errors);
/** config_check_network() - do the addresses fit to it? */
void config_check_network(const struct entries *entries, const struct config *config,
			  FILE *errors);
/** config_take_mounts() - mount (config_mount.c); 0 or -ENOMEM. */
int config_take_mounts(const struct entries *entries, struct config *config, FILE *errors);
/** config_take_traffic() - net-rate and its kin (config_traffic.c). */
void config_take_traffic(const struct entries *entries, struct config *config);

#endif
