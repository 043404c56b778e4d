#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests that are layers over an image: they share it and never change it, what
# one writes is its own and has on the disk the ids that it has inside, and a
# guest costs next to nothing before it writes.

. tests/tap.sh
. tests/guest/image.sh

ids() { cut -d ' ' -f 1 "$guests/$1/ids"; }

tiny "$scratch/tiny.tar"
tree=$scratch/tiny
for program in mv ln mkdir chown stat rm setfattr; do
	cp "$(type -P $program)" "$tree/usr/bin"
	for library in $(ldd "$(type -P $program)" | grep -o '/[^ ]*'); do
		mkdir -p "$tree$(dirname "$library")"
		cp -Ln "$library" "$tree$library"
	done
done
mkdir -p "$tree/srv/one/two" "$tree/home"
echo image >"$tree/srv/file"
echo deep >"$tree/srv/one/two/deep"
echo linked >"$tree/srv/linked"
ln "$tree/srv/linked" "$tree/srv/other-name"
echo 33 >"$tree/srv/www"
chown 33:33 "$tree/srv/www"
chmod 751 "$tree"
setfattr -n user.top -v value "$tree"
traces >"$scratch/before"
image base "$tree"
contents base >"$scratch/contents"

# --- made ------------------------------------------------------------------------------
expect_error 1 "no image 'none'" "a guest of no image" vserver create web --image none
expect 1 "nothing is left of it" test -e $guests/web -o -e /etc/vserver/guests/web.conf
expect_error 1 'image' "nor is there one without" vserver create web --memory 64M
expect_error 1 "memory" "nor one with a bad setting" vserver create web --image base --memory lots
none_of() { ! compgen -G "$guests/$1" && ! compgen -G "$guests/.$1.*" &&
	[ ! -e "/etc/vserver/guests/$1.conf" ]; }
expect 0 "nothing is left of them" none_of web
expect_output '^web: created' "control: of one that is there" vserver create web --image base \
	--memory 64M
cleanup vserver delete web --yes
cleanup vserver stop web
expect_error 1 'exists' "a second time" vserver create web --image base
is "$(grep -v '^#' /etc/vserver/guests/web.conf)" $'image = base\nmemory = 64M' "its file has its settings"
is "$(readlink $guests/web/image)" "../../images/$(digest base)" "it pins its image"
is "$(field web .image)" "$(digest base | tr - :)" "vserver status --json tells which"
expect_output 'image base' "vserver status does" sh -c 'vserver status web || [ $? = 3 ]'
is "$(stat -c '%a %u %g' "$(upper web)")" '751 0 0' "its top looks as that of the image"
is "$(getfattr --only-values -n user.top "$(upper web)")" value "attributes, too"
is "$(stat -c %a $guests/web)" 700 "nobody on the host gets at it"
guest db base
guest old base user=host

# --- shared ------------------------------------------------------------------------------
expect 0 "three guests start from it" vserver start web db old
is "$(inside web cat /srv/file)" image "a guest sees the image"
inside web sh -c 'echo web >/srv/file; echo new >/srv/made; chown 7:8 /srv/made'
is "$(inside web cat /srv/file)" web "it writes"
is "$(inside db cat /srv/file)" image "the other does not see it"
expect 1 "nor what is new" inside db cat /srv/made
inside db rm /srv/file
expect 1 "what it takes away is gone" inside db cat /srv/file
is "$(inside web cat /srv/file)" web "control: for itself only"
is "$(cat "$(upper web)/srv/file")" web "what it wrote is in its layer"

for name in web old; do
	inside $name sh -c 'echo x >/home/made; chown 7:8 /home/made; echo y >>/srv/www'
	is "$(inside $name stat -c '%u %g' /home/made /srv/www | xargs)" '7 8 33 33' \
		"$name: ids inside"
	is "$(stat -c '%u %g' "$(upper $name)/home/made" "$(upper $name)/srv/www" | xargs)" \
		'7 8 33 33' "$name: and on the disk"
done
is "$(stat -c %u "/proc/$(field web .init)")" "$(ids web)" "control: web has ids of its own"
is "$(stat -c %u "/proc/$(field old .init)")" 0 "control: the other the host's"
is "$(stat -c %u "/proc/$(field web .init)/root/home/made")" $(($(ids web) + 7)) \
	"the host sees them as the guest's"

# --- what a directory tree is wanted to do -----------------------------------------------
expect 0 "a directory of the image is renamed" inside web mv /srv/one /srv/moved
is "$(inside web cat /srv/moved/two/deep)" deep "with what is in it"
expect 0 "a hard link is made of its file" inside web ln /srv/moved/two/deep /srv/hard
is "$(inside web sh -c 'echo more >>/srv/hard; cat /srv/moved/two/deep' | xargs)" 'deep more' \
	"both are one file"
is "$(inside web stat -c %h /srv/linked)" 2 "a file with two names has two"
inside web sh -c 'echo more >>/srv/linked'
is "$(inside web cat /srv/linked | xargs)" 'linked more' "and can be written"
expect 1 "the kernel's notes on a layer are not its root's to make" \
	inside old setfattr -n trusted.overlay.opaque -v y /home
expect 0 "control: its own are" inside old setfattr -n user.mine -v y /home
expect 0 "a restart keeps all that" vserver restart web
is "$(inside web cat /srv/moved/two/deep | xargs)" 'deep more' "the directory that was renamed"
is "$(inside web cat /srv/file)" web "and what was written"
is "$(inside web stat -c '%u %g' /home/made)" '7 8' "with its ids"
expect_output '^# Written by VServer' "the host's side writes its names there" \
	inside web cat /etc/hosts
expect 0 "in the layer" test -e "$(upper web)/etc/hosts"
expect 1 "not in the image" test -e "$images/base/root/etc/hosts"
expect_output ' / overlay ' "control: it is an overlay" inside web cat /proc/mounts
expect 1 "whose options do not tell where" inside web sh -c \
	'while read -r line; do case $line in *vserver*) exit 0;; esac; done </proc/mounts; exit 1'
is "$(findmnt -rno FSTYPE | grep -c '^overlay$')" 0 "nothing is mounted on the host"

contents base | diff "$scratch/contents" - >"$scratch/changed"
ok $? "the image is as it was"
diag "$(cat "$scratch/changed")"

# --- by hand, and errors -------------------------------------------------------------------
printf 'image = base\n' >/etc/vserver/guests/hand.conf
cleanup vserver delete hand --yes
cleanup vserver stop hand
expect 0 "a guest whose file is written by hand starts" vserver start hand
is "$(inside hand cat /srv/file)" image "from its image"
vserver stop hand
image newer "$tree"
ln -sfn "$(digest newer)" $images/base
expect 0 "the name is another image's now: it starts" vserver start hand
is "$(readlink $guests/hand/image)" "../../images/$(digest base)" "from the one that it was made from"
vserver stop hand
expect_error 1 "over another image than 'newer'" "it is set to another" vserver set hand image=newer
echo 'image = newer' >/etc/vserver/guests/hand.conf
expect_error 1 "over another image than 'newer'" "a file says so" vserver start hand
echo "image = $(digest base | tr - :)" >/etc/vserver/guests/hand.conf
expect 0 "control: by its digest it is that one" vserver start hand
vserver stop hand
ln -sfn "$(digest base)" $images/base
mv "$images/$(digest base)" "$scratch/away"
expect_error 1 'its image is gone' "its image is missing" vserver start hand
mv "$scratch/away" "$images/$(digest base)"
expect 0 "control: it is back" vserver start hand
mkdir -p $guests/own/root
echo 'image = base' >/etc/vserver/guests/own.conf
expect_error 1 'is its own, not a layer' "a guest with a tree of its own is none" vserver start own
expect 0 "deleted" vserver delete own --yes
vserver stop hand old db
expect 0 "a guest is deleted" vserver delete hand --yes
expect 0 "with its layer" none_of hand
expect 0 "the image stays" test -e "$images/base/root/srv/file"

done_testing
