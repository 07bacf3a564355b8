"""What a careful engineer writes with PyAV: one demux, keyframes only, audio decoded for its levels, a poster, a storyboard.

usage: pyav.py FILE OUTDIR
"""
import os
import sys
from fractions import Fraction

import av
import numpy as np

TILE = (160, 90)
COLUMNS = 10


def save(frame, path):
    with av.open(path, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuvj420p"
        stream.time_base = Fraction(1, 1)
        frame.pts = 0
        for packet in stream.encode(frame):
            container.mux(packet)


def main(path, folder):
    os.makedirs(folder, exist_ok=True)
    container = av.open(path)
    video, audio = container.streams.video[0], container.streams.audio[0]
    video.thread_type = "NONE"
    end, tiles, poster, peaks = 0.0, [], None, []
    for packet in container.demux(video, audio):
        if packet.pts is None:
            continue
        end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if packet.stream is audio:
            for frame in packet.decode():
                samples = frame.to_ndarray()
                peaks.append((float(samples.min()), float(samples.max())))
        elif packet.is_keyframe:
            for frame in packet.decode():
                tiles.append(frame.reformat(*TILE, "rgb24").to_ndarray())
                poster = poster or frame.reformat(640, 360, "yuvj420p")
    save(poster, f"{folder}/poster.jpg")
    width, height = TILE
    sheet = np.zeros((-(-len(tiles) // COLUMNS) * height, COLUMNS * width, 3), np.uint8)
    for index, tile in enumerate(tiles):
        top, left = index // COLUMNS * height, index % COLUMNS * width
        sheet[top : top + height, left : left + width] = tile
    save(av.VideoFrame.from_ndarray(sheet, "rgb24").reformat(format="yuvj420p"), f"{folder}/storyboard.jpg")
    print(round(end, 2), len(tiles), len(peaks))


if __name__ == "__main__":
    main(*sys.argv[1:])
