"""Search over tickets, their messages and customers. No extension of the database is needed.

parse       what somebody typed -> what they want (pure): words, quotes, minus, or, operators
understand  the same, with what this desk calls things: stems, teams, tags, customers
find        the tickets: newest hits ranked, page by page
files       what stands in attachments: read by a child, beside the words of messages
build       the rows that are searched; `catch_up` writes them soon after each event
"""
