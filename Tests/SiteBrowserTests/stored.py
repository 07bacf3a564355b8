"""Plays an answer that lies in a bucket in headless Chromium, by way of the real site, and says what was seen.

usage: stored.py RECORDING < HOUSE      prints {"frames", "seeks", "colours", "error", "reopened"} as JSON

HOUSE is as for reviewing.py. Where the bucket is, the environment says.
"""
import csv
import json
import os
import subprocess
import sys
from urllib.parse import urljoin

from browser import Browser
from house import ROLE, House
from reviewing import COLOURS

# How often the site was asked for what plays.
ASKED = "performance.getEntriesByType('resource').filter(one => one.name.includes('/playback')).length"


def fill(house, recording):
    manifest = os.path.join(house.folder, "answers.csv")
    with open(manifest, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["role", "question", "candidate_name", "candidate_email", "file"])
        writer.writerow([ROLE, "1", "Ada Example", "ada.example@example.org", recording])
    house.run("role", "load", os.path.join(house.project, "deploy/roles/deep-learning-engineer.yaml"))
    house.run("import", manifest)
    house.run("up", "--once")
    ((question, response),) = house.sql(
        "SELECT q.key, r.id FROM dailies.responses r JOIN dailies.questions q ON q.id = r.question_id")
    return f"/roles/{ROLE}/questions/{question}/{response}"


def play(plan, answer):
    with Browser(plan, "Ada") as browser:
        browser.open(answer)
        browser.until("document.querySelector('answer-player')?.dataset.loaded")
        facts = {"colours": browser.js(COLOURS)}
        browser.keys(" ")
        browser.until("document.querySelector('video').error || document.querySelector('video').currentTime > 1")
        facts["error"] = browser.js("document.querySelector('video').error?.message ?? null")
        facts["frames"] = browser.js("document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames")
        facts["seeks"] = browser.wait("""
            const video = document.querySelector('video'), player = document.querySelector('answer-player');
            const seek = part => new Promise(there => {
                video.addEventListener('seeked', () => there(Math.abs(video.currentTime - player.duration * part)), {once: true});
                player.seek(player.duration * part);
            });
            (async () => { const all = []; for (const part of [0.9, 0.1, 0.5]) all.push(await seek(part)); done(all); })();
        """)
        # What a link that has expired comes to: the site is asked again, and it goes on where it was.
        asked = browser.js(ASKED)
        browser.js("document.querySelector('video').dispatchEvent(new Event('error'))")
        facts["reopened"] = browser.js("document.querySelector('video').currentTime / document.querySelector('answer-player').duration")
        browser.until(f"{ASKED} > {asked}")
        browser.until("document.querySelector('video').currentTime > document.querySelector('answer-player').duration * 0.5 + 1")
        return facts


def main(recording):
    house = House(json.load(sys.stdin))
    answer = fill(house, recording)
    command = [house.values["program"], "serve", "--listen", "127.0.0.1:0", *house.values["flags"], "--database", house.values["site_conninfo"]]
    with open(os.path.join(house.folder, "site.log"), "wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        site = server.stdout.readline().strip()
        link = house.run("reviewer", "add", "ada@example.org", "--name", "Ada", "--admin")
        facts = play({"site": site, "links": {"Ada": urljoin(site, link[link.index("/sign-in/"):])}}, answer)
    finally:
        server.terminate()
        server.wait()
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
