#!/bin/bash
# A container's healthcheck: 0 when the admin port answers the given path with 200. It runs every 2 s in every
# container, so it is bash, which is there in 3 ms, and not Node.
exec 3<>"/dev/tcp/127.0.0.1/${ADMIN_PORT:-9090}" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${1:-/healthz}" >&3
read -r -t 2 _ status _ <&3 && [[ $status == 200 ]]
