"""The clerk's page and the same over REST: what `vanthu serve` opens (extra `web`).

    settings   what may be configured, and the limits
    access     password, tokens, sessions, form tokens
    guard      what is checked before a request reaches anything else, and the headers that every answer carries
    problems   errors, as problem+json for programs and as a page for people
    desk       what page and REST share: asking, recording, deciding again, correcting
    jobs       uploads: many documents at once
    api        REST                     pages, view     HTML
    app        all of it put together   server          started and stopped

Nothing is fetched from elsewhere, by the server or by the page.
"""
