#!/usr/bin/env bash
# Makes the small images that the readers are fed with, damaged in many ways. Needs e2fsprogs, dosfstools, mtools, gdisk,
# fdisk and qemu-utils.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1 E2FSPROGS_FAKE_TIME=1 MTOOLS_SKIP_CHECK=1

mkdir -p "$work/tree/folder"
printf 'contents' > "$work/tree/folder/file"
ln -s folder/file "$work/tree/link"
ln -s "$(printf 'folder/../%.0s' 1 2 3 4 5 6 7)folder/file" "$work/tree/long-link"
for i in 0 1 2 3 4 5; do dd if=/dev/urandom of="$work/tree/large" bs=1500 count=1 seek=$((i * 4)) conv=notrunc status=none; done
touch -d @1 -h "$work"/tree/* "$work"/tree/folder/*

uuid=11111111-2222-3333-4444-555555555555
mke2fs -q -t ext4 -b 1024 -N 24 -O ^has_journal,^resize_inode -L four -U $uuid -E hash_seed=$uuid -d "$work/tree" "$work/ext4" 128K
mke2fs -q -t ext2 -b 1024 -N 24 -O ^resize_inode -L two -U $uuid -E hash_seed=$uuid -d "$work/tree" "$work/ext2" 128K
for bits in 12 16 32; do
  size=$((bits == 12 ? 64 : bits == 16 ? 2200 : 33300))
  truncate -s ${size}K "$work/fat$bits"
  mkfs.vfat -F $bits -s 1 -n LABEL -i 12345678 "$work/fat$bits" > /dev/null
  mmd -i "$work/fat$bits" ::/folder
  mcopy -i "$work/fat$bits" "$work/tree/folder/file" '::/folder/a name that is long.text'
  mcopy -i "$work/fat$bits" "$work/tree/large" ::/LARGE
done
truncate -s 64K "$work/gpt"
sgdisk -a 1 -U $uuid -n 1:34:40 -c 1:one -u 1:$uuid -n 2:41:50 -c 2:two -u 2:${uuid/1/2} "$work/gpt" > /dev/null
truncate -s 3M "$work/mbr"
printf 'label: dos\nlabel-id: 0x12345678\nsize=1\ntype=5\nsize=1\nsize=1\n' | sfdisk -q "$work/mbr" 2> /dev/null
qemu-img convert -c -O qcow2 -o cluster_size=4k "$work/ext4" "$work/qcow2"
qemu-img create -q -f vhdx "$work/vhdx" 8M
truncate -s 4M "$work/vhdx"
qemu-img create -q -f vmdk -o subformat=streamOptimized "$work/vmdk" 1M
qemu-img create -q -f vpc "$work/vhd" 1M

for file in ext4 ext2 fat12 fat16 fat32 gpt mbr qcow2 vhdx vmdk vhd; do
  gzip -9 -n < "$work/$file" > "$file.gz"
done
ls -l
