#!/bin/sh
# arm-root.sh DIR: a private arm64 sysroot in DIR/root from Debian's packages, for the cross-compiled
# part of the determinism matrix. Touches neither dpkg nor apt of the machine; done once per DIR.
set -e
dir=$1
[ -e "$dir/done" ] && exit 0
rm -rf "$dir"
mkdir -p "$dir/root" "$dir/state/lists/partial" "$dir/cache/archives/partial"
dir=$(cd "$dir" && pwd)
: >"$dir/state/status"

# The machine's own mirrors, asked for another architecture.
cat >"$dir/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
Acquire::Languages "none";
Dir::State "$dir/state";
Dir::State::status "$dir/state/status";
Dir::Cache "$dir/cache";
CONF
apt-get -q -c "$dir/apt.conf" update
apt-get -q -y -c "$dir/apt.conf" install --download-only libc6-dev libsndfile1-dev \
    libsamplerate0-dev libyaml-dev libjansson-dev libjack-jackd2-dev
for package in "$dir"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$dir/root"
done
touch "$dir/done"
