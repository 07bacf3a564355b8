"""Recordings to measure with, as a browser makes them: 1280x720, recorded by headless Chromium's MediaRecorder.

A drawn head that moves and speaks before a shelf, and a made-up voice: a buzz through three formants that change with each
syllable, with pauses between sentences. Chromium's own encoders do the rest, at the rates that Dailies' candidate page asks for.
"""
import base64
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE.parent.parent / ".build" / "bench-recordings"
SECONDS = 30
FORMS = {
    "vp8.webm": "video/webm;codecs=vp8,opus",
    "vp9.webm": "video/webm;codecs=vp9,opus",
    "av1.webm": "video/webm;codecs=av01.0.08M.08,opus",
    "h264.mkv": "video/x-matroska;codecs=avc1.42E01F,opus",
}
RECORD = """
const [mime, seconds, answer] = arguments;
const record = async () => {
    if (!MediaRecorder.isTypeSupported(mime)) throw new Error(`this Chromium does not record ${mime}`);
    const canvas = document.createElement('canvas');
    canvas.width = 1280;
    canvas.height = 720;
    document.body.replaceChildren(canvas);
    const context = canvas.getContext('2d');
    const sound = new AudioContext({sampleRate: 48000});
    const buzz = new OscillatorNode(sound, {type: 'sawtooth', frequency: 120});
    const loudness = new GainNode(sound, {gain: 0});
    const microphone = sound.createMediaStreamDestination();
    const formants = [600, 1200, 2600].map(frequency => new BiquadFilterNode(sound, {type: 'bandpass', frequency, Q: 6}));
    for (const formant of formants) buzz.connect(formant).connect(loudness);
    loudness.connect(microphone);
    const start = sound.currentTime + 0.1;
    // Four syllables a second, and every fifth second nothing.
    for (let n = 0; n < seconds * 4; n++) {
        const at = start + n / 4;
        loudness.gain.setTargetAtTime(Math.floor(n / 4) % 5 === 4 ? 0 : 0.8, at, 0.03);
        loudness.gain.setTargetAtTime(0, at + 0.18, 0.03);
        buzz.frequency.setTargetAtTime(110 + 30 * Math.sin(n), at, 0.05);
        formants.forEach((formant, f) => formant.frequency.setTargetAtTime([600, 1300, 2600][f] + 350 * Math.sin(n * (f + 2)), at, 0.03));
    }
    buzz.start();
    const began = performance.now();
    const draw = () => {
        const t = (performance.now() - began) / 1000, x = 680 + 16 * Math.sin(t * 0.7), y = 320 + 8 * Math.sin(t * 1.3);
        context.fillStyle = '#b9c6d6';
        context.fillRect(0, 0, 1280, 720);
        for (let n = 0; n < 9; n++) {
            context.fillStyle = ['#b55', '#5a7', '#57b', '#ca5', '#888', '#a6c'][n % 6];
            context.fillRect(100 + 30 * n, 150 + n % 3 * 8, 24, 90 - n % 3 * 8);
        }
        const oval = (colour, dx, dy, width, height) => {
            context.fillStyle = colour;
            context.beginPath();
            context.ellipse(x + dx, y + dy, width, Math.max(1, height), 0, 0, 7);
            context.fill();
        };
        oval('#2f4b7c', 0, 420, 260, 240);
        oval('#e0b090', 0, 0, 110, 140);
        oval('#3b2a1e', 0, -90, 115, 70);
        const blink = t % 3.1 < 0.12 ? 2 : 12;
        oval('#222', -40, -5, 12, blink);
        oval('#222', 40, -5, 12, blink);
        oval('#7a2d2d', 0, 65, 34, Math.floor(t) % 5 === 4 ? 4 : 14 + 12 * Math.sin(t * 25));
    };
    draw();
    const drawing = setInterval(draw, 1000 / 30);
    const stream = new MediaStream([...canvas.captureStream(30).getVideoTracks(), ...microphone.stream.getAudioTracks()]);
    const recorder = new MediaRecorder(stream, {mimeType: mime, videoBitsPerSecond: 1_000_000, audioBitsPerSecond: 48_000});
    const pieces = [];
    recorder.ondataavailable = event => pieces.push(event.data);
    const stopped = new Promise(done => { recorder.onstop = done; });
    recorder.start(1000);
    await new Promise(done => setTimeout(done, seconds * 1000));
    recorder.stop();
    await stopped;
    clearInterval(drawing);
    await sound.close();
    const reader = new FileReader();
    const read = new Promise(done => { reader.onload = done; });
    reader.readAsDataURL(new Blob(pieces));
    await read;
    return reader.result.split(',')[1];
};
record().then(recording => answer({recording}), error => answer({failure: String(error)}));
"""


def recordings():
    """The paths by codec. Made at the first call, which takes two minutes, and kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    paths = {name: KEPT / name for name in FORMS}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        print(f"Recording {SECONDS} s each of {', '.join(missing)} in Chromium …", file=sys.stderr, flush=True)
        record(missing)
    return paths


def record(names):
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-proxy-server", "--autoplay-policy=no-user-gesture-required",
    ]:
        options.add_argument(argument)
    browser = webdriver.Chrome(service=Service(shutil.which("chromedriver"), log_path=os.devnull), options=options)
    try:
        browser.set_script_timeout(4 * SECONDS)
        for name in names:
            browser.get("data:text/html,<title>recorder</title>")
            made = browser.execute_async_script(RECORD, FORMS[name], SECONDS)
            if "failure" in made:
                sys.exit(f"{name}: {made['failure']}")
            unfinished = KEPT / f"{name}.part"
            unfinished.write_bytes(base64.b64decode(made["recording"]))
            unfinished.rename(KEPT / name)
    finally:
        browser.quit()


def lengthen(source, target, seconds):
    """Chromium's own packets again and again, in the form a browser streams: no duration, no index."""
    form = "webm" if source.suffix == ".webm" else "matroska"
    command = ["ffmpeg", "-v", "error", "-stream_loop", "-1", "-i", source, "-t", str(seconds), "-map", "0", "-c", "copy"]
    subprocess.run(command + ["-live", "1", "-f", form, target], check=True, stderr=subprocess.DEVNULL)
