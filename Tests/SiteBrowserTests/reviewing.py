"""Reviews in headless Chromium, on a real site with the demo's recordings, and says what was seen.

usage: reviewing.py SCENARIO… < HOUSE       prints {SCENARIO: {"facts": {…}} or {"failure": "…"}} as JSON

HOUSE is JSON: {"program": path of dailies, "flags": [what leads it to an empty, migrated database], "conninfo": of that database,
"site_conninfo": the same with the site's account,
"folder": an empty folder, "project": path, "axe": path of axe.min.js or null}.
"""
import base64
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

SECONDS_A_STEP = 60


class Browser:
    """One reviewer's browser, signed in."""

    def __init__(self, plan, reviewer, cookies={}):
        options = Options()
        options.binary_location = shutil.which("chromium")
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio"]
        arguments += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"]
        for argument in arguments + ["--autoplay-policy=no-user-gesture-required", "--window-size=1280,900"]:
            options.add_argument(argument)
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver"), log_path=os.devnull), options=options)
        self.driver.set_script_timeout(SECONDS_A_STEP)
        self.plan = plan
        if reviewer not in cookies:
            self.driver.get(plan["links"][reviewer])
            self.driver.find_element(By.CSS_SELECTOR, "main form button").click()
            self.until("!location.pathname.startsWith('/sign-in')")
            cookies[reviewer] = self.driver.get_cookies()
        else:
            self.driver.get(plan["site"])
            for cookie in cookies[reviewer]:
                self.driver.add_cookie(cookie)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, path):
        self.driver.get(urljoin(self.plan["site"], path))
        self.until("document.documentElement.dataset.ready")

    def open_answer(self, recording):
        self.open(self.plan["answers"][recording])
        self.until("document.querySelector('answer-player')?.dataset.loaded")

    def js(self, script, *arguments):
        return self.driver.execute_script("return " + script, *arguments)

    def wait(self, script, *arguments):
        """Runs a script that calls `done` when it has seen what it waits for."""
        return self.driver.execute_async_script("const done = arguments[arguments.length - 1]; " + script, *arguments)

    def until(self, script):
        return WebDriverWait(self.driver, SECONDS_A_STEP, 0.02).until(lambda driver: driver.execute_script("return " + script))

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def screen(self, width, scheme):
        size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


COLOURS = """(() => {
    const canvas = document.querySelector('.timeline-drawing');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3]) colours.add(pixels.slice(at, at + 3).join());
    return colours.size;
})()"""


def playing(plan):
    """A recording that had no index: it plays, is sought, and its sound and storyboard are drawn."""
    with Browser(plan, "Ada") as browser:
        browser.open_answer("chrome-vp8-opus.webm")
        facts = {"colours": browser.js(COLOURS)}
        browser.keys(" ")
        browser.until("document.querySelector('video').currentTime > 1")
        facts["frames"] = browser.js("document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames")
        browser.keys(" ")
        facts["paused"] = browser.js("document.querySelector('video').paused")
        facts["seeks"] = browser.wait("""
            const video = document.querySelector('video'), player = document.querySelector('answer-player');
            const seek = part => new Promise(there => {
                const began = performance.now();
                video.addEventListener('seeked', () => there(performance.now() - began), {once: true});
                player.seek(player.duration * part);
            });
            (async () => { const all = []; for (const part of [0.9, 0.1, 0.7, 0.3, 0.5]) all.push(await seek(part)); done(all); })();
        """)
        range_input = browser.driver.find_element(By.CSS_SELECTOR, ".timeline-range")
        ActionChains(browser.driver).move_to_element_with_offset(range_input, 40, 0).perform()
        browser.until("!document.querySelector('.preview').hidden && document.querySelector('.preview .tile')")
        facts["storyboard"] = browser.wait("""
            const tile = document.querySelector('.preview .tile'), sheet = new Image();
            sheet.onload = () => done([sheet.naturalWidth, tile.clientWidth, tile.clientHeight]);
            sheet.onerror = () => done(null);
            sheet.src = /url\\("(.*)"\\)/.exec(tile.style.backgroundImage)[1];
        """)
        return facts


def silence(plan):
    """How long the late-start recording takes with its silences and without, in seconds."""
    facts = {}
    with Browser(plan, "Ada") as browser:
        for name in ["skipped", "heard"]:
            browser.open_answer("fault-late-start.webm")
            if browser.js("document.querySelector('answer-player').skipsSilence") != (name == "skipped"):
                browser.keys("s")
            browser.js("document.querySelector('video').addEventListener('playing', () => { window.began ??= performance.now(); })")
            browser.js("document.querySelector('video').addEventListener('ended', () => { window.took = performance.now() - window.began; })")
            browser.keys(" ")
            browser.until("window.took")
            facts[name] = browser.js("window.took") / 1000
            if name == "skipped":
                facts["length"] = browser.js("document.querySelector('video').duration")
                facts["played"] = browser.js(
                    "(ranges => [...Array(ranges.length).keys()].reduce((sum, n) => sum + ranges.end(n) - ranges.start(n), 0))"
                    "(document.querySelector('video').played)")
        facts["says"] = browser.js("document.querySelector('.control-saved').textContent")
        facts["watched"] = browser.js("JSON.parse(JSON.stringify(document.querySelector('answer-player').coverage))")
    return facts


def keyboard(plan):
    """Twenty answers to one question, rated from the first to the last without a mouse."""
    with Browser(plan, "Ada") as browser:
        browser.open(plan["twenty"])
        rated = []
        for number in range(20):
            browser.until("document.querySelector('form.rating') && document.documentElement.dataset.ready")
            here = browser.js("location.pathname")
            rated.append(here)
            browser.keys(str(number % 5 + 1))
            browser.until(f"location.pathname !== '{here}'")
        browser.until("document.querySelector('.empty h2')")
        return {"rated": rated, "said": browser.js("document.querySelector('.empty h2').textContent")}


def fairness(plan):
    """What Ben is shown of what Ada left, before and after his own rating."""
    remark = "Remark of Ada on this very answer"
    path = plan["answers"]["chrome-vp9-opus.webm"]
    with Browser(plan, "Ada") as ada, Browser(plan, "Ben") as ben:
        ada.open_answer("chrome-vp9-opus.webm")
        ada.keys("c")
        ada.keys(remark)
        ActionChains(ada.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        ada.until("document.querySelector('.comments-list p')")
        ada.keys("5")
        ada.until(f"location.pathname !== '{path}'")
        before = everything(plan, ben, plan["pages"])
        ben.open_answer("chrome-vp9-opus.webm")
        facts = {
            "crawled": len(before), "before": sorted(where for where, content in before.items() if remark.encode() in content),
            "others_before": ben.js("document.querySelectorAll('.others').length"),
        }
        ben.keys("2")
        ben.until(f"location.pathname !== '{path}'")
        ben.open(path)
        facts["after"] = remark in ben.driver.page_source
        facts["others_after"] = ben.js("document.querySelector('.others').textContent.trim()")
        return facts


def blind(plan):
    """Every byte that the server sends of a blind role, searched for what would give a candidate away."""
    with Browser(plan, "Cleo") as browser:
        found = everything(plan, browser, plan["blind_pages"])
    leaks = {}
    for where, content in found.items():
        for secret in plan["secrets"]:
            if any(form in content.lower() for form in forms(secret)):
                leaks.setdefault(where, []).append(secret)
    html = b" ".join(content for content in found.values() if b"<html" in content)
    pseudonyms = set(re.findall(rb"Candidate [0-9A-Z]{4,}", html))
    return {"crawled": len(found), "leaks": leaks, "says": b"Face and voice remain" in html, "pseudonyms": len(pseudonyms)}


def forms(secret):
    """A text as it could stand in HTML, in an address, in JSON or in a token."""
    text = secret.lower()
    escaped = json.dumps(secret)[1:-1].lower()
    coded = base64.b64encode(secret.encode()).rstrip(b"=")[:-2].lower()
    return {text.encode(), escaped.encode(), urllib.request.quote(secret).lower().encode(), coded}


def everything(plan, browser, starts):
    """Address to headers and body of all that can be reached from `starts` as this reviewer."""
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in browser.driver.get_cookies())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    waiting, found = [urljoin(plan["site"], start) for start in starts], {}
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in found or not address.startswith(plan["site"]) or "/static/" in address:
            continue
        request = urllib.request.Request(address, headers={"Cookie": cookie, "Accept": "text/html"})
        try:
            answer = opener.open(request, timeout=SECONDS_A_STEP)
        except urllib.error.HTTPError as error:
            answer = error
        content = answer.read()
        found[address] = str(answer.headers).encode() + answer.url.encode() + content
        if "json" in answer.headers.get("Content-Type", "") or "html" in answer.headers.get("Content-Type", ""):
            links = re.findall(r"""(?:href|src|data-[a-z]+)="([^"]+)"|"(/media/[^"]+)\"""", content.decode("utf-8", "replace"))
            waiting += [urljoin(address, (link[0] or link[1]).replace("&amp;", "&").replace("\\/", "/")) for link in links]
    return found


def looks(plan):
    """Each page on a phone and in the dark: whether it scrolls sideways, how bright it is, and what axe finds."""
    with open(plan["axe"], encoding="utf-8") as file:
        axe = file.read()
    facts = {}
    with Browser(plan, "Ada") as browser:
        for path in plan["pages"]:
            page = facts[path] = {"serious": []}
            for width, scheme in [(360, "light"), (1280, "light"), (1280, "dark")]:
                browser.screen(width, scheme)
                browser.open(path)
                if width == 360:
                    page["overflow"] = browser.js("document.documentElement.scrollWidth - innerWidth")
                page[scheme] = browser.js("getComputedStyle(document.body).backgroundColor")
                browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
                found = browser.wait("""
                    axe.run(document, {resultTypes: ['violations']})
                        .then(done, error => done({violations: [{id: String(error), impact: 'critical', nodes: []}]}));
                """)
                page["serious"] += [
                    f"{one['id']} ({width} {scheme}): {[node['html'][:200] for node in one['nodes'][:3]]}"
                    for one in found["violations"] if one["impact"] in ("serious", "critical")
                ]
    return facts


ROLE = "deep-learning-engineer"
BLIND = "blind-role"
# A question that nobody of the demo has answered.
TWENTY = "activation-functions"
SEEDED = [("Zebulon Quartermaine", "zebulon@quartermaine.example"), ("Ottoline Featherstonehaugh", "ottoline@feather.example")]


class House:
    """The product with the demo's answers, twenty answers to one question, and a blind role with people easily found."""

    def __init__(self, values):
        self.values = values
        self.folder = values["folder"]
        self.project = values["project"]
        # Where the flags lead; a server of one's own leaves nobody else to make it.
        os.makedirs(os.path.join(self.folder, "data"), exist_ok=True)

    def run(self, *arguments):
        done = subprocess.run([self.values["program"], *arguments, *self.values["flags"]], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"dailies {' '.join(arguments)}: {done.stderr}")
        return done.stdout.strip()

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.values["conninfo"], "-c", text],
            capture_output=True, text=True, check=True)
        return [line.split("|") for line in done.stdout.splitlines()]

    def fill(self):
        samples = os.path.join(self.project, "deploy/samples/answers.csv")
        role = os.path.join(self.project, "deploy/roles/deep-learning-engineer.yaml")
        with open(samples, newline="", encoding="utf-8") as file:
            rows = [{**row, "file": os.path.abspath(os.path.join(os.path.dirname(samples), row["file"]))} for row in csv.DictReader(file)]
        clip = os.path.join(self.project, "Tests/Fixtures/recordings/chrome-no-timeslice.webm")
        for number in range(1, 21):
            person = {"candidate_name": f"Person {number}", "candidate_email": f"person-{number}@example.org"}
            rows.append({"role": ROLE, "question": TWENTY, **person, "file": clip})
        for name, address in SEEDED:
            named = os.path.join(self.folder, name.lower().replace(" ", "-") + ".webm")
            shutil.copy(clip, named)
            rows.append({"role": BLIND, "question": TWENTY, "candidate_name": name, "candidate_email": address, "file": named})
        manifest = os.path.join(self.folder, "answers.csv")
        with open(manifest, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["role", "question", "candidate_name", "candidate_email", "file"])
            writer.writeheader()
            writer.writerows(rows)
        blind = os.path.join(self.folder, "blind.yaml")
        with open(role, encoding="utf-8") as source, open(blind, "w", encoding="utf-8") as copy:
            copy.write(source.read().replace(f"role: {ROLE}", f"role: {BLIND}"))
        for definition in (role, blind):
            self.run("role", "load", definition)
        self.run("import", manifest)
        self.run("up", "--once")
        self.sql(f"INSERT INTO dailies.role_settings (role_id, blind) SELECT id, true FROM dailies.roles WHERE slug = '{BLIND}'")

    def plan(self, site):
        links = {}
        for name, flags, roles in [("Ada", ["--admin"], []), ("Ben", [], [ROLE]), ("Cleo", [], [BLIND])]:
            link = self.run("reviewer", "add", f"{name.lower()}@example.org", "--name", name, *flags)
            links[name] = urljoin(site, link[link.index("/sign-in/"):])
            for role in roles:
                self.sql(
                    "INSERT INTO dailies.role_reviewers (role_id, reviewer_id) SELECT r.id, v.id FROM dailies.roles r, dailies.reviewers v "
                    f"WHERE r.slug = '{role}' AND v.email = '{name.lower()}@example.org'")
        responses = dict(self.sql(
            "SELECT q.key, r.id FROM dailies.responses r JOIN dailies.questions q ON q.id = r.question_id "
            f"JOIN dailies.roles o ON o.id = r.role_id WHERE o.slug = '{ROLE}'"))
        answers = {}
        with open(os.path.join(self.project, "deploy/samples/answers.csv"), newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                answers[os.path.basename(row["file"])] = f"/roles/{ROLE}/questions/{row['question']}/{responses[row['question']]}"
        ((candidate,),) = self.sql(
            f"SELECT min(i.id) FROM dailies.interviews i JOIN dailies.roles r ON r.id = i.role_id WHERE r.slug = '{ROLE}'")
        pages = ["/", f"/roles/{ROLE}", f"/roles/{ROLE}?show=split", f"/roles/{ROLE}/candidates/{candidate}", "/password", "/nowhere"]
        pages += [answers[name] for name in ("fault-late-start.webm", "fault-mic-muted.webm", "audio-only.webm")]
        secrets = [part for name, address in SEEDED for part in (name, name.split()[1], address, address.split("@")[0])]
        secrets += [name.lower().replace(" ", "-") + ".webm" for name, _ in SEEDED]
        return {
            "site": site, "links": links, "answers": answers, "twenty": f"/roles/{ROLE}/questions/{TWENTY}", "secrets": secrets,
            "axe": self.values["axe"], "pages": pages, "blind_pages": ["/", f"/roles/{BLIND}", f"/roles/{BLIND}/questions/{TWENTY}"],
        }


def main(scenarios):
    house = House(json.load(sys.stdin))
    house.fill()
    command = [house.values["program"], "serve", "--listen", "127.0.0.1:0", *house.values["flags"], "--database", house.values["site_conninfo"]]
    with open(os.path.join(house.folder, "site.log"), "wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        plan, results = house.plan(server.stdout.readline().strip()), {}
        for name in scenarios:
            try:
                results[name] = {"facts": globals()[name](plan)}
            except Exception as error:  # A scenario that breaks is one that fails; the others still tell.
                results[name] = {"failure": f"{type(error).__name__}: {str(error)[:600]}"}
    finally:
        server.terminate()
        server.wait()
    json.dump(results, sys.stdout, indent=1)


if __name__ == "__main__":
    main(sys.argv[1:])
