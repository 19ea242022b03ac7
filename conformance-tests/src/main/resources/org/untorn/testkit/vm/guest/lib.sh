# What every guest script may call. (Each script's bash reads this first.)

# begin_discovery HOST:PORT: starts open-iscsi's daemon if need be and asks the portal for its targets.
start_iscsid() {
  grep -q ISCSIADM_ABSTRACT /proc/net/unix && return 0
  modprobe iscsi_tcp
  # A target that is gone fails a login at once, not after two minutes.
  sed -i -e 's/^node.startup = .*/node.startup = manual/' \
    -e 's/^node.session.initial_login_retry_max.*/node.session.initial_login_retry_max = 1/' \
    -e 's/^node.session.timeo.replacement_timeout.*/node.session.timeo.replacement_timeout = 60/' /etc/iscsi/iscsid.conf
  iscsid
  until grep -q ISCSIADM_ABSTRACT /proc/net/unix; do sleep 0.05; done
}

discover() {
  start_iscsid
  iscsiadm -m discovery -t sendtargets -p "$1"
}

# login IQN [name=value...]: logs in with these node settings and waits for the session's disks.
login() {
  local iqn=$1 setting
  shift
  for setting in "$@"; do
    iscsiadm -m node -T "$iqn" -o update -n "${setting%%=*}" -v "${setting#*=}" || return
  done
  iscsiadm -m node -T "$iqn" --login || return
  local tries=0
  until [ -n "$(disk_of "$iqn" 0)" ] || [ $tries -gt 500 ]; do
    sleep 0.02
    tries=$((tries + 1))
  done
}

logout() {
  iscsiadm -m node -T "$1" --logout
}

# The SCSI addresses (H:C:T:L) of a target's sessions, newest last.
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
