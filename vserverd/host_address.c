// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's addresses on the host's interfaces.  What is to be put there is in the
 * guest's state first, so that whoever comes after a process that died removes it
 * (cleanup.c); what is there already is somebody's, and is neither taken over nor
 * removed, unless it is left over from this very guest.
 *
 * `ip address` tells whose an address is: one of IPv4 has a label, INTERFACE:GUEST.
 * The kernel has 15 characters for that.  Where a guest's name does not fit whole,
 * the number of its context stands there, for half a name could be another's; where
 * that does not either, there is no label.  IPv6 has no labels.  Of both families
 * the kernel keeps who has added it (IFA_PROTO): VServer, VS_ADDRESS_PROTO.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "host_address.h"
#include "scope.h"
#include "state.h"

#define DAD_LIMIT_NS 15000000000ULL	/* usually 1 to 2 s */

enum whose {
	WHOSE_NOBODY,
	WHOSE_OWN,		/* left over */
	WHOSE_ANOTHER,		/* guest's */
	WHOSE_HOST,
};

/* Into IFNAMSIZ bytes. */
static void make_label(const char *name, uint32_t xid, const char *dev, char *ret)
{
	char number[sizeof("4294967295")];
	const char *owner = name;

	snprintf(number, sizeof(number), "%u", xid);
	if (strlen(dev) + 1 + strlen(name) >= IFNAMSIZ)
		owner = number;
	*ret = '\0';
	if (strlen(dev) + 1 + strlen(owner) < IFNAMSIZ)
		strcpy(stpcpy(stpcpy(ret, dev), ":"), owner);
}

/* Does the label say that it is not this guest's?  Numbers come and go. */
static bool names_another(const struct vs_place *place, const char *name)
{
	const char *owner = strchr(place->label, ':');

	return owner && strcmp(owner + 1, name) &&
	       owner[1 + strspn(owner + 1, "0123456789")] != '\0';
}

/* The guest whose state has the address, in *@ret_name; free(). */
static int find_recorded(const char *address, char **ret_name)
{
	_cleanup_strv_free_ char **names = NULL;
	int r = state_names(&names);

	for (size_t i = 0; r == 0 && names[i]; i++) {
		struct state *state;
		bool has;

		if (state_read(names[i], &state) < 0)
			continue;
		has = state_find(state, address);
		state_free(state);
		if (!has)
			continue;
		*ret_name = strdup(names[i]);
		return *ret_name ? 0 : -ENOMEM;
	}
	return r;
}

/* enum whose, or a negative errno. */
static int find_owner(struct vs *vs, const char *name, const char *text,
		      const struct vs_address *address, struct vs_place *ret_place,
		      char **ret_owner)
{
	_cleanup_free_ char *owner = NULL;
	int r = vs_address_find(vs, address, ret_place);

	if (r <= 0)
		return r < 0 ? r : WHOSE_NOBODY;
	r = find_recorded(text, &owner);
	if (r < 0)
		return r;
	if (owner && !strcmp(owner, name))
		return WHOSE_OWN;
	if (owner) {
		*ret_owner = TAKE_PTR(owner);
		return WHOSE_ANOTHER;
	}
	return ret_place->ours && !names_another(ret_place, name) ? WHOSE_OWN : WHOSE_HOST;
}

/* In words; @r is given back. */
static int tell(int r, char **ret_reason, char **ret_remedy, char *reason, char *remedy)
{
	*ret_reason = reason;
	*ret_remedy = remedy;
	return r;
}

static char *sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *sentence(const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

static int fail(struct vs *vs, int r, char **ret_reason, char **ret_remedy, char *remedy)
{
	const char *reason = vs_reason(vs);

	return tell(r, ret_reason, ret_remedy, strdup(*reason ? reason : strerror(-r)), remedy);
}

static int refuse(const char *text, const struct vs_place *place, const char *owner,
		  char **ret_reason, char **ret_remedy)
{
	const char *label = strchr(place->label, ':') ? place->label : NULL;

	if (owner)
		return tell(-EADDRINUSE, ret_reason, ret_remedy,
			    sentence("%s is on %s already, for guest '%s'", text, place->dev,
				     owner),
			    sentence("give each its own, or stop that one first"));
	return tell(-EADDRINUSE, ret_reason, ret_remedy,
		    sentence("%s is an address of this host, on %s%s%s%s", text, place->dev,
			     label ? " (" : "", label ?: "", label ? ")" : ""),
		    sentence("write it without dev to use it as it is, or take it off: ip address "
			     "del %s/%u dev %s", text, place->prefix, place->dev));
}

int host_address_check(struct vs *vs, const char *name, const struct address_config *address,
		       char **ret_reason, char **ret_remedy)
{
	_cleanup_free_ char *owner = NULL;
	char text[INET6_ADDRSTRLEN];
	struct vs_place place;
	int r;

	if (!address->dev)
		return 0;
	vs_address_format(&address->address, text);
	r = find_owner(vs, name, text, &address->address, &place, &owner);
	if (r < 0)
		return fail(vs, r, ret_reason, ret_remedy, NULL);
	return r == WHOSE_ANOTHER || r == WHOSE_HOST ?
	       refuse(text, &place, owner, ret_reason, ret_remedy) : 0;
}

/* Where it is to be it stays; from elsewhere it goes. */
static int take_over(struct vs *vs, const struct address_config *address,
		     const struct vs_place *place)
{
	if (!strcmp(place->dev, address->dev) && place->prefix == address->prefix)
		return 1;
	return vs_address_remove(vs, &address->address, place->prefix, place->dev);
}

/* Written down as ours first, then added. */
static int add(struct vs *vs, const char *name, uint32_t xid, const char *text,
	       const struct address_config *address, bool is_there)
{
	const struct state_address record = {
		.address = (char *)text,
		.prefix = address->prefix,
		.dev = address->dev,
	};
	struct vs_place place = { .prefix = address->prefix, .no_dad = address->no_dad };
	int r;

	snprintf(place.dev, sizeof(place.dev), "%s", address->dev);
	make_label(name, xid, address->dev, place.label);
	r = state_record(name, &record);
	if (r < 0 || is_there)
		return r;
	r = vs_address_add(vs, &address->address, &place);
	if (r < 0)
		state_forget(name, text);
	return r;
}

int host_address_put(struct vs *vs, const char *name, uint32_t xid,
		     const struct address_config *address, char **ret_reason,
		     char **ret_remedy)
{
	_cleanup_free_ char *owner = NULL;
	char text[INET6_ADDRSTRLEN];
	struct vs_place place;
	int r;

	if (!address->dev)
		return 0;
	vs_address_format(&address->address, text);
	r = find_owner(vs, name, text, &address->address, &place, &owner);
	if (r == WHOSE_ANOTHER || r == WHOSE_HOST)
		return refuse(text, &place, owner, ret_reason, ret_remedy);
	if (r == WHOSE_OWN)
		r = take_over(vs, address, &place);
	if (r >= 0)
		r = add(vs, name, xid, text, address, r == 1);
	return r < 0 ? fail(vs, r, ret_reason, ret_remedy, NULL) : 0;
}

int host_address_await(struct vs *vs, const struct address_config *address,
		       char **ret_reason, char **ret_remedy)
{
	char *remedy = NULL;
	int r;

	if (!address->dev)
		return 0;
	r = vs_address_await(vs, &address->address, address->dev, DAD_LIMIT_NS);
	if (r == -EADDRINUSE)
		remedy = sentence("give it another, or take it from that machine");
	else if (r == -ETIMEDOUT)
		remedy = sentence("see: ip address show dev %s; with nodad after the interface "
				  "nobody is asked", address->dev);
	return r < 0 ? fail(vs, r, ret_reason, ret_remedy, remedy) : 0;
}

int host_address_take(struct vs *vs, const char *name, const struct vs_address *address)
{
	const struct state_address *added;
	char text[INET6_ADDRSTRLEN];
	struct state *state;
	int r;

	vs_address_format(address, text);
	r = state_read(name, &state);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	added = state_find(state, text);
	if (added) {
		r = vs_address_remove(vs, address, added->prefix, added->dev);
		if (r == -ENOENT || r == -EADDRNOTAVAIL || r == -ENODEV)
			r = 0;
		if (!r)
			r = state_forget(name, text);
	}
	state_free(state);
	return r;
}
