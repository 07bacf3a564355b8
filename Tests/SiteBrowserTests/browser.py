"""Headless Chromium, signed in as one of the reviewers."""
import os
import shutil
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

    def send(self):
        """Sends the comment that is being written."""
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()

    def screen(self, width, scheme):
        size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        # Colours that are on their way from one scheme to the other are none that anybody is to judge.
        features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
