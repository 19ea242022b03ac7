#!/usr/bin/env bash
# Builds the Linux guest of the conformance suites, from Debian packages only, and prints the folder it is in.
#
#   usage: build-guest.sh CACHE          (needs no root and changes nothing outside CACHE)
#
#   CACHE/apt/                 a private apt state: lists, archives (kept, so that a rebuild downloads only what changed)
#   CACHE/<key>/root.img       the guest's root file system, ext4
#   CACHE/<key>/stable/        vmlinux, initrd and release of Debian stable's kernel
#   CACHE/<key>/backports/     the same of the newest kernel in Debian's backports
#   CACHE/<key>/packages       what it is made of: file name, size and SHA-256 of each package
#   CACHE/<key>/checksums      of the files above; an image that does not match them is built again
#
# The key is a hash of the packages with their versions and of the files beside this script; an image that no run has
# used for two weeks is removed. The mirror is $UNTORN_DEBIAN_MIRROR or else the one that this machine's own apt sources
# name; Debian's keyring checks what comes from it.
set -euo pipefail
export LC_ALL=C

readonly suite=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
readonly kernel=linux-image-cloud-amd64
readonly packages=(base-files bash busybox-static coreutils diffutils dmsetup e2fsprogs findutils fio grep kmod mawk mdadm mount
  open-iscsi sed sg3-utils util-linux xfsprogs)
# Dependencies that no guest script runs.
readonly left_out='^(python3|libpython3|systemd_|libicu|initramfs|dracut|tzdata|cpio_|linux-base_|linux-image-cloud)'

here=$(cd "$(dirname "$0")" && pwd)
cache=$1

say() { echo "guest: $*" >&2; }
die() { say "$*"; exit 1; }

check_tools() {
  local missing=() tool
  for tool in apt-get:apt dpkg-deb:dpkg gcc:gcc mkfs.ext4:e2fsprogs xz:xz-utils zstd:zstd gpgv:gpgv \
    qemu-system-x86_64:qemu-system-x86; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  [ -f $keyring ] || missing+=(debian-archive-keyring)
  [ -f /usr/lib/x86_64-linux-gnu/libc.a ] || missing+=(libc6-dev)
  [ ${#missing[@]} -eq 0 ] || die "install these Debian packages: ${missing[*]}"
}

# The address of the Debian archive (not of its security archive) that the user or this machine's apt sources name.
mirror() {
  local uri=${UNTORN_DEBIAN_MIRROR:-}
  [ -n "$uri" ] || uri=$({ sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources
    sed -nE 's/^deb (\[[^]]*\] )?([^ ]+).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
  } 2>/dev/null | tr ' ' '\n' | grep -E '/debian/?$' | head -1) || true
  [ -n "$uri" ] || die "no apt source of this machine names a Debian archive (an address that ends in /debian):" \
    "set UNTORN_DEBIAN_MIRROR to the address of one"
  echo "$uri"
}

set_up_apt() {
  local archive
  archive=$(mirror)
  mkdir -p "$cache/apt/"{lists,archives,no-archives}/partial
  : >"$cache/apt/status"
  cat >"$cache/apt/guest.sources" <<EOF
Types: deb
URIs: $archive
Suites: $suite $suite-backports
Components: main
Architectures: amd64
Signed-By: $keyring
EOF
  cat >"$cache/apt/apt.conf" <<EOF
Dir::Etc::SourceList "$cache/apt/guest.sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$cache/apt";
Dir::State::status "$cache/apt/status";
Dir::Cache "$cache/apt";
APT::Architecture "amd64";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "0";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::ForceHash "SHA256";
EOF
  export APT_CONFIG=$cache/apt/apt.conf
}

# The package lists, at most a day old; older ones serve when the mirror does not answer.
update_lists() {
  [ -z "$(find "$cache/apt/updated" -mmin -1440 2>/dev/null)" ] || return 0
  if apt-get -qq --error-on=any update >&2; then
    touch "$cache/apt/updated"
  elif [ -f "$cache/apt/updated" ]; then
    say "the mirror does not answer; going on with the package lists of an earlier day"
  else
    die "cannot read the package lists of $suite from $(mirror), see above: check the network," \
      "or set UNTORN_DEBIAN_MIRROR to another mirror, and start again"
  fi
}

# apt's way to install the packages into nothing, in two steps because both kernels have one name.
apt_install() {
  apt-get -qq -y "$@" install "$kernel" "${packages[@]}" && apt-get -qq -y "$@" -t $suite-backports install "$kernel"
}

# One line per package: file name, size and hash (apt leaves out what it finds in its archives: it is shown none).
resolve() {
  apt_install --print-uris -o Dir::Cache::archives="$cache/apt/no-archives" | awk '/^.(http|https|file|mirror)/ { print $2, $3, $4 }' | grep -vE "$left_out" | sort -u
}

# Downloads what the archives lack, and believes neither them nor the network: a file is what the signed lists say it is.
# A file that is not goes away, so that the next attempt downloads it.
download() {
  local file size hash sound=yes
  apt_install --download-only >&2 || sound=no
  while read -r file size hash; do
    [ "$sound" = yes ] || break
    if ! sha256sum --check --status <<<"${hash#SHA256:}  $cache/apt/archives/$file"; then
      say "$file is not what the package lists say; it is thrown away"
      rm -f "$cache/apt/archives/$file"
      sound=no
    fi
  done <"$1"
  [ "$sound" = no ] || return 0
  # The mirror may have moved on since the lists were read: once more, with new ones.
  rm -f "$cache/apt/updated"
  [ -n "${UNTORN_SECOND_ATTEMPT:-}" ] || UNTORN_SECOND_ATTEMPT=yes exec bash "$here/$(basename "$0")" "$cache"
  die "cannot download the packages of the guest from $(mirror), see above: check the network and the free space in" \
    "$cache, or set UNTORN_DEBIAN_MIRROR to another mirror, and start again; what has come is kept"
}

unpack() {
  local root=$1 file
  mkdir -p "$root"
  # base-files first: it holds the links (/bin, /lib) that the others unpack through.
  for file in $(grep -o '^base-files_[^ ]*' "$2") $(grep -o '^[^ ]*' "$2" | grep -v '^base-files_'); do
    dpkg-deb --fsys-tarfile "$cache/apt/archives/$file" | tar -x -C "$root" --keep-directory-symlink \
      --exclude='./usr/share/doc*' --exclude='./usr/share/man*' --exclude='./usr/share/locale*'
  done
  # A file that is set-uid for a user who is not root would keep the guest from mounting anything.
  find "$root" -xdev -perm /6000 -exec chmod ug-s {} +
}

# $1: where to, $2: the root file system, $3: the kernel's release
extract_kernel() {
  local to=$1 root=$2 release=$3 image module
  mkdir -p "$to/initrd.d/bin"
  echo "$release" >"$to/release"
  image=$root/boot/vmlinuz-$release
  [ -f "$image" ] || image=$root/usr/lib/modules/$release/vmlinuz
  [ -f "$image" ] || die "no kernel image of $release in its package"
  # The boot protocol: setup_sects at 0x1f1, the payload's offset and length at 0x248 and 0x24c. Emulated code would
  # take seconds to unpack it; the unpacked kernel starts by PVH.
  local sects offset length
  sects=$(od -An -tu1 -j497 -N1 "$image")
  offset=$(od -An -tu4 -j584 -N4 "$image")
  length=$(od -An -tu4 -j588 -N4 "$image")
  dd if="$image" of="$to/payload" iflag=skip_bytes,count_bytes bs=1M skip=$(((sects + 1) * 512 + offset)) \
    count=$((length - 4)) status=none
  case $(od -An -tx1 -N4 "$to/payload" | tr -d ' ') in
    28b52ffd) zstd -q -d -f -o "$to/vmlinux" "$to/payload" ;;
    fd377a58) xz -d <"$to/payload" >"$to/vmlinux" ;;
    *) die "the kernel $release is packed in a way that is neither zstd nor xz" ;;
  esac
  cp "$root/bin/busybox" "$to/initrd.d/bin/busybox"
  cp "$here/guest/initrd-init" "$to/initrd.d/init"
  chmod 755 "$to/initrd.d/init"
  mkdir "$to/initrd.d/"{dev,proc,new}
  module=$(find "$root/usr/lib/modules/$release" -name 'virtio_blk.ko*')
  case $module in
    *.xz) xz -d <"$module" >"$to/initrd.d/virtio_blk.ko" ;;
    *.zst) zstd -q -d <"$module" >"$to/initrd.d/virtio_blk.ko" ;;
    *) cp "$module" "$to/initrd.d/virtio_blk.ko" ;;
  esac
  (cd "$to/initrd.d" && find . | "$root/bin/busybox" cpio -o -H newc 2>/dev/null) >"$to/initrd"
  # The guest's own depmod (this machine's may not read its modules), started by the guest's own loader.
  "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" --argv0 depmod \
    "$root/usr/bin/kmod" -b "$root" "$release"
  rm -r "$to/initrd.d" "$to/payload"
}

build() {
  local to=$1 root=$1/root release
  say "building (about a minute, once) from $(awk '{ n += $2 } END { print int(n / 1e6) }' "$to/packages") MB of packages"
  download "$to/packages"
  unpack "$root" "$to/packages"
  release=$(cd "$root/usr/lib/modules" && ls -d 6.* | head -1)
  extract_kernel "$to/stable" "$root" "$release"
  release=$(cd "$root/usr/lib/modules" && ls -d [7-9].* | tail -1)
  extract_kernel "$to/backports" "$root" "$release"
  mkdir -p "$root/untorn" "$root/mnt"
  ln -sf mawk "$root/usr/bin/awk"
  gcc -O2 -Wall -Werror -static -pthread -o "$root/untorn/atomic-tool" "$here/guest/"*.c
  cp "$here/guest/guest-init" "$here/guest/"*.sh "$root/untorn/"
  chmod 755 "$root/untorn/guest-init"
  rm -rf "$root/boot" "$root"/usr/lib/modules/*/vmlinuz
  truncate -s 768M "$to/root.img"
  PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -E root_owner=0:0 -O ^has_journal -d "$root" "$to/root.img"
  rm -r "$root"
}

check_tools
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
exec 9>"$cache/lock"
flock 9
set_up_apt
update_lists
# What the lists offer to this script's list of packages: asked again when either is newer.
resolved=$cache/apt/resolved-$(sha256sum <"$0" | head -c 16)
if ! [ "$resolved" -nt "$cache/apt/updated" ]; then
  resolve >"$resolved.new" || die "$(mirror) does not offer every package of $suite and $suite-backports that is needed, see above"
  mv "$resolved.new" "$resolved"
fi
key=$(cat "$resolved" "$0" "$here/guest/"* | sha256sum | head -c 16)
if [ -e "$cache/$key" ] && ! (cd "$cache/$key" && sha256sum --check --status checksums 2>/dev/null); then
  say "$cache/$key is damaged; it is built again"
  rm -rf "${cache:?}/$key"
fi
if [ ! -e "$cache/$key" ]; then
  rm -rf "$cache/building"
  mkdir "$cache/building"
  cp "$resolved" "$cache/building/packages"
  build "$cache/building"
  (cd "$cache/building" && sha256sum packages root.img stable/* backports/* >checksums)
  mv "$cache/building" "$cache/$key"
fi
touch "$cache/$key"
find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name apt ! -name "$key" -mtime +14 -exec rm -rf {} +
echo "$cache/$key"
