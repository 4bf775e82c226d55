"""When Python looks for what only refers to itself."""

import gc

YOUNG = 10_000  # objects more than fewer before it looks; a page makes some thousands
OLDER = (20, 20)


def settle() -> None:
    """Once a process has loaded what it stays with: that is never looked through again.

    Looking after every 700 objects was a twelfth of a page's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *OLDER)
