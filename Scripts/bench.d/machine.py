"""What a measurement was made on, in two lines."""
import os
import platform
import subprocess


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def system():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def load():
    return f"{os.getloadavg()[0]:.1f}"


def machine(load_before):
    """`load_before` is what `load()` said before the measurement: the neighbours' share."""
    return (
        f"Machine: {processor()}, {os.cpu_count()} cores, {system()}, Linux {platform.release()}; "
        f"load {load_before} before and {load()} after."
    )
