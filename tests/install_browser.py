"""Install Chromium from the system's packages when it is missing and may be installed; say so when not."""

import os
import shutil
import subprocess
import sys

COMMANDS = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"])


def browser() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def main() -> None:
    if browser():
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print("Chromium is missing and cannot be installed here: browser tests will be skipped.")
        return
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in COMMANDS:
        done = subprocess.run(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
        if done.returncode != 0:
            print(f"{' '.join(command)} failed: browser tests will be skipped.", file=sys.stderr)
            print(done.stderr.decode(errors="replace")[-400:], file=sys.stderr)
            return


if __name__ == "__main__":
    main()
