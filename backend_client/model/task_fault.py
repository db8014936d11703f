"""What keeps a row of a list from becoming a task, as a code that programs may rely on."""

from __future__ import annotations

from backend_client.model.status import WireEnum


class TaskFault(WireEnum):
    """Why a row was rejected, or is in the plan already."""

    NO_CONTACT_DATE = "no-contact-date"
    BAD_DATE = "bad-date"
    BAD_TIME = "bad-time"
    BAD_AMOUNT = "bad-amount"
    BAD_NUMBER = "bad-number"
    """None that can be called: several in one cell, too long, internal, withheld."""
    DELIVERY_BEFORE_CONTACT = "delivery-before-contact"
    UNKNOWN_EMPLOYEE = "unknown-employee"
    """Nobody, or several, answer to the name."""
    NO_TASKS = "no-tasks"
    """The operator's role has no part in the plan, or they have left."""
    UNKNOWN_CLIENT = "unknown-client"
    SEVERAL_CLIENTS = "several-clients"
    OTHER_CLIENT = "other-client"
    """The number belongs to a client of another name."""
    ADDRESS_ARCHIVED = "address-archived"
    TOO_LONG = "too-long"
    OPEN_QUOTE = "open-quote"
    PLANNED = "planned"
    """The same client, contact date and order is in the plan."""
    REPEATED = "repeated"
    """It stands further up in the file."""
    UNKNOWN = "unknown"


FAULTS = {
    "The contact date is missing.": TaskFault.NO_CONTACT_DATE,
    "{text} is no date.": TaskFault.BAD_DATE,
    "{text} is no time.": TaskFault.BAD_TIME,
    "{text} is no amount.": TaskFault.BAD_AMOUNT,
    "The amount of an order is nothing or more.": TaskFault.BAD_AMOUNT,
    "{text} is no number.": TaskFault.BAD_NUMBER,
    "{number} is several numbers: give one.": TaskFault.BAD_NUMBER,
    "{number} is too long for a number.": TaskFault.BAD_NUMBER,
    "{text} is an internal number: it belongs to an employee, not to a client.": TaskFault.BAD_NUMBER,
    "The delivery of {plan} would come before the contact of {contact}.": TaskFault.DELIVERY_BEFORE_CONTACT,
    "No one employee is called {name}.": TaskFault.UNKNOWN_EMPLOYEE,
    "{name} is given no tasks.": TaskFault.NO_TASKS,
    "No client is called {client}, and there is no number.": TaskFault.UNKNOWN_CLIENT,
    "Several clients are called {client}: give the number.": TaskFault.SEVERAL_CLIENTS,
    "{number} belongs to {client}.": TaskFault.OTHER_CLIENT,
    "The address {address} fell away and is archived.": TaskFault.ADDRESS_ARCHIVED,
    "A cell has {length} characters; {limit} fit.": TaskFault.TOO_LONG,
    "The text has {length} characters; {limit} fit.": TaskFault.TOO_LONG,
    "The note has {length} characters; {limit} fit.": TaskFault.TOO_LONG,
    "The name has {length} characters; {limit} fit.": TaskFault.TOO_LONG,
    "The line is too long to be a row.": TaskFault.TOO_LONG,
    "A quotation mark is opened in this line and never closed.": TaskFault.OPEN_QUOTE,
    "The plan has this call already: task {task_id}, the same client, date and order.": TaskFault.PLANNED,
    "The plan has this call already: task {task_id}, which was moved to {moved}.": TaskFault.PLANNED,
    "The same client, date and order stand in row {earlier}.": TaskFault.REPEATED,
}
"""By the reason, which is a msgid."""


def fault_of(reason: str) -> TaskFault:
    """The code of a reason, which is a msgid."""
    return FAULTS.get(reason, TaskFault.UNKNOWN)
