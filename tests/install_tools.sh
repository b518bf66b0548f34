#!/bin/sh
# Installs what some tests need from Debian, as root, or with sudo when PVD_SUDO=1 asks for it; elsewhere those tests skip and
# say so.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc libreoffice-impress"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || { echo "not installed, the tests that need it skip:$missing"; exit 0; }
if [ "$(id -u)" -eq 0 ]; then as_root=""
elif [ "${PVD_SUDO:-}" = 1 ]; then as_root="sudo"
else echo "not installed (needs root, or PVD_SUDO=1 make test), the tests that need it skip:$missing"; exit 0
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
# shellcheck disable=SC2086
$as_root apt-get update -qq >/dev/null 2>&1
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 \
  || echo "could not be installed, the tests that need it skip:$missing"
exit 0
