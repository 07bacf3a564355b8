"""Signs in, rates a little, and takes a picture of every page.

usage: shoot.py SIGN-IN-LINK FOLDER
"""
import os
import shutil
import sys
from urllib.parse import urljoin

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SCREENS = {"light": (1280, 900, "light"), "dark": (1280, 900, "dark"), "phone": (360, 740, "light")}
ROLE = "/roles/deep-learning-engineer"
PAGES = {
    "home": "/",
    "wall": ROLE,
    "answer": ROLE + "/questions/autoencoders",
    "fault": ROLE + "?show=faults",
    "results": ROLE + "/results",
    "calibration": ROLE + "/results/calibration",
    "settings": ROLE + "/settings",
    "health": "/health",
    "password": "/password",
    "not-found": "/nowhere",
}


def start_browser():
    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio"]:
        options.add_argument(argument)
    options.add_argument("--no-proxy-server")
    options.add_argument("--hide-scrollbars")
    return webdriver.Chrome(service=Service(shutil.which("chromedriver"), log_path=os.devnull), options=options)


def wait(browser, script):
    return WebDriverWait(browser, 30).until(lambda b: b.execute_script("return " + script))


def sign_in(browser, link):
    browser.get(link)
    browser.find_element(By.CSS_SELECTOR, "main form button").click()
    wait(browser, "!location.pathname.startsWith('/sign-in')")


def settle(browser):
    """Until the page's scripts, its pictures in view and its player are there."""
    wait(browser, "document.documentElement.dataset.ready || !document.querySelector('script[src*=\"site.js\"]')")
    wait(browser, "[...document.images].every(image => image.complete || image.loading === 'lazy')")
    wait(browser, "[...document.querySelectorAll('answer-player')].every(one => one.dataset.loaded || !one.querySelector('video'))")


def rate_some(browser, site):
    """So that there is something to see: each answer that waits in the first questions gets a score."""
    for number, key in enumerate(["learning-paradigms", "cnn-versus-dense", "backpropagation", "overfitting"]):
        browser.get(urljoin(site, f"{ROLE}/questions/{key}"))
        if browser.find_elements(By.CSS_SELECTOR, "form.rating"):
            chosen = browser.find_element(By.CSS_SELECTOR, f'form.rating [value="{number + 2}"]')
            browser.execute_script("arguments[0].checked = true; arguments[0].form.submit()", chosen)
            wait(browser, "document.readyState === 'complete'")


def main(link, folder):
    browser = start_browser()
    try:
        sign_in(browser, link)
        rate_some(browser, link)
        pages = {name: urljoin(link, path) for name, path in PAGES.items()}
        browser.get(pages["wall"])
        pages["candidate"] = browser.find_element(By.CSS_SELECTOR, ".wall-name a").get_attribute("href")
        browser.get(pages["fault"])
        pages["fault"] = browser.find_element(By.CSS_SELECTOR, ".wall-cell:not(.dim) .cell").get_attribute("href")
        for screen, (width, height, scheme) in SCREENS.items():
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            # A phone has no keyboard, and pages leave out what is about keys.
            browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": screen == "phone"})
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            for name, address in pages.items():
                browser.get(address)
                settle(browser)
                browser.save_screenshot(os.path.join(folder, f"{name}-{screen}.png"))
        browser.delete_all_cookies()
        browser.get(urljoin(link, "/"))
        browser.save_screenshot(os.path.join(folder, "sign-in-phone.png"))
    finally:
        browser.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
