"""The pages of the desk, by who looks at them: what pictures and accessibility checks walk."""

AGENT, ADMINISTRATOR, VISITOR = (
    "marta.ruiz@casaolmo.example",
    "tomas.echeverria@casaolmo.example",
    "",
)
PAGES = {
    AGENT: {
        "inbox": "/inbox/mine/",
        "unassigned": "/inbox/unassigned/",
        "resolved": "/inbox/resolved/",
        "inbox-ticket": "/inbox/mine/{fresh}/",
        "ticket": "/tickets/{long}/",
        "merging": "/tickets/{fresh}/merging/",
        "parting": "/tickets/{long}/parting/",
        "new-ticket": "/tickets/new/",
        "new-mail": "/tickets/new/?purpose=mail",
        "search": "/search/?q=mesa",
        "search-nothing": "/search/?q=xyzzy",
        "customers": "/customers/",
        "customer": "/customers/{customer}/",
        "views": "/views/",
        "new-view": "/views/new/",
        "operations": "/operations/",
        "notices": "/notices/",
        "me": "/me/",
        "two-steps": "/me/two-steps/",
        "not-found": "/tickets/999999/",
    },
    ADMINISTRATOR: {
        "setup": "/setup/",
        "people": "/settings/people/",
        "new-agent": "/settings/people/new/",
        "roles": "/settings/roles/",
        "role": "/settings/roles/3/",
        "new-role": "/settings/roles/new/",
        "teams": "/settings/teams/",
        "new-team": "/settings/teams/new/",
        "inboxes": "/settings/inboxes/",
        "new-inbox": "/settings/inboxes/new/",
        "inbox-settings": "/settings/inboxes/1/",
        "parked": "/settings/parked/",
        "acts": "/settings/acts/",
        "categories": "/settings/categories/",
        "prepared": "/settings/prepared/",
        "prepared-reply": "/settings/prepared/0/",
        "tags": "/settings/tags/",
        "texts": "/settings/texts/",
        "text": "/settings/texts/acknowledgement/es/",
        "promises": "/settings/promises/",
        "hours": "/settings/hours/1/",
        "desk": "/settings/desk/",
        "configuration": "/settings/configuration/",
    },
    VISITOR: {"login": "/login/", "password": "/password/"},
}
# Tickets of the agent's, for the addresses above: the parameter is who.
OWN = """SELECT number FROM tickets_ticket
    JOIN people_user AS person ON person.id = assignee_id WHERE person.email = %s AND status < 4"""
TICKETS = {
    "long": f"{OWN} ORDER BY message_count DESC, number LIMIT 1",
    "customer": f"SELECT contact_id FROM tickets_ticket WHERE number IN ({OWN}) LIMIT 1",
    "fresh": f"{OWN} ORDER BY last_message_at DESC LIMIT 1",
}
