#!/bin/sh
# Runs after the packages are installed, outside of the new system: keeps what the bill of materials needs and removes what differs
# from one installation to the next, what is secret, and what is of the machine that builds.
# usage: clean.sh ROOT CONTROL-FILE
set -eu
root=$1

# Name, version, licence of origin and checksum of every package, out of the signed package lists.
chroot "$root" sh -c 'dpkg-query -W -f "\${binary:Package}=\${Version}\n" | LC_ALL=C sort | xargs apt-cache show' >"$2"

# Of one installation: keys, identities, seeds.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/lib/dbus/machine-id "$root"/var/lib/systemd/random-seed "$root"/var/lib/systemd/credential.secret
: >"$root/etc/machine-id"

# Of the machine that builds: mirror, proxy, name servers, name.
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/apt/sources.list.d/* "$root"/etc/hostname "$root"/etc/resolv.conf
: >"$root/etc/apt/sources.list"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"

# Caches and logs with times in them.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/log/apt
rm -f "$root"/var/log/*.log "$root"/var/cache/ldconfig/aux-cache "$root"/var/lib/dpkg/*-old "$root"/var/cache/debconf/*-old \
  "$root"/etc/passwd- "$root"/etc/group- "$root"/etc/shadow- "$root"/etc/gshadow- "$root"/etc/subuid- "$root"/etc/subgid- "$root"/etc/.pwd.lock
