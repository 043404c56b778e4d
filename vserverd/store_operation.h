/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is asked of the store: looked at at once, made, verified and removed by
 * workers.  As manager.h: all that return -ECANCELED have filled in their struct
 * problem, and @done is called later, exactly once, where these return 0.
 */
#ifndef STORE_OPERATION_H
#define STORE_OPERATION_H

#include "manager.h"
#include "store.h"

/** image_done_t - @problem NULL: it is done.
 * @result: borrowed, may be NULL: the image; of a verification what is different. */
typedef void (*image_done_t)(const struct problem *problem, sd_json_variant *result,
			     void *userdata);

/** image_adopt() - what imports that were cut off have left is removed. */
void image_adopt(struct manager *m);
/** image_import(), image_verify() - @client: operation_bind(). */
int image_import(struct manager *m, const char *name, const struct store_source *source,
		 bool replace, operation_progress_t progress, const void *client,
		 image_done_t done, void *userdata, struct problem *problem);
int image_verify(struct manager *m, const char *word, operation_progress_t progress,
		 const void *client, image_done_t done, void *userdata, struct problem *problem);
/** image_remove() - the result of @done: true, if the image is kept for its other
 * names.  It goes on without its client: half an image is of no use. */
int image_remove(struct manager *m, const char *word, image_done_t done, void *userdata,
		 struct problem *problem);

/* --- store_json.c --- */

/** image_json() - one, as the interface's Image. */
int image_json(const char *word, sd_json_variant **ret, struct problem *problem);
/** images_json() - all, in the order of their names; those without one last. */
int images_json(sd_json_variant **ret);
/** image_bytes() - that its files have; 0: nobody knows. */
uint64_t image_bytes(const char *digest);
/** problem_image() - what store_find() has refused. */
int problem_image(struct problem *problem, const char *word, int error, const char *reason);

#endif
