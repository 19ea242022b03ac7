# What every guest script may call. (Each script's bash reads this first.)

# Starts open-iscsi's daemon, once.
start_iscsid() {
  grep -q ISCSIADM_ABSTRACT /proc/net/unix && return 0
  modprobe iscsi_tcp
  iscsid
  until grep -q ISCSIADM_ABSTRACT /proc/net/unix; do sleep 0.05; done
}

# discover HOST:PORT: what SendTargets answers.
discover() {
  start_iscsid
  iscsiadm -m discovery -t sendtargets -p "$1"
}

# introduce IQN HOST:PORT: lets open-iscsi know a target without a discovery.
introduce() {
  start_iscsid
  iscsiadm -m node -o new -T "$1" -p "$2"
}

# login IQN [name=value...]: logs in with these node settings.
login() {
  local iqn=$1 setting
  shift
  for setting in "$@"; do
    iscsiadm -m node -T "$iqn" -o update -n "${setting%%=*}" -v "${setting#*=}" || return
  done
  iscsiadm -m node -T "$iqn" --login
}

# logout IQN: ends all sessions with a target.
logout() {
  iscsiadm -m node -T "$1" --logout
}

# leave IQN...: unmounts /mnt, ends all sessions with these targets and forgets them; what is not there is no error.
leave() {
  local iqn
  umount /mnt 2>/dev/null
  for iqn; do
    [ -z "$(hosts_of "$iqn")" ] || { logout "$iqn" && iscsiadm -m node -T "$iqn" -o delete; } || return
  done
}

# The SCSI hosts of a target's sessions, the oldest session's first.
hosts_of() {
  local session
  for session in $(ls -d /sys/class/iscsi_session/session* 2>/dev/null | sort -V); do
    [ "$(cat "$session/targetname" 2>/dev/null)" != "$1" ] || basename "$(dirname "$(dirname "$(dirname "$(realpath "$session")")")")"
  done
}

# disk_of IQN LUN [N]: the disk (sda) that a target's LUN is in its Nth session (1: the oldest).
disk_of() {
  local host
  host=$(hosts_of "$1" | sed -n "${3:-1}p")
  [ -z "$host" ] || ls -d "/sys/class/scsi_disk/${host#host}:"*":$2/device/block/"* 2>/dev/null | sed 's|.*/||'
}

# wait_for_disk IQN LUN [N]: the same, and waits until the kernel has found it.
wait_for_disk() {
  local tries=0
  until [ -n "$(disk_of "$@")" ]; do
    [ $((++tries)) -lt 500 ] || { echo "no disk appeared for $*" >&2; return 1; }
    sleep 0.02
  done
  disk_of "$@"
}

# sg_of DISK: its SCSI generic node (/dev/sg0).
sg_of() {
  echo "/dev/$(ls "/sys/block/$1/device/scsi_generic")"
}

# What the kernel sends to SCSI devices: trace_commands starts the account, sent_commands prints one line per command.
trace_commands() {
  local t=/sys/kernel/tracing
  echo 0 >$t/tracing_on
  echo >$t/trace
  echo 1 >$t/events/scsi/scsi_dispatch_cmd_start/enable
  echo 1 >$t/tracing_on
}

sent_commands() {
  local t=/sys/kernel/tracing
  echo 0 >$t/tracing_on
  sed -n 's/.*scsi_dispatch_cmd_start: //p' $t/trace
  echo 0 >$t/events/scsi/scsi_dispatch_cmd_start/enable
}
