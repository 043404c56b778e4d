// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The module's generic netlink family: one function a command, each a message
 * out and its replies in.  Nothing else in the tree speaks this protocol but
 * nl_task.c, for what is about tasks, and event.c, which listens; how a context
 * is written as attributes is attribute.c's.  It checks no values: the
 * kernel does, and its sentence (extended ack) becomes the reason of the handle.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "attribute.h"
#include "nl.h"
#include "private.h"

#define ERRNO_MAX	4095	/* MAX_ERRNO of the kernel */

/* What one exchange has brought. */
struct exchange {
	struct vs *vs;
	int error;			/* negative errno */
	bool done;
	int (*take)(struct nlattr **attrs, void *data);	/* NULL: no reply wanted */
	void *data;
};

static void cleanup_cb(struct nl_cb **cb)
{
	nl_cb_put(*cb);
}

#define _cleanup_cb_	__attribute__((cleanup(cleanup_cb)))

int vs_nl_open(struct vs *vs)
{
	int r, one = 1;

	vs->socket = nl_socket_alloc();
	if (!vs->socket)
		return -ENOMEM;
	r = genl_connect(vs->socket);
	if (r >= 0)
		r = vs->family = genl_ctrl_resolve(vs->socket, VS_GENL_NAME);
	if (r < 0) {
		vs_nl_close(vs);
		return r == -NLE_NOMEM ? -ENOMEM :
		       r == -NLE_OBJ_NOTFOUND ? -ENOPKG : -EPERM;
	}

	/* Sentences instead of bare numbers; a kernel that has none does without. */
	setsockopt(nl_socket_get_fd(vs->socket), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(vs->socket), SOL_NETLINK, NETLINK_CAP_ACK,
		   &one, sizeof(one));
	return 0;
}

void vs_nl_close(struct vs *vs)
{
	if (vs->socket)
		nl_socket_free(vs->socket);
	vs->socket = NULL;
}

/* --- one exchange -------------------------------------------------------- */

static int on_reply(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;
	struct nlattr *attrs[VS_ATTR_MAX + 1];

	if (!x->take || x->error)
		return NL_OK;
	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, VS_ATTR_MAX, NULL) < 0)
		x->error = -EBADMSG;
	else
		x->error = x->take(attrs, x->data);
	return NL_OK;
}

static int on_done(struct nl_msg *msg, void *arg)
{
	((struct exchange *)arg)->done = true;
	return NL_STOP;
}

/* The kernel's sentence, if it gave one, stands behind the error. */
static void take_sentence(struct vs *vs, struct nlmsgerr *err)
{
	struct nlmsghdr *hdr = (void *)((char *)err - NLMSG_HDRLEN);
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1], *first;
	size_t skip = sizeof(*err);

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	skip = NLMSG_ALIGN(skip);
	if (NLMSG_HDRLEN + skip > hdr->nlmsg_len)
		return;
	first = (void *)((char *)err + skip);
	if (nla_parse(attrs, NLMSGERR_ATTR_MAX, first,
		      hdr->nlmsg_len - NLMSG_HDRLEN - skip, NULL) < 0)
		return;
	if (attrs[NLMSGERR_ATTR_MSG])
		snprintf(vs->reason, sizeof(vs->reason), "%.*s",
			 nla_len(attrs[NLMSGERR_ATTR_MSG]),
			 (char *)nla_data(attrs[NLMSGERR_ATTR_MSG]));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct exchange *x = arg;

	x->done = true;
	/* A number that is no errno is not the kernel's. */
	x->error = err->error < 0 && err->error >= -ERRNO_MAX ? err->error : -EBADMSG;
	vs_reason_set(x->vs, strerror(-x->error));
	take_sentence(x->vs, err);
	return NL_STOP;
}

static int receive(struct vs *vs, struct exchange *x)
{
	_cleanup_cb_ struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int r = 0;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_reply, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_done, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_done, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);

	while (!x->done && r >= 0)
		r = nl_recvmsgs(vs->socket, cb);
	if (x->error)
		return x->error;
	if (r == -NLE_DUMP_INTR)
		return vs_fail(vs, -EINTR, "the table changed while it was read");
	if (r < 0)
		return vs_fail(vs, -EIO, "netlink: %s", nl_geterror(r));
	return 0;
}

struct nl_msg *vs_nl_message(struct vs *vs, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, vs->family, 0, flags,
				cmd, VS_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int vs_nl_exchange(struct vs *vs, struct nl_msg *msg,
		   int (*take)(struct nlattr **attrs, void *data), void *data)
{
	struct exchange x = { .vs = vs, .take = take, .data = data };
	int r;

	r = nl_send_auto(vs->socket, msg);
	if (r < 0)
		return vs_fail(vs, -EIO, "netlink: %s", nl_geterror(r));
	r = receive(vs, &x);
	if (r == -EBADMSG)
		vs_fail(vs, r, "vserver.ko gave a reply that this library cannot read; "
			"load the module of the same version");
	return r;
}

int vs_nl_no_module(struct vs *vs)
{
	return vs_fail(vs, -ENOPKG, "vserver.ko is not loaded; load it: modprobe vserver");
}

int vs_nl_no_memory(struct vs *vs)
{
	return vs_fail_errno(vs, -ENOMEM, "netlink");
}

/* --- commands: contexts --------------------------------------------------------- */

int vs_nl_context_new(struct vs *vs, const struct vs_context *ctx, struct vs_context *ret)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_NEW, 0);
	if (!msg ||
	    (ctx->xid && nla_put_u32(msg, VS_ATTR_XID, ctx->xid) < 0) ||
	    (*ctx->name && nla_put_string(msg, VS_ATTR_NAME, ctx->name) < 0) ||
	    nla_put_u64(msg, VS_ATTR_FLAGS, ctx->flags) < 0 ||
	    nla_put_u64(msg, VS_ATTR_CEILING, ctx->ceiling) < 0 ||
	    (ctx->n_addresses && vs_attribute_put_addresses(msg, ctx) < 0) ||
	    (ctx->bucket.rate_ns && vs_attribute_put_bucket(msg, &ctx->bucket) < 0))
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, vs_attribute_take_context, ret);
}

int vs_nl_context_get(struct vs *vs, uint32_t xid, const char *name,
		      struct vs_context *ret)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_GET, 0);
	if (!msg || (name ? nla_put_string(msg, VS_ATTR_NAME, name) :
			    nla_put_u32(msg, VS_ATTR_XID, xid)) < 0)
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, vs_attribute_take_context, ret);
}

struct list {
	struct vs_context *contexts;
	size_t n;
};

static int take_list(struct nlattr **attrs, void *data)
{
	struct list *list = data;
	struct vs_context *more;
	int r;

	more = reallocarray(list->contexts, list->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->contexts = more;
	r = vs_attribute_take_context(attrs, &more[list->n]);
	if (!r)
		list->n++;
	return r;
}

int vs_nl_context_list(struct vs *vs, struct vs_context **ret, size_t *ret_n)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct list list = {};
	int r;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_GET, NLM_F_DUMP);
	if (!msg)
		return vs_nl_no_memory(vs);
	r = vs_nl_exchange(vs, msg, take_list, &list);
	if (r < 0) {
		free(list.contexts);
		return r;
	}
	*ret = list.contexts;
	*ret_n = list.n;
	return 0;
}

int vs_nl_context_set(struct vs *vs, const struct vs_context *ctx, unsigned int fields)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_SET, 0);
	if (!msg || nla_put_u32(msg, VS_ATTR_XID, ctx->xid) < 0 ||
	    ((fields & VS_SET_FLAGS) &&
	     (nla_put_u64(msg, VS_ATTR_FLAGS, ctx->flags) < 0 ||
	      nla_put_u64(msg, VS_ATTR_FLAGS_MASK, VS_FLAGS_ALL) < 0)) ||
	    ((fields & VS_SET_CEILING) &&
	     nla_put_u64(msg, VS_ATTR_CEILING, ctx->ceiling) < 0) ||
	    ((fields & VS_SET_ADDRESSES) && vs_attribute_put_addresses(msg, ctx) < 0) ||
	    ((fields & VS_SET_BUCKET) && vs_attribute_put_bucket(msg, &ctx->bucket) < 0))
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, NULL, NULL);
}

int vs_nl_context_end(struct vs *vs, uint32_t xid)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_END, 0);
	if (!msg || nla_put_u32(msg, VS_ATTR_XID, xid) < 0)
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, NULL, NULL);
}

/* --- commands: enforcement -------------------------------------------------------- */

int vs_nl_enforce_set(struct vs *vs, const int *fds, size_t n, uint32_t generation)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct nlattr *nest;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_ENFORCE_SET, 0);
	if (!msg || nla_put_u32(msg, VS_ATTR_GENERATION, generation) < 0)
		return vs_nl_no_memory(vs);
	nest = nla_nest_start(msg, VS_ATTR_LINKS);
	if (!nest)
		return vs_nl_no_memory(vs);
	for (size_t i = 0; i < n; i++)
		if (nla_put_s32(msg, VS_ATTR_LINK, fds[i]) < 0)
			return vs_nl_no_memory(vs);
	nla_nest_end_keep_empty(msg, nest);
	return vs_nl_exchange(vs, msg, NULL, NULL);
}

struct held {
	uint32_t n, generation;
	uint64_t sequence;
};

static int take_held(struct nlattr **attrs, void *data)
{
	struct held *held = data;

	if (!attrs[VS_ATTR_LINK_COUNT] ||
	    nla_len(attrs[VS_ATTR_LINK_COUNT]) != sizeof(uint32_t))
		return -EBADMSG;
	held->n = nla_get_u32(attrs[VS_ATTR_LINK_COUNT]);
	if (attrs[VS_ATTR_GENERATION] &&
	    nla_len(attrs[VS_ATTR_GENERATION]) == sizeof(uint32_t))
		held->generation = nla_get_u32(attrs[VS_ATTR_GENERATION]);
	if (attrs[VS_ATTR_SEQUENCE] && nla_len(attrs[VS_ATTR_SEQUENCE]) == sizeof(uint64_t))
		held->sequence = nla_get_u64(attrs[VS_ATTR_SEQUENCE]);
	return 0;
}

static int enforce_get(struct vs *vs, struct held *ret)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_ENFORCE_GET, 0);
	if (!msg)
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, take_held, ret);
}

int vs_nl_enforce_get(struct vs *vs, uint32_t *ret_n, uint32_t *ret_generation)
{
	struct held held = {};
	int r = enforce_get(vs, &held);

	if (r < 0)
		return r;
	*ret_n = held.n;
	*ret_generation = held.generation;
	return 0;
}

int vs_nl_sequence(struct vs *vs, uint64_t *ret)
{
	struct held held = {};
	int r = enforce_get(vs, &held);

	if (!r)
		*ret = held.sequence;
	return r;
}
