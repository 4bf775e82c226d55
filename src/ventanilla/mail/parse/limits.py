"""How much of one mail is looked at (R7). Over a limit the mail stays readable, with a defect."""

MESSAGE = 50 * 1024 * 1024  # bytes; larger ones are refused before they get here
PARTS = 1_000
DEPTH = 50
HEADER_BLOCK = 256 * 1024
HEADER = 64 * 1024
ADDRESSES = 1_000
ATTACHMENTS = 200
TEXT = 2 * 1024 * 1024  # bytes of one text part shown; a larger one is attached whole as well
IDS = 500  # message ids in References
WORDS = 64 * 1024  # characters of text that the rules for bounces and languages look at

# Each open multipart scans the bytes for its own boundary, once: together at most this many.
SCANNED = 400 * 1024 * 1024


def depth_for(size: int) -> int:
    """How deeply a message of `size` bytes may nest, so that splitting it stays under a second."""
    return max(8, min(DEPTH, SCANNED // max(size, 1)))


class Defects:
    """The stable codes of what is broken, each once, in the order found."""

    def __init__(self) -> None:
        self._codes: dict[str, None] = {}

    def add(self, code: str) -> None:
        self._codes[code] = None

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._codes)
