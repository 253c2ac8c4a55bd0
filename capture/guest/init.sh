# SPDX-License-Identifier: Apache-2.0
# What the init scripts of all levels begin with: ab.NAME=VALUE of the command line becomes $ab_NAME.
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
exec </dev/null >/dev/kmsg 2>&1
echo on >/proc/sys/kernel/printk_devkmsg
for word in $(cat /proc/cmdline); do
  case $word in
    ab.*=*)
      assignment=${word#ab.}
      eval "ab_${assignment%%=*}=\"\${assignment#*=}\""
      ;;
  esac
done

# A list with commas, or plus signs inside one of its items, as words.
words() { echo "$1" | tr ',+' '  '; }

# One line with the parameters of kvm_amd: NAME=VALUE...
parameters() {
  for file in /sys/module/kvm_amd/parameters/*; do echo -n " ${file##*/}=$(cat "$file")"; done
}
