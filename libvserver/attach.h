/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_ATTACH_H
#define VS_ATTACH_H

struct bpf_link;
struct bpf_program;

/* NULL: errno says why not. */
struct bpf_link *vs_attach(struct bpf_program *program);

#endif /* VS_ATTACH_H */
