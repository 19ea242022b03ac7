# atomic-disk-checks.sh DISK: is this SCSI disk (sda) to Linux what it says it is? The questions of blktests' scsi/009, asked
# of any disk that supports WRITE ATOMIC: what the block layer offers must follow from the disk's Block Limits VPD page.
# Overwrites the disk's first mebibyte. Prints a line per check: "ok - NAME" or "not ok - NAME: what was seen".
disk=$1
queue=/sys/block/$disk/queue
sg=$(sg_of "$disk")

# field OFFSET: four bytes of the Block Limits VPD page as a number
page=$(sg_vpd --raw --page=bl "$sg" | od -An -v -tx1 | tr -d ' \n')
field() {
  echo $((16#${page:$1 * 2:8}))
}

# below_power N: the greatest power of two that is not above N
below_power() {
  local power=1
  while [ $((power * 2)) -le "$1" ]; do power=$((power * 2)); done
  echo $power
}

check() {
  local name=$1 seen
  shift
  if seen=$("$@" 2>&1); then echo "ok - $name"; else echo "not ok - $name: $* ${seen//$'\n'/ }"; fi
}

# written LENGTH yes|no: an atomic write of that length at offset 0 succeeds, or does not
written() {
  local out done=no
  out=$(xfs_io -d -C "pwrite -A -D -V 1 -b $1 0 $1" "/dev/$disk" 2>&1)
  case $out in "wrote $1/$1 bytes"*) done=yes ;; esac
  [ "$done" = "$2" ] || { echo "$out"; return 1; }
}

block=$(cat "$queue/logical_block_size")
max_hw=$(($(cat "$queue/max_hw_sectors_kb") * 1024))
max=$(cat "$queue/atomic_write_max_bytes")
unit_max=$(cat "$queue/atomic_write_unit_max_bytes")
unit_min=$(cat "$queue/atomic_write_unit_min_bytes")
said_max=$(($(field 44) * block))
said_granularity=$(($(field 52) * block))
eval "$(atomic-tool statx "/dev/$disk" | tr ' ' '\n' | sed 's/^/statx_/')"

check "the unit range is not empty" [ "$unit_min" -gt 0 -a "$unit_max" -ge "$unit_min" ]
check "no unit is above the maximum" [ "$max" -ge "$unit_max" ]
check "the maximum is not above the longest request" [ "$max_hw" -ge "$max" ]
check "the maximum is the disk's, or the longest request" [ "$max" -eq $((said_max < max_hw ? said_max : max_hw)) ]
check "the shortest unit is the disk's granularity" [ "$unit_min" -eq "$said_granularity" ]
check "the longest unit is a power of two below the maximum" [ "$unit_max" -eq "$(below_power $((unit_max)))" ]
check "statx offers the shortest unit" [ "$statx_unit_min" -eq "$unit_min" ]
check "statx offers the longest unit" [ "$statx_unit_max" -eq "$unit_max" ]
check "statx says one segment" [ "$statx_segments_max" -eq 1 ]
check "a write of the longest unit" written "$unit_max" yes
check "no write of one block more" written $((unit_max + block)) no
check "a write of the shortest unit" written "$unit_min" yes
check "no write of one block less" written $((unit_min - block)) no
