#!/bin/bash
# The broker alone: broker.sh start | stop. Its retained messages do not outlive a stop.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
case ${1:-} in
  start) broker_start ;;
  stop) pid_stop mosquitto 10 ;;
  *) die "usage: broker.sh start | stop" ;;
esac
