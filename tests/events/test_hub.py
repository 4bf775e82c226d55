"""The live stream: who may see it hears of it, nobody else, and nothing is missed."""

import asyncio
from datetime import timedelta

import orjson
from django.db import connection

from tests.factories import act, make_agent, make_team, make_ticket
from ventanilla.events import signals
from ventanilla.events.hub import Hub, Listener
from ventanilla.events.models import Event
from ventanilla.people.rights import NOBODY, viewer
from ventanilla.tickets import presence
from ventanilla.tickets.actions import move

SOON = 10  # seconds; it takes milliseconds


def payload(message):
    return orjson.loads(message.split(b"data: ")[1])


async def heard(listener):
    return await asyncio.wait_for(listener.queue.get(), SOON)


def with_hub(story):
    """Run an async story with a started hub; database work of the story goes through `do`."""

    async def run():
        hub = Hub()
        await hub.start()
        while not hub.ready:
            await asyncio.sleep(0)
        try:
            await story(hub)
        finally:
            await hub.stop()

    asyncio.run(run())


async def do(work, *args, **kwargs):
    def thread():
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(thread)


def listen(agent):
    return Listener(viewer(agent.pk), renew=lambda: viewer(agent.pk))


def test_a_committed_change_reaches_who_may_see_it(new_desk):  # R31
    marta, ivan = make_agent(), make_agent("Iván Ferrer", team=make_team("Envíos"))
    hers, his = listen(marta), listen(ivan)

    async def story(hub):
        await hub.join(hers, None)
        await hub.join(his, None)
        ticket = await do(make_ticket)
        assert payload(await heard(hers)) == {
            "t": "ticket",
            "n": ticket.number,
            "v": 1,
            "kind": "props",
        }
        assert his.queue.empty()

    with_hub(story)


def test_who_may_not_see_a_ticket_is_not_told_who_is_at_it(new_desk):  # R31
    marta, ivan = make_agent(), make_agent("Iván Ferrer", team=make_team("Envíos"))
    ticket = make_ticket()
    hers, his = listen(marta), listen(ivan)

    async def story(hub):
        await hub.join(hers, None)
        await hub.join(his, None)
        await do(presence.come, ticket, marta.pk, ticket.created_at, typing=True)
        await do(signals.tell, [ivan.pk], {"t": "notice", "n": 1})
        assert payload(await heard(hers)) == {"t": "presence", "n": ticket.number}
        assert payload(await heard(his)) == {"t": "notice", "n": 1}
        assert his.queue.empty()

    with_hub(story)


def test_who_came_while_the_page_was_on_its_way_is_told_once_it_listens(new_desk):
    marta, ivan = make_agent(), make_agent("Iván Ferrer", team=make_team("Envíos"))
    ticket = make_ticket()
    hers, his = listen(marta), listen(ivan)

    async def story(hub):
        await do(presence.come, ticket, marta.pk, ticket.created_at, typing=False)
        await do(presence.go, ticket, marta.pk, ticket.created_at)
        await hub.join(hers, hub.last_event)
        await hub.join(his, hub.last_event)
        assert payload(await heard(hers)) == {"t": "presence", "n": ticket.number}
        assert his.queue.empty()  # R31

    with_hub(story)


def test_a_ticket_that_leaves_a_team_tells_both_teams(new_desk):  # R31
    marta, ivan = make_agent(), make_agent("Iván Ferrer", team=make_team("Envíos"))
    ticket = make_ticket()
    hers, his = listen(marta), listen(ivan)

    async def story(hub):
        await hub.join(hers, None)
        await hub.join(his, None)
        await do(move, ticket, act(marta), to=make_team_row)
        assert payload(await heard(his))["n"] == ticket.number
        assert payload(await heard(hers))["n"] == ticket.number

    make_team_row = make_team("Envíos")
    with_hub(story)


def test_who_comes_back_catches_up_or_starts_afresh(new_desk):
    marta = make_agent()
    ticket = make_ticket()
    first = Event.objects.order_by("pk").filter(ticket_id=ticket.pk).first().pk

    async def story(hub):
        back = listen_row
        await hub.join(back, first - 1)
        assert payload(await heard(back))["n"] == ticket.number

    listen_row = listen(marta)
    with_hub(story)


def test_what_is_too_old_to_replay_asks_for_a_fresh_start(new_desk):
    marta = make_agent()
    make_ticket()
    from ventanilla.events.erase import erasing

    with erasing():
        for event in Event.objects.all():
            event.recorded_at -= timedelta(minutes=6)
            event.save()
    row = listen(marta)

    async def story(hub):
        await hub.join(row, 0)
        assert await heard(row) == signals.RESYNC

    with_hub(story)


def test_who_loses_access_hears_nothing_more(new_desk):  # R31
    from ventanilla.people.actions.staff import set_active

    tomas, marta = make_agent("Tomás", role="administrator"), make_agent()
    row = Listener(viewer(marta.pk), renew=lambda: None if viewer(marta.pk) == NOBODY else 1)

    async def story(hub):
        await hub.join(row, None)
        await do(set_active, marta, act(tomas), to=False)
        assert await heard(row) is None
        assert row not in hub.listeners

    with_hub(story)


def test_a_personal_signal_reaches_only_its_person(new_desk):
    marta, ivan = make_agent(), make_agent("Iván Ferrer")
    hers, his = listen(marta), listen(ivan)

    async def story(hub):
        await hub.join(hers, None)
        await hub.join(his, None)
        await do(signals.tell, [marta.pk], {"t": "notice", "n": 1})
        assert payload(await heard(hers)) == {"t": "notice", "n": 1}
        assert his.queue.empty()

    with_hub(story)


def test_an_id_that_becomes_visible_late_is_not_missed():
    hub = Hub()
    hub.last_event = 10

    hub._note_gaps([11, 14])

    assert sorted(hub.gaps) == [12, 13]
    hub._note_gaps([12])
    assert sorted(hub.gaps) == [13]
    assert hub.last_event == 14


def test_a_browser_that_lags_behind_starts_afresh():
    row = Listener(NOBODY, renew=lambda: NOBODY)
    for n in range(300):
        row.put(signals.encode({"t": "ticket", "n": n, "v": 1, "kind": "props"}))

    kept = [row.queue.get_nowait() for _ in range(row.queue.qsize())]
    assert kept[0] == signals.RESYNC
