"""What axe, the accessibility checker, finds on a page in a real browser."""

import json
from functools import cache
from typing import Any

from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.node import node_module


def look(driver: WebDriver, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def faults(driver: WebDriver) -> list[str]:
    """What axe finds on the page, all folds open."""
    driver.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    driver.execute_script(_axe())
    return _found(driver, {})


def faults_of_colour(driver: WebDriver) -> list[str]:
    """The same of the rules that look at colours, on a page that axe has seen already."""
    return _found(driver, {"runOnly": ["color-contrast", "link-in-text-block"]})


def _found(driver: WebDriver, options: dict[str, Any]) -> list[str]:
    run = "axe.run(arguments[0]).then(arguments[arguments.length - 1])"
    found: dict[str, Any] = driver.execute_async_script(run, options)
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}"
        for each in found["violations"]
    ]


@cache
def _axe() -> str:
    """As locked in tests/package-lock.json."""
    return node_module("axe-core/axe.min.js").read_text(encoding="utf-8")
