"""The desk's pages and fragments. Each URL is a thing; what changes it is POSTed to it.

Pages end in a slash; fragments and actions below a thing don't. `tests/desk/matrix.py` declares who
may do what to each: a URL that is missing there fails the tests.
"""

from django.urls import path

from ventanilla.desk.settings_urls import urlpatterns as settings
from ventanilla.desk.views import (
    addresses,
    availability,
    bulk,
    contact,
    customers,
    drafts,
    files,
    health,
    held,
    inbox,
    mail,
    merging,
    messages,
    new_ticket,
    notices,
    palette,
    prepared,
    presence,
    previews,
    properties,
    search,
    snooze,
    take,
    ticket,
    views,
)

app_name = "desk"
urlpatterns = [
    path("", inbox.home, name="home"),
    path("inbox/counts", inbox.counts, name="counts"),
    path("inbox/<slug:view>/", inbox.view, name="inbox"),
    path("inbox/<slug:view>/<int:number>/", inbox.with_ticket, name="inbox_ticket"),
    path("inbox/<slug:view>/<int:number>/row", inbox.row, name="row"),
    path("inbox/<slug:view>/<int:number>/row/menu", inbox.row_menu, name="row_menu"),
    # views: arranging, making and changing them
    path("views/", views.collection, name="views"),
    path("views/new/", views.new_view, name="new_view"),
    path("views/<int:pk>/", views.view, name="view"),
    path("views/<int:pk>/removal", views.removal, name="view_removal"),
    path("views/<slug:view>/look", views.look, name="look"),
    # many tickets at once
    path("operations/", bulk.collection, name="operations"),
    path("operations/bar", bulk.bar, name="bulk_bar"),
    path("operations/<int:pk>/", bulk.operation, name="operation"),
    path("operations/<int:pk>/undo", bulk.undo, name="operation_undo"),
    path("search/", search.search, name="search"),
    path("search/<int:number>/", search.with_ticket, name="search_ticket"),
    path("search/<int:number>/row", search.row, name="search_row"),
    path("palette", palette.palette, name="palette"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("tickets/next", take.take, name="take"),
    path("tickets/new/", new_ticket.new_ticket, name="new_ticket"),
    # one ticket and what belongs to it
    path("tickets/<int:number>/", ticket.page, name="ticket"),
    path("tickets/<int:number>/conversation", ticket.conversation, name="conversation"),
    path("tickets/<int:number>/messages", messages.messages, name="messages"),
    path("tickets/<int:number>/forward/<int:message>", messages.forward, name="forward"),
    path("tickets/<int:number>/read", ticket.read, name="read"),
    path("tickets/<int:number>/presence", presence.presence, name="presence"),
    path("tickets/<int:number>/mentions", presence.mentions, name="mentions"),
    path("tickets/<int:number>/prepared", prepared.for_ticket, name="prepared_for"),
    path("tickets/<int:number>/status", properties.status, name="status"),
    path("tickets/<int:number>/snooze", snooze.snooze, name="snooze"),
    path("tickets/<int:number>/priority", properties.priority, name="priority"),
    path("tickets/<int:number>/type", properties.type_, name="type"),
    path("tickets/<int:number>/team", properties.team, name="team"),
    path("tickets/<int:number>/assignee", properties.assignee, name="assignee"),
    path("tickets/<int:number>/category", properties.category, name="category"),
    path("tickets/<int:number>/tags", properties.tags, name="tags"),
    path("tickets/<int:number>/subject", properties.subject, name="subject"),
    path("tickets/<int:number>/contact", contact.contact, name="contact"),
    path("tickets/<int:number>/participants", contact.participants, name="participants"),
    path("tickets/<int:number>/merging/", merging.merging, name="merging"),
    path("merges/<int:pk>/undo", merging.undo, name="merge_undo"),
    # what somebody is writing
    path("drafts/<slug:kind>", drafts.draft, name="draft"),
    path("drafts/<slug:kind>/<int:number>", drafts.draft, name="ticket_draft"),
    path("uploads", files.uploads, name="uploads"),
    path("uploads/<int:pk>", files.upload, name="upload"),
    path("addresses", addresses.suggest, name="addresses"),
    # messages and files
    path("held/<int:pk>", held.held, name="held"),
    path("held/mails/<int:pk>/", held.mail, name="held_mail"),
    path("messages/<int:pk>/html", mail.html, name="message_html"),
    path("messages/<int:pk>/original", mail.original, name="original"),
    path("messages/<int:pk>/acceptance", messages.acceptance, name="acceptance"),
    path("messages/<int:pk>/resend", messages.resend, name="resend"),
    path("attachments/<int:pk>/<str:name>", files.attachment, name="attachment"),
    path("previews/<int:pk>", previews.preview, name="preview"),
    path("previews/<int:pk>/<int:number>", previews.pdf_page, name="pdf_page"),
    path("pictures/<int:pk>", files.picture, name="picture"),
    # the one who looks
    path("me/availability", availability.availability, name="availability"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("me/notices", notices.notices, name="notices"),
    # for machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *settings,
]
