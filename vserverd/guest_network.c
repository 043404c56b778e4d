// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's own network as Describe gives it: the host's end, and how many of the
 * guest's frames were dropped there.
 */
#include "guest.h"

static int add_dropped(const struct state *state, sd_json_variant **object)
{
	uint64_t counts[VS_NETWORK_DROPS];
	sd_json_variant *array = NULL;
	int r;

	if (vs_network_dropped(state->xid, &counts) < 0)
		return 0;
	r = sd_json_variant_new_array(&array, NULL, 0);
	for (unsigned int i = 0; i < VS_NETWORK_DROPS && r >= 0; i++)
		if (counts[i])
			r = sd_json_variant_append_arraybo(&array,
				SD_JSON_BUILD_PAIR_STRING("reason", vs_network_drop_name(i)),
				SD_JSON_BUILD_PAIR_UNSIGNED("count", counts[i]));
	if (r >= 0)
		r = sd_json_variant_set_field(object, "dropped", array);
	sd_json_variant_unref(array);
	return r;
}

int guest_add_network(const struct state *state, sd_json_variant **object)
{
	int r;

	if (!state->interface)
		return 0;
	r = sd_json_variant_set_field_string(object, "interface", state->interface);
	return r < 0 ? r : add_dropped(state, object);
}
