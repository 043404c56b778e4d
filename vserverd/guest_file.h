/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A small file in a guest's tree that the host writes.
 */
#ifndef GUEST_FILE_H
#define GUEST_FILE_H

/**
 * guest_file_write() - make a file, or make it anew if it is ours.
 * @tree: the guest's tree, a descriptor.
 * @directory: below it: "etc".  No link is followed.
 * @name: of the file.  Whatever else has that name stays as it is.
 * @mark: its first line, by which it is known to be ours.
 * @text: what follows.
 *
 * Return: 0, also where there is no such directory, or a file that is not ours;
 * -ELOOP the directory is a link; -EROFS, -ENOSPC and others.
 */
int guest_file_write(int tree, const char *directory, const char *name,
		     const char *mark, const char *text);

#endif
