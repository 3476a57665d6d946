# Installs what tests need from Debian's packages (sourced; bash). Only root can; others get the command to run.

# shellcheck shell=bash
missing_packages=()

# want PACKAGE COMMAND...: asks for a package where the command, which must be silent and quick, fails.
want() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing_packages+=("$package")
}

install_wanted() {
  [ ${#missing_packages[@]} -gt 0 ] || { echo "nothing is missing" && return 0; }
  if [ "${install:-yes}" = no ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    printf '!!! missing here; as root: apt-get install --no-install-recommends %s\n' "${missing_packages[*]}"
    return 0
  fi
  echo "installing from Debian: ${missing_packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing_packages[@]}" >/dev/null
}
