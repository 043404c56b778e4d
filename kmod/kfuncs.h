/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_KFUNCS_H
#define VS_KFUNCS_H

/* 1: the caller is in context 0.  Answered by BPF, fmod_ret/vs_caller_is_host;
 * 0 while nobody answers. */
int vs_caller_is_host(void);

/* The xid of the process @pid (initial PID namespace); answered likewise.  Once
 * it has gone its number may be another's. */
int vs_whose_process(int pid);

int vs_kfuncs_init(void);

#endif /* VS_KFUNCS_H */
