"""Browsers by what they say."""

import pytest

from ventanilla.lib.devices import device

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 {}Safari/537.36"


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
            "Firefox, Linux",
        ),
        (CHROME.format("Windows NT 10.0; Win64; x64", "") + " Edg/140.0", "Edge, Windows"),
        (CHROME.format("Linux; Android 15; Pixel 9", "Mobile "), "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", ""),
        ("<script>", ""),
    ],
)
def test_a_device_in_two_words(said, means):
    assert device(said) == means
