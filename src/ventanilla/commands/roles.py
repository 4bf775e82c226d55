"""ventanilla web | worker: the parts as processes of their own, on any number of machines."""

import os

from ventanilla.lib.terminal import gettext as _

SUPERVISED = "VENTANILLA_SUPERVISED"  # set by `up`, which has looked after the schema itself


def register(groups) -> None:
    web = groups.add_parser("web", help=_("serve the pages"))
    web.add_argument("--port", type=int, help=_("port (default: VENTANILLA_PORT, else 8000)"))
    web.set_defaults(run=run_web)
    worker = groups.add_parser("worker", help=_("run jobs, timers and reactions"))
    worker.set_defaults(run=run_worker)


def run_web(chosen) -> int:
    if chosen.port is not None:
        os.environ["VENTANILLA_PORT"] = str(chosen.port)
    # A page that takes longer than this is broken; a report is a job.
    os.environ.setdefault("PGOPTIONS", "-c statement_timeout=10s")
    get_ready()
    from ventanilla.lib.collect import collect

    collect()
    from ventanilla import web

    return web.run()


def run_worker(_chosen) -> int:
    get_ready()
    from ventanilla import worker

    worker.run()
    return 0


def get_ready() -> None:
    """Prepare a process of the product: its home, Django, and a schema that it knows."""
    from ventanilla.commands import answering, set_up_django
    from ventanilla.lib import home

    home.prepare(home.path())
    set_up_django()
    if not os.environ.get(SUPERVISED):
        from ventanilla.lib import schema

        with answering():
            schema.require_current()
