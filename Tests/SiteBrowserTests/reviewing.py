"""Reviews in headless Chromium, on a real site with the demo's recordings, and says what was seen.

usage: reviewing.py SCENARIO… < HOUSE       prints {SCENARIO: {"facts": {…}} or {"failure": "…"}} as JSON

HOUSE is JSON: {"program": path of dailies, "flags": [what leads it to an empty, migrated database], "conninfo": of that database,
"site_conninfo": the same with the site's account,
"folder": an empty folder, "project": path, "axe": path of axe.min.js or null}.
"""
import base64
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from browser import SECONDS_A_STEP, Browser
from house import House

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


def comments(plan):
    """A comment at a moment and one about a stretch, written while the answer plays, and a link to a moment."""
    with Browser(plan, "Ada") as browser:
        browser.open_answer("chrome-vp8-opus.webm")
        browser.keys(" ")
        browser.until("document.querySelector('video').currentTime > 1")
        browser.keys("c")
        browser.keys("At a moment")
        facts = {"held": browser.js("document.querySelector('video').paused")}
        browser.send()
        browser.until("document.querySelectorAll('.comments-list p').length === 1")
        browser.until("!document.querySelector('video').paused")
        browser.keys("c")
        browser.driver.find_element(By.ID, "comment-to").send_keys("0:09")
        browser.driver.find_element(By.ID, "comment-body").send_keys("About a stretch")
        browser.send()
        browser.until("document.querySelectorAll('.comments-list p').length === 2")
        facts["marks"] = browser.js("document.querySelector('answer-player').comments.map(({from_ms, to_ms}) => [from_ms, to_ms])")
        browser.js("document.querySelector('answer-player').pause()")
        browser.js("document.querySelector('answer-player').seek(5)")
        browser.driver.find_element(By.CSS_SELECTOR, "[title='Link to this moment']").click()
        browser.until("location.hash === '#t=5.0'")
        browser.driver.refresh()
        browser.until("document.querySelector('answer-player')?.dataset.loaded")
        browser.until("document.querySelector('video').readyState > 0 && !document.querySelector('video').seeking")
        facts["linked"] = browser.js("document.querySelector('video').currentTime")
        # The session has ended when the link is opened.
        browser.driver.delete_all_cookies()
        browser.driver.refresh()
        browser.until("location.pathname === '/sign-in' && document.documentElement.dataset.ready")
        facts["kept"] = browser.js("document.querySelector('[name=return_to]').value.endsWith('#t=5.0')")
        return facts


def captions(plan):
    """Captions that somebody's program has put beside the artifacts: shown, and turned off."""
    with Browser(plan, "Ada") as browser:
        browser.open(plan["captioned"])
        browser.until("document.querySelector('video').textTracks[0]?.cues?.length")
        browser.js("document.querySelector('answer-player').seek(2)")
        browser.until("document.querySelector('video').textTracks[0].activeCues.length")
        facts = {"says": browser.js("document.querySelector('video').textTracks[0].activeCues[0].text")}
        button = browser.driver.find_element(By.CSS_SELECTOR, "[title='Captions']")
        facts["pressed"] = [button.get_attribute("aria-pressed")]
        button.click()
        facts["pressed"].append(button.get_attribute("aria-pressed"))
        facts["hidden"] = browser.js("document.querySelector('video').textTracks[0].mode") == "hidden"
        return facts


def keys(plan):
    """The help that the question mark opens, and pages without keys for who wants them so."""
    with Browser(plan, "Ada") as browser:
        shown = "document.querySelector('dialog.keys')?.open ?? false"
        browser.open_answer("chrome-vp8-opus.webm")
        browser.keys("?")
        facts = {"listed": browser.js("document.querySelectorAll('dialog.keys dt').length")}
        browser.driver.find_element(By.CSS_SELECTOR, "dialog.keys input").click()
        browser.driver.find_element(By.CSS_SELECTOR, "dialog.keys button").click()
        browser.open_answer("chrome-vp8-opus.webm")
        here = browser.js("location.pathname")
        browser.keys("?", "5", "c")
        facts["off"] = [browser.js(shown), browser.js("location.pathname") != here, browser.js("document.activeElement.id") == "comment-body"]
        browser.driver.find_element(By.CSS_SELECTOR, "[data-help]").click()
        browser.driver.find_element(By.CSS_SELECTOR, "dialog.keys input").click()
        browser.driver.find_element(By.CSS_SELECTOR, "dialog.keys button").click()
        browser.keys("?")
        facts["on"] = browser.js(shown)
        return facts


def ahead(plan):
    """How much of the next answer's video is there at the moment when its page is, once a reviewer has stayed long enough to have it loaded."""
    with Browser(plan, "Ben") as browser:
        # A video that is in no document yet can be asked only by who saw it made.
        made = """
            const make = Document.prototype.createElement;
            Document.prototype.createElement = function (...named) {
                const element = make.apply(this, named);
                if (element.localName === 'video') window.made = element;
                return element;
            };
        """
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": made})
        browser.open(plan["twenty"])
        # That its bytes have arrived is not enough: on a crowded machine its first picture is decoded later.
        browser.until("window.made?.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA")
        expected = browser.js("document.querySelector('[data-ahead]').dataset.ahead")
        browser.js("document.addEventListener('dailies:arrive', () => { window.there = document.querySelector('video').readyState; })")
        browser.keys("3")
        browser.until("window.there !== undefined")
        return {"expected": expected, "arrived": browser.js("document.querySelector('video').getAttribute('src')"), "state": browser.js("window.there")}


def health(plan):
    """A discarded job: drawn, shown with its evidence, and retried by its button."""
    with Browser(plan, "Ada") as browser:
        browser.open("/health")
        facts = {
            "plots": browser.js("[...document.querySelectorAll('.over-time .plot')].filter(plot => plot.querySelector('path[d*=v]')).length"),
            "failures": browser.js("[...document.querySelectorAll('.failed h3')].map(title => title.textContent)"),
            "evidence": browser.js("document.querySelector('.failed pre').textContent"),
        }
        browser.driver.find_element(By.CSS_SELECTOR, ".failed form button").click()
        browser.until("document.querySelectorAll('.failed').length === 0 && document.readyState === 'complete'")
        facts["waiting"] = browser.js("document.querySelector('.figures dd').textContent")
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
        ada.send()
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
            browser.screen(360, "light")
            browser.open(path)
            # Colours are the same at every width, and widths in every colour.
            for width, scheme in [(360, "light"), (1280, "dark")]:
                browser.screen(width, scheme)
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
