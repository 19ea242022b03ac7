# What `untorn` and `verify` share: finding a JDK 25, installing the distribution's packages. Sourced, never run.

# Prints the home of a JDK 25 or later: $JAVA_HOME, the PATH, then where distributions and SDKMAN put them.
find_jdk() {
  local home version on_path
  on_path=$(command -v javac || true)
  for home in "${JAVA_HOME:-}" "${on_path:+$(dirname "$(dirname "$(readlink -f "$on_path")")")}" \
    /usr/lib/jvm/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/*; do
    [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    if [ "${version:-0}" -ge 25 ]; then
      echo "$home"
      return 0
    fi
  done
  return 1
}

# Installs packages of a Debian-like distribution, as root or by sudo that asks for no password. Fails if that may not be.
install_packages() {
  local as_root=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get install -y -qq "$@" >/dev/null 2>&1 && return 0
  "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 || true
  "${as_root[@]}" apt-get install -y -qq "$@" >/dev/null 2>&1
}

# Sets JAVA_HOME to a JDK 25 and sees to it that there is a Maven; or says in one line what to do, and ends.
require_jdk() {
  JAVA_HOME=$(find_jdk) || { install_packages openjdk-25-jdk-headless && JAVA_HOME=$(find_jdk); } || {
    echo "$1: no JDK 25 found: install one (for example Eclipse Temurin 25) and set JAVA_HOME to it" >&2
    exit 1
  }
  export JAVA_HOME
}

require_maven() {
  command -v mvn >/dev/null || install_packages maven || {
    echo "$1: no Maven found: install the distribution's package 'maven', or put mvn on the PATH" >&2
    exit 1
  }
}
