#!/usr/bin/env bash
# Starts nginx. A proxy on this machine comes through the published port, and is seen with the bridge's own address: that of the way out of this container.
set -euo pipefail
while read -r _ destination gateway _; do
  [ "$destination" = 00000000 ] || continue
  # /proc/net/route has the four bytes in reverse order.
  address=$((16#${gateway:6:2})).$((16#${gateway:4:2})).$((16#${gateway:2:2})).$((16#${gateway:0:2}))
  echo "$address 1;" >/tmp/host-proxy.geo
  echo "set_real_ip_from $address;" >/tmp/host-proxy.conf
done </proc/net/route
exec nginx -c /etc/nginx/biomaid/nginx.conf -g "daemon off;"
