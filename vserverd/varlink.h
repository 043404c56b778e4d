/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The interface io.vserver.Manager: requests read, the manager asked, answers
 * sent.
 */
#ifndef VARLINK_H
#define VARLINK_H

#include <systemd/sd-varlink-idl.h>
#include <systemd/sd-varlink.h>

#include "manager.h"
#include "problem.h"

#define VARLINK_SOCKET		"/run/vserver/io.vserver.Manager"
#define VARLINK_INTERFACE	"io.vserver.Manager."

/* made from io.vserver.Manager.varlink */
extern const sd_varlink_interface vl_interface_manager;

/* varlink.c */
/** varlink_listen() - on systemd's socket, or on one of its own. */
int varlink_listen(struct manager *m, sd_varlink_server **ret);

/* varlink_address.c */
/** varlink_bind_addresses() - the methods about addresses. */
int varlink_bind_addresses(sd_varlink_server *server);

/* varlink_export.c */
/** varlink_bind_exports() - the methods that take or give an archive. */
int varlink_bind_exports(sd_varlink_server *server);

/* varlink_create.c */
/** varlink_bind_create() - the methods Build and Create. */
int varlink_bind_create(sd_varlink_server *server);
/* varlink_image.c */
/** varlink_bind_images() - the methods about images. */
int varlink_bind_images(sd_varlink_server *server);

/* varlink_snapshot.c */
/** varlink_bind_snapshots() - the methods about snapshots. */
int varlink_bind_snapshots(sd_varlink_server *server);

/* varlink_clone.c */
/** varlink_bind_clones() - the methods about guests made of others. */
int varlink_bind_clones(sd_varlink_server *server);

/* varlink_mount.c */
/** varlink_bind_mounts() - the methods about guests' files on the host. */
int varlink_bind_mounts(sd_varlink_server *server);

/* varlink_unify.c */
int varlink_bind_unify(sd_varlink_server *server);

/* varlink_reply.c */
/** reply_problem() - as the interface's error. */
int reply_problem(sd_varlink *link, const struct problem *problem);
/** reply_done() - the end of an operation; @userdata: the link, a reference. */
void reply_done(const struct problem *problem, void *userdata);
/** struct set_reply - the answer to a Set, as it will be.
 * @warnings: NULL: none. */
struct set_reply {
	sd_varlink *link;
	sd_json_variant *warnings;
};
/** reply_set() - that of a Set; @userdata: a struct set_reply, which it frees. */
void reply_set(const struct problem *problem, void *userdata);
/** reply_built() - that of a build, reply_progress() before. */
void reply_built(const struct problem *problem, void *userdata);
void reply_progress(unsigned int percent, void *userdata);

/* varlink_request.c */
/** struct request - the parameters of any method.  Strings are borrowed, arrays are
 * not. */
struct request {
	const char *name, *to;
	const char *from, *directory, *suite, *variant;
	char **include, **mirrors;
	const char *address;
	const char *compress, *snapshot, *since;
	unsigned int archive;
	bool wait, runtime, trust, empty;
	struct pairs settings;		/* the strings of which are borrowed, too */
};
/** Each returns 0, or has answered, and what the method is to return. */
int request_name(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_start(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_build(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_clone(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_rename(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_create(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_set(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_export(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_import(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_address(sd_varlink *link, sd_json_variant *parameters, struct request *ret);
int request_none(sd_varlink *link, sd_json_variant *parameters);
void request_clear(struct request *request);

#define _cleanup_request_ __attribute__((cleanup(request_clear)))

#endif
