"""Runs a command on a terminal of its own, and shows what a person would see: usage: terminal.py COLUMNS ROWS WORDS… -- COMMAND…

For each of WORDS in turn, waits until the screen holds them and prints {"screen": [lines]} as JSON, a line. Then presses Ctrl-C and prints
{"code": how it ended, "screen", "scrolled": lines that left the screen at its top, "cursor": whether there is one, "frames": how often it was
drawn}.
"""
import json
import os
import pty
import select
import struct
import sys
import termios
from fcntl import ioctl

import pyte

SECONDS = 60


def main(columns, rows, words, command):
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = pyte.HistoryScreen(columns, rows, history=1000)
    stream = pyte.ByteStream(screen)
    frames = 0

    def more():
        ready, _, _ = select.select([terminal], [], [], SECONDS)
        if not ready:
            sys.exit(f"nothing came for {SECONDS} s; the screen: {screen.display}")
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # Linux's way to say that nobody has the other end any more.
            return b""
        stream.feed(data)
        return data

    def lines():
        return [line.rstrip() for line in screen.display]

    for expected in words:
        while not any(expected in line for line in screen.display):
            data = more()
            if not data:
                sys.exit(f"it ended before it said {expected!r}; the screen: {lines()}")
            frames += data.count(b"\x1b[J")
        print(json.dumps({"screen": lines()}), flush=True)
    os.write(terminal, b"\x03")
    while data := more():
        frames += data.count(b"\x1b[J")
    _, status = os.waitpid(process, 0)
    print(json.dumps({
        "code": os.waitstatus_to_exitcode(status), "screen": lines(), "scrolled": len(screen.history.top),
        "cursor": not screen.cursor.hidden, "frames": frames,
    }), flush=True)


if __name__ == "__main__":
    divider = sys.argv.index("--")
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:divider], sys.argv[divider + 1:])
