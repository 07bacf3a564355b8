"""Plays files in headless Chromium and says what its media engine made of each.

usage: browser.py FILE…      prints {FILE: {"facts": {…}} or {"failure": "…"}} as JSON

One browser for all. The files come over HTTP with byte ranges from this machine's loopback, as a review site would
serve them. Everything waits for the engine's own events; the time limit only ends an engine that fires none.
"""
import http.server
import json
import os
import re
import shutil
import sys
import threading

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SECONDS_A_FILE = 120

# Load, seek to the middle, look at the picture there, play on. `stage` says what was being waited for.
PLAY = """
const [url, type, answer] = arguments;
const video = document.createElement('video');
document.body.replaceChildren(video);
video.preload = 'auto';
const event = name => new Promise(happened => video.addEventListener(name, happened, {once: true}));
const frame = () => new Promise(shown => video.requestVideoFrameCallback((_, about) => shown(about.mediaTime)));
const wait = (what, promise) => { window.stage = what; return promise; };
const broken = event('error').then(() => { throw new Error(`${window.stage}: ${video.error.message || video.error.code}`); });
const watch = async () => {
    const facts = {canPlay: video.canPlayType(type)};
    const loaded = event('loadeddata'), firstFrame = frame();
    video.src = url;
    await wait('loadeddata', loaded);
    facts.duration = Number.isFinite(video.duration) ? video.duration : null;
    facts.width = video.videoWidth;
    facts.height = video.videoHeight;
    facts.seekableTo = video.seekable.length ? video.seekable.end(video.seekable.length - 1) : null;
    if (facts.duration === null) return facts;
    if (facts.width) await wait('the first frame', firstFrame);

    const middle = video.duration / 2, frameThere = frame(), seeked = event('seeked');
    video.currentTime = middle;
    await wait('seeked', seeked);
    facts.soughtTo = video.currentTime;
    facts.readyState = video.readyState;
    if (facts.width) {
        facts.frameTime = await wait('the frame in the middle', frameThere);
        const canvas = document.createElement('canvas');
        canvas.width = facts.width;
        canvas.height = facts.height;
        const context = canvas.getContext('2d');
        context.drawImage(video, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        // What nothing was painted on is fully transparent; the engine's own rounding leaves 254 here and there.
        let painted = 0;
        for (let at = 3; at < pixels.length; at += 4) painted += pixels[at] >= 250;
        facts.paintedRatio = painted / (pixels.length / 4);
    }

    const advanced = new Promise(happened => video.addEventListener('timeupdate', () => {
        if (video.currentTime >= middle + 0.25) happened();
    }));
    await wait('play', video.play());
    await wait('timeupdate while playing', advanced);
    facts.playedTo = video.currentTime;
    video.pause();
    return facts;
};
Promise.race([watch(), broken]).then(
    facts => answer({facts}), error => answer({failure: `${window.stage}: ${error.message}`})
).finally(() => { video.removeAttribute('src'); video.load(); });
"""


class Ranges(http.server.BaseHTTPRequestHandler):
    """Serves a page to run in, and the files named on the command line by their number, whole or in ranges."""

    protocol_version = "HTTP/1.1"
    files: list[str] = []

    def do_GET(self):
        number = self.path.strip("/")
        if not number.isdigit():
            return self.reply(200, b"<!doctype html><title>playback</title>", {"Content-Type": "text/html"})
        path = self.files[int(number)]
        with open(path, "rb") as file:
            content = file.read()
        headers = {"Content-Type": media_type(path), "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            return self.reply(200, content, headers)
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self.reply(206, content[first : last + 1], headers)

    def reply(self, status, content, headers):
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            pass  # The engine has seen enough of this range.

    def log_message(self, *_):
        pass


def media_type(path):
    return "video/mp4" if path.endswith(".mp4") else "video/webm"


def start_browser():
    options = Options()
    options.binary_location = shutil.which("chromium")
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio"]
    arguments += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"]
    for argument in arguments + ["--autoplay-policy=no-user-gesture-required"]:
        options.add_argument(argument)
    browser = webdriver.Chrome(service=Service(shutil.which("chromedriver"), log_path=os.devnull), options=options)
    browser.set_script_timeout(SECONDS_A_FILE)
    return browser


def play(browser, page, number, path):
    browser.get(page)
    try:
        return browser.execute_async_script(PLAY, f"{page}{number}", media_type(path))
    except TimeoutException:
        return {"failure": f"waited in vain for {browser.execute_script('return window.stage')}"}


def main(files):
    Ranges.files = files
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = f"http://127.0.0.1:{server.server_port}/"
    browser = start_browser()
    try:
        results = {path: play(browser, page, number, path) for number, path in enumerate(files)}
    finally:
        browser.quit()
    json.dump(results, sys.stdout, indent=1)


if __name__ == "__main__":
    main(sys.argv[1:])
