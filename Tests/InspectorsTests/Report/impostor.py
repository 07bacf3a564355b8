#!/usr/bin/python3
"""Speaks the fork server's protocol in place of dailies-inspector, and lies.

What it is to lie about comes with the job, as the declared media type `lie/NAME`. Each lie is one step away from an honest
answer, `lie/none`, which is believed: so it is that step that is refused.
"""
import array
import json
import os
import socket
import struct
import threading

channel = socket.socket(fileno=3)
SUPPORT = {"landlock": 1, "seccomp": True}


def tell(event):
    channel.send(event if isinstance(event, bytes) else json.dumps(event).encode())


def ended(job, **changes):
    ending = {"status": {"exit": {"code": 0}}, "timedOut": False, "cpuMs": 1, "wallMs": 2, "maxRSSBytes": 4096}
    return {"ended": {"id": job, "ending": ending | changes}}


def jpeg(width, height):
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04\x01\x02\xff\xc0" + frame + b"\xff\xd9"


def honest():
    span = {"start_ms": 0, "end_ms": 10_000}
    report = {
        "schema": "dailies.report/1", "outcome": "usable", "reason": None, "duration_ms": 10_000, "duration_source": "packets",
        "container": {"format": "webm"}, "flags": [], "timings_ms": {},
        "video": span | {
            "codec": "vp9", "profile": "Profile 0", "width": 640, "height": 480, "coded_width": 640, "coded_height": 480, "rotation": 0,
            "frames": 300, "fps": 30.0, "frame_gap_ms": None, "keyframes": 3, "keyframe_gap_max_ms": 4000, "bit_depth": 8, "hdr": False,
            "mirrored": False, "sizes": [{"at_ms": 0, "width": 640, "height": 480}]},
        "audio": span | {
            "codec": "opus", "channels": 1, "sample_rate": 48000, "loudness_lufs": -23.0, "loudness_range_lu": 5.0, "peak_dbfs": -3.0,
            "clipped_ratio": 0.0, "speech_ratio": 0.8, "first_sound_ms": 100, "silences": [[0, 1000]]},
        "artifacts": {
            "poster": {"media_type": "image/jpeg", "width": 64, "height": 48, "at_ms": 0},
            "storyboard": {
                "media_type": "image/jpeg", "width": 320, "height": 120, "tile_width": 160, "tile_height": 120, "columns": 2,
                "tiles": [{"at_ms": 0}, {"at_ms": 5000}]},
            "waveform": {"media_type": "application/json", "points": 2, "samples_per_point": 10, "sample_rate": 100},
            "playback": {"media_type": "video/webm", "duration_ms": 10_000}}}
    waveform = {"version": 2, "channels": 1, "sample_rate": 100, "samples_per_pixel": 10, "bits": 8, "length": 2, "data": [-1, 1, -2, 2]}
    files = {
        "poster": jpeg(64, 48), "storyboard": jpeg(320, 120), "waveform": json.dumps(waveform).encode(), "playback": b"\x1a\x45\xdf\xa3rest"}
    return report, files, waveform


def replaced(report, path, value):
    *parents, last = path.split(".")
    for key in parents:
        report = report[int(key)] if isinstance(report, list) else report[key]
    report[last] = value


# What a report says in one place.
SAYS = {
    "other_schema": ("schema", "dailies.report/2"),
    "own_death": ("reason", {"code": "inspector_died", "message": "<b>Call me</b>"}),
    "endless_time": ("duration_ms", 1 << 62),
    "negative_time": ("duration_ms", -1),
    "page_as_codec": ("video.codec", "<script>alert(1)</script>"),
    "page_as_format": ("container.format", "webm\n\nWEBVTT"),
    "page_as_profile": ("video.profile", "<img src=x>"),
    "absurd_size": ("video.coded_width", (1 << 63) - 1),
    "absurd_frames": ("video.frames", (1 << 63) - 1),
    "absurd_level": ("audio.loudness_lufs", 1e300),
    "silence_beyond": ("audio.silences", [[0, 1 << 50]]),
    "silence_backwards": ("audio.silences", [[9, 5]]),
    "silences_endless": ("audio.silences", [[0, 0]] * 60_000),
    "own_hash": ("container.sha256", "0" * 64),
    "own_bytes": ("container.bytes", 5),
    "other_file": ("artifacts.poster.file", "artifacts/another-answer.jpg"),
    "file_above": ("artifacts.playback.file", "../../../etc/passwd"),
    "own_track": ("artifacts.storyboard.vtt", {"media_type": "text/vtt", "file": "track.vtt"}),
    "page_as_type": ("artifacts.poster.media_type", "text/html"),
    "vector_as_type": ("artifacts.poster.media_type", "image/svg+xml"),
    "playback_as_page": ("artifacts.playback.media_type", "text/html"),
    "poster_too_large": ("artifacts.poster.width", 100_000),
    "tiles_endless": ("artifacts.storyboard.tiles", [{"at_ms": 0}] * 10_000),
    "tiles_backwards": ("artifacts.storyboard.tiles", [{"at_ms": 5000}, {"at_ms": 0}]),
    "no_columns": ("artifacts.storyboard.columns", 0),
    "sheet_lies": ("artifacts.storyboard.height", 240),
    "points_endless": ("artifacts.waveform.points", (1 << 63) - 1),
    "jpeg_size_lies": ("artifacts.poster.width", 65),
    "waveform_lies": ("artifacts.waveform.points", 3),
    "flag_twice": ("flags", [{"name": "stalled", "severity": "warning", "value": None, "spans": []}] * 2),
    "flag_unknown": ("flags", [{"name": "too_old", "severity": "fault", "value": None, "spans": []}]),
    "timings_endless": ("timings_ms", {f"t{number}": 1.0 for number in range(101)}),
}
# What an artifact's file has in it.
HOLDS = {
    "jpeg_is_page": ("poster", b"<html><script>alert(1)</script></html>"),
    "jpeg_cut": ("poster", jpeg(64, 48)[:-1]),
    "jpeg_without_frame": ("poster", b"\xff\xd8\xff\xd9"),
    "jpeg_empty": ("poster", b""),
    "sheet_is_other": ("storyboard", jpeg(319, 120)),
    "waveform_is_page": ("waveform", b"<html>"),
    "waveform_nested": ("waveform", b"[" * 20_000),
    "waveform_large": ("waveform", b"[0" + b",0" * 400_000 + b"]"),
    "playback_is_program": ("playback", b"\x7fELF" + bytes(100)),
    "playback_is_playlist": ("playback", b"#EXTM3U\nfile:///etc/passwd\n"),
    "playback_is_empty": ("playback", b""),
}
# What stands in place of the report's JSON, made of the honest text.
TEXTS = {
    "empty_report": lambda text: b"",
    "broken_report": lambda text: text[:-2],
    "garbage": lambda text: os.urandom(5000),
    "nested_report": lambda text: b"[" * 1_000_000,
    "huge_number": lambda text: text.replace(b'"duration_ms": 10000', b'"duration_ms": ' + b"9" * 400),
    "no_number": lambda text: text.replace(b"-23.0", b"NaN"),
    "broken_text": lambda text: text.replace(b"vp9", b"\xff\xfe\xc0"),
}


def waveform_lie(name, waveform):
    lies = {
        "waveform_length": {"length": (1 << 63) - 1}, "waveform_negative": {"length": -2}, "waveform_numbers": {"data": [999, 1, 1, 1]},
        "waveform_short": {"data": [1]}, "waveform_rate": {"sample_rate": 1}}
    return json.dumps(waveform | lies[name]).encode() if name in lies else None


def write(descriptor, content):
    # In this order: the report's file may be cut, but never grow.
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))


def answer(job, descriptors):
    """Writes what the lie wants, and returns what is told of the ending."""
    lie = (job["request"]["declared_type"] or "lie/none").removeprefix("lie/")
    report_file, log = descriptors[1], descriptors[2]
    files = dict(zip(job["artifacts"], descriptors[3:]))
    report, contents, waveform = honest()
    if lie in SAYS:
        replaced(report, *SAYS[lie])
    if lie == "own_death":
        report["outcome"] = "unusable"
    if lie in HOLDS:
        contents[HOLDS[lie][0]] = HOLDS[lie][1]
    contents["waveform"] = waveform_lie(lie, waveform) or contents["waveform"]
    for kind, descriptor in files.items():
        write(descriptor, contents[kind])
    if lie == "playback_endless":
        os.ftruncate(files["playback"], job["request"]["limits"]["artifact_bytes"] + 1)
    os.pwrite(log, b"\x1b]0;owned\x07\x1b[2J<script>\n" * 10_000, 0)
    text = json.dumps(report).encode()
    if lie != "no_report" and lie != "endless_report":
        write(report_file, TEXTS[lie](text) if lie in TEXTS else text)
    if lie == "endless_report":
        os.pwrite(report_file, text + b" " * (os.fstat(report_file).st_size - len(text)), 0)
    if lie == "restless":
        # Goes on changing all files after the end has been told, as no child could.
        mine = [os.dup(descriptor) for descriptor in [report_file, *files.values()]]
        threading.Thread(target=meddle, args=(mine,), daemon=True).start()
    endings = {
        "absurd_ending": {"cpuMs": -(1 << 63), "wallMs": (1 << 63) - 1, "maxRSSBytes": -(1 << 63)},
        "odd_signal": {"status": {"signal": {"number": (1 << 31) - 1}}}, "odd_exit": {"status": {"exit": {"code": -(1 << 31)}}}}
    return ended(job["id"], **endings.get(lie, {})), lie


def meddle(descriptors):
    for turn in range(200_000):
        try:
            os.ftruncate(descriptors[turn % len(descriptors)], turn % 50)
        except OSError:
            pass


def serve(command, descriptors):
    if "inspect" not in command:
        return
    job = command["inspect"]["job"]
    number = job["id"]
    ending, lie = answer(job, descriptors)
    if lie == "no_event":
        tell(b"\x00not json")
    if lie == "long_event":
        tell(b" " * 70_000)
    if lie == "strangers":
        # News of children that nobody asked for, with descriptors. The numbers are none that another test of this pool has.
        gift = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors[:3]))]
        for other in (-1, 0, number + 1_000_000, 1 << 62):
            channel.sendmsg([json.dumps(ended(other)).encode()], gift)
            tell({"refused": {"id": other, "why": "no"}})
        tell({"started": {"id": number, "process": 1}})
        tell({"started": {"id": number, "process": -1}})
    if lie == "chatter":
        tell({"started": {"id": number, "process": 1}})
        while True:
            tell({"refused": {"id": -1, "why": "more"}})
    tell({"started": {"id": number, "process": os.getpid()}})
    tell(ending)
    if lie == "strangers":
        tell(ended(number))


tell({"ready": {"channel": 3, "schema": "dailies.report/1", "support": SUPPORT}})
while True:
    message, descriptors, _, _ = socket.recv_fds(channel, 65536, 8)
    if not message:
        break
    try:
        serve(json.loads(message), descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
