"""The named rules that choose a status ("why this status"): their identifiers and their words."""

from __future__ import annotations

from backend_client.model.text import N_

TALKED = "talked"
TALKED_THEN_DROPPED = "talked-then-dropped"
RANG = "rang"
NOBODY_RANG = "nobody-rang"
PHONE_OFFLINE = "phone-offline"
NO_CHANNELS = "no-channels"
FAILED = "failed"
UNAVAILABLE = "unavailable"
REJECTED = "rejected"
BUSY = "busy"
NO_ANSWER = "no-answer"
NO_SECONDS = "no-seconds"
APPLICATION = "application"
CANCELLED = "cancelled"
UNKNOWN = "unknown"
RUNNING = "running"
END_NOT_SEEN = "end-not-seen"

RULE_WORDS: dict[str, str] = {
    TALKED: N_("A person answered and there was talk."),
    TALKED_THEN_DROPPED: N_("There was talk, and the network ended it."),
    RANG: N_("Phones rang, but nobody talked to the caller."),
    NOBODY_RANG: N_("The caller left before any phone rang."),
    PHONE_OFFLINE: N_("No phone rang: those called were off or out of reach."),
    NO_CHANNELS: N_("There was no free channel."),
    FAILED: N_("The call failed, and the source does not say why."),
    UNAVAILABLE: N_("The number called is off, out of reach or does not exist."),
    REJECTED: N_("The one called rejected the call."),
    BUSY: N_("The line of the one called was busy."),
    NO_ANSWER: N_("The one called did not answer."),
    NO_SECONDS: N_("Answered, but for no second: that is no talk."),
    APPLICATION: N_("Only an application answered, not a person."),
    CANCELLED: N_("The caller hung up before an answer."),
    UNKNOWN: N_("The source gave an outcome that no rule knows."),
    RUNNING: N_("The call still runs."),
    END_NOT_SEEN: N_("The source fell silent before the call ended; its record decides."),
}
"""A sentence for every rule, to be translated where it is shown."""
