"""Pages in a real browser: headless Chromium, as people see them; skipped where there is none."""

import shutil
import time

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no Chromium with its driver on this machine"
)

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)


def opened_browser(profile):
    """A driver that logs what pages say and request; ``profile`` is a folder of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS.split(), f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


def look(browser, width, scheme):
    """Make the window ``width`` pixels wide; ``scheme`` is "light" or "dark"."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})


def wait_until(browser, script, seconds=10):
    """Until the JavaScript expression is true."""
    deadline = time.monotonic() + seconds
    while not browser.execute_script(f"return {script}"):
        assert time.monotonic() < deadline, script
        time.sleep(0.05)


def said(browser):
    """What the console says, since it was last asked: nothing, of a page that is well."""
    return [entry for entry in browser.get_log("browser") if entry["level"] != "DEBUG"]


def requested(browser):
    """Requests to any server since it was last asked."""
    messages = [entry["message"] for entry in browser.get_log("performance")]
    sent = [message for message in messages if "Network.requestWillBeSent" in message]
    return [message for message in sent if '"url":"http' in message or '"url":"ws' in message]
