// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An address more or less, of a guest that runs or not.
 *
 * Added: the table has it first, as at a start, so that of two guests that are
 * given one address at the same time at least one sees the other; then it is put
 * on its interface, which may take the seconds that duplicate address detection
 * takes; then it is kept in the guest's files.  What fails undoes what was done.
 *
 * Removed: the files first, for what follows cannot be undone: new sockets cannot
 * have it any more, those that have it are ended, and it is taken off the host if
 * it was put there.
 *
 * A worker does it, with the guest locked against a start and a reboot.  If it is
 * killed, the guest's state knows what is on the host, and the stop removes it.
 */
#include <errno.h>
#include <string.h>

#include "config_address.h"
#include "guest.h"
#include "host_address.h"
#include "lock.h"
#include "operation.h"
#include "presence.h"
#include "scope.h"
#include "worker.h"

/* What the worker needs. */
struct change {
	char *name;
	struct address_config address;
	struct address_lines lines;	/* as they are to be */
	bool add, up, runtime;
};

static void free_change(void *work)
{
	struct change *change = work;

	if (!change)
		return;
	free(change->name);
	free(change->address.dev);
	address_lines_clear(&change->lines);
	free(change);
}

/* --- in the worker -------------------------------------------------------------------- */

/* "STEP\nREASON[; REMEDY]" */
static int fail(char **ret_reason, int error, const char *step, const char *reason,
		const char *remedy)
{
	if (!*reason)
		reason = strerror(-error);
	if (asprintf(ret_reason, "%s\n%s%s%s", step, reason, remedy ? "; " : "",
		     remedy ? remedy : "") < 0)
		*ret_reason = NULL;
	return error;
}

static int keep(const struct change *change, char **ret_reason)
{
	int r = address_lines_write(change->name, &change->lines, change->runtime);

	return r < 0 ? fail(ret_reason, r, "writing its configuration", strerror(-r), NULL) : 0;
}

static size_t find(const struct vs_context *ctx, const struct vs_address *address)
{
	size_t i = 0;

	while (i < ctx->n_addresses && !config_same_address(&ctx->addresses[i], address))
		i++;
	return i;
}

/* Another that has had it, or got it meanwhile. */
static int check_holder(struct vs *vs, const struct change *change, uint32_t xid,
			char **ret_reason)
{
	const struct config config = {
		.addresses = (struct address_config *)&change->address,
		.n_addresses = 1,
	};
	const struct address_config *address;
	char plain[INET6_ADDRSTRLEN];
	_cleanup_free_ char *text = NULL;
	struct vs_context holder;
	int r;

	r = presence_holder(vs, &config, xid, &holder, &address);
	if (r < 0)
		return fail(ret_reason, r, "asking the table", vs_reason(vs), NULL);
	if (!r)
		return 0;
	vs_address_format(&change->address.address, plain);
	if (asprintf(&text, "%s is used by context %u, '%s'", plain, holder.xid, holder.name) < 0)
		text = NULL;
	return fail(ret_reason, -EADDRINUSE, "adding it", text ? text : "",
		    "give each its own, or end that one first; see: vserver contexts");
}

static int put(struct vs *vs, const struct change *change, uint32_t xid, char **ret_reason)
{
	_cleanup_free_ char *reason = NULL, *remedy = NULL;
	int r;

	r = host_address_put(vs, change->name, xid, &change->address, &reason, &remedy);
	if (!r)
		r = host_address_await(vs, &change->address, &reason, &remedy);
	return r < 0 ? fail(ret_reason, r, "adding it", reason ? reason : "", remedy) : 0;
}

static int add_and_keep(struct vs *vs, const struct change *change, uint32_t xid,
			char **ret_reason)
{
	int r = check_holder(vs, change, xid, ret_reason);

	if (!r)
		r = put(vs, change, xid, ret_reason);
	return r < 0 ? r : keep(change, ret_reason);
}

static int add(struct vs *vs, const struct change *change, struct vs_context *ctx,
	       char **ret_reason)
{
	int r;

	/* No file had it, or a change that was cut short is made again. */
	if (find(ctx, &change->address.address) < ctx->n_addresses)
		return add_and_keep(vs, change, ctx->xid, ret_reason);
	if (ctx->n_addresses == VS_ADDRESSES_MAX)
		return fail(ret_reason, -E2BIG, "adding it", "it has as many as there can be",
			    "remove another");
	ctx->addresses[ctx->n_addresses++] = change->address.address;
	r = vs_context_set(vs, ctx, VS_SET_ADDRESSES);
	if (r < 0)
		return fail(ret_reason, r, "adding it", vs_reason(vs), NULL);
	r = add_and_keep(vs, change, ctx->xid, ret_reason);
	if (r < 0) {
		host_address_take(vs, change->name, &change->address.address);
		ctx->n_addresses--;
		vs_context_set(vs, ctx, VS_SET_ADDRESSES);
	}
	return r;
}

static int take(struct vs *vs, const struct change *change, const char *cgroup,
		struct vs_context *ctx)
{
	const struct vs_address *address = &change->address.address;
	size_t i = find(ctx, address);
	int r = 0;

	if (i < ctx->n_addresses) {
		memmove(&ctx->addresses[i], &ctx->addresses[i + 1],
			(ctx->n_addresses - i - 1) * sizeof(*ctx->addresses));
		ctx->n_addresses--;
		r = vs_context_set(vs, ctx, VS_SET_ADDRESSES);
	}
	if (r >= 0)
		r = vs_sockets_end(vs, ctx->xid, cgroup, address);
	return r < 0 ? r : host_address_take(vs, change->name, address);
}

static int change_running(const struct change *change, const struct state *state,
			  char **ret_reason)
{
	struct vs_context ctx;
	struct vs *vs = NULL;	/* not the daemon's: a connection each */
	int r;

	r = vs_open(&vs);
	if (!r)
		r = vs_context_get(vs, state->xid, &ctx);
	if (r < 0)
		fail(ret_reason, r, "reading its context", vs ? vs_reason(vs) : "", NULL);
	else if (change->add)
		r = add(vs, change, &ctx, ret_reason);
	else
		r = keep(change, ret_reason);
	if (!r && !change->add) {
		r = take(vs, change, state->cgroup, &ctx);
		if (r < 0)
			fail(ret_reason, r, "taking it away", vs_reason(vs), NULL);
	}
	vs_close(vs);
	return r;
}

static int work(struct worker *worker, const void *argument, char **ret_reason)
{
	const struct change *change = argument;
	_cleanup_close_ int lock = guest_lock(change->name);
	struct state *state = NULL;
	bool running;
	int r;

	running = change->up && state_read(change->name, &state) == 0 &&
		  !strcmp(state->phase, "running") && state->xid && state->cgroup;
	r = running ? change_running(change, state, ret_reason) : keep(change, ret_reason);
	state_free(state);
	return r;
}

/* --- in the daemon --------------------------------------------------------------------- */

static void on_done(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;

	if (error)
		problem_worker(&problem, "changing its addresses", NULL, reason);
	operation_end(operation, error ? &problem : NULL);
}

static int check_value(const char *value, bool add, enum network network,
		       struct address_config *ret, struct problem *problem)
{
	const struct vs_setting *setting = vs_setting_find("address");
	_cleanup_free_ char *reason = NULL, *remedy = NULL;

	if (!strcmp(value, "none"))
		return problem_invalid(problem, "address", value, "'none' is no address",
				       "write one like 192.0.2.7/24 dev eth0");
	if (vs_setting_check(setting, value, &reason, &remedy) < 0)
		return problem_invalid(problem, "address", value, reason, remedy);
	if (config_parse_address(value, ret) < 0)
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	if (add && presence_check_in(network, ret, &reason, &remedy) < 0)
		return problem_invalid(problem, "address", value, reason, remedy);
	return 0;
}

/* Has the guest it now?  Who is not up has nothing. */
static bool is_used(struct manager *m, const struct guest *guest, const struct vs_address *address)
{
	struct vs_context ctx;

	return guest_is_up(guest) && guest->state && guest->state->xid &&
	       vs_context_get(m->vs, guest->state->xid, &ctx) == 0 &&
	       find(&ctx, address) < ctx.n_addresses;
}

static int check_change(struct manager *m, const struct guest *guest, const char *value,
			const struct change *change, struct problem *problem)
{
	const struct vs_address *address = &change->address.address;
	bool used = is_used(m, guest, address);
	bool lasting = address_lines_have(change->lines.lasting, address);
	bool now = address_lines_have(address_lines_in_force(&change->lines), address);
	const char *see = "see: vserver address NAME";

	if (!change->add && !used && !lasting && !now)
		return problem_invalid(problem, "address", value, "it has no such address", see);
	if (change->add && now && (lasting || change->runtime) && (used || !guest_is_up(guest)))
		return problem_invalid(problem, "address", value, "it has that address already",
				       see);
	return 0;
}

/* All lines together. */
static int check_lines(const struct change *change, const char *value, struct problem *problem)
{
	_cleanup_free_ char *errors = NULL;
	struct config *config = NULL;
	int r = address_lines_preview(change->name, &change->lines, &config, &errors);

	config_free(config);
	if (r == -EINVAL && errors) {
		const char *reason = errors;

		errors[strcspn(errors, "\n")] = '\0';
		if (!strncmp(errors, "address: ", strlen("address: ")))
			reason += strlen("address: ");
		return problem_invalid(problem, "address", value, reason, NULL);
	}
	if (r < 0)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      strerror(-r));
	return 0;
}

static int prepare(struct manager *m, const struct guest *guest, const char *value,
		   struct change *change, struct problem *problem)
{
	int r;

	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	if (guest->config->network != NETWORK_BIND && guest_is_up(guest))
		return problem_failed(problem, "preparing", "vserver stop it, or use ip address in "
				      "it", "'%s' has a network of its own, which is made when it "
				      "starts", guest->name);
	if (change->runtime && !guest_is_up(guest))
		return problem_set(problem, PROBLEM_NOT_RUNNING, guest->name, NULL);
	r = check_value(value, change->add, guest->config->network, &change->address,
			problem);
	if (r < 0)
		return r;
	r = config_address_lines(guest->name, &change->lines);
	if (!r) {
		r = check_change(m, guest, value, change, problem);
		if (r < 0)
			return r;
		r = change->add ? address_lines_add(&change->lines, value, change->runtime) :
				  address_lines_remove(&change->lines, &change->address.address,
						       change->runtime);
	}
	if (r < 0)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      strerror(-r));
	return check_lines(change, value, problem);
}

int operation_address(struct manager *m, const char *name, const char *value, bool add_it,
		      bool runtime, operation_done_t done, void *userdata,
		      struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	struct change *change;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (!r)
		r = operation_new(m, name, "set", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	change = calloc(1, sizeof(*change));
	operation->work = change;
	operation->free_work = free_change;
	if (change && (change->name = strdup(name))) {
		change->add = add_it;
		change->runtime = runtime;
		change->up = guest_is_up(guest);
		r = prepare(m, guest, value, change, problem);
	} else {
		r = problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	if (!r) {
		r = worker_run(m->event, work, change, NULL, on_done, operation);
		if (r < 0)
			r = problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
	}
	if (r < 0)
		operation_drop(operation);
	return r;
}
