"""Comments on calls (J9): one text a call, its history, and two people who write at once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.calls import CommentRequest
from backend_client.contract.changes import Kind
from backend_client.errors import Conflict, Invalid, NotFound
from backend_client.model.call import Comment, CommentVersion, Mark
from backend_client.model.permissions import Session
from backend_client.model.text import N_, clean

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

LONGEST = 200
"""Code points, after cleaning."""


def resolve_call(db: sqlite3.Connection, call_id: int) -> int:
    """The id under which a call is kept now: a call that was joined to an older one answers to both ids."""
    row = db.execute("SELECT call_id FROM call_alias WHERE id = ?", (call_id,)).fetchone()
    return call_id if row is None else int(row[0])


def read_comment(db: sqlite3.Connection, call_id: int) -> Comment:
    """The comment of a call; revision 0 where there never was one."""
    row = db.execute("SELECT call_id, text, author, at, revision FROM comment WHERE call_id = ?", (call_id,)).fetchone()
    if row is None:
        return Comment(call_id=call_id)
    return Comment(call_id=row[0], text=row[1], author=row[2], at=row[3], revision=row[4])


def read_history(db: sqlite3.Connection, call_id: int) -> tuple[CommentVersion, ...]:
    """Earlier texts, newest first."""
    rows = db.execute(
        "SELECT text, author, at FROM comment_version WHERE call_id = ? ORDER BY revision DESC", (call_id,)
    ).fetchall()
    return tuple(CommentVersion(text=text, author=author, at=at) for text, author, at in rows)


def save_comment(transaction: Transaction, session: Session, request: CommentRequest, now: int) -> Comment:
    """Set, change or (empty text) delete the comment of a call that the session may see.

    Raises Invalid over 200 code points and for a text that holds nothing to read, NotFound without such a call, and
    Conflict where `revision` is not the newest: its fields hold the other's text, author, at and revision.
    """
    db = transaction.db
    text = clean(request.text, multiline=True)
    if request.text and not text:
        raise Invalid(N_("The comment holds nothing that can be read."), N_("Only an empty text deletes a comment."))
    if len(text) > LONGEST:
        raise Invalid(
            N_("The comment has {length} characters; {limit} fit."), length=len(text), limit=LONGEST
        )  # fmt: skip
    call_id = resolve_call(db, request.call_id)
    if not db.execute(
        "SELECT 1 FROM call WHERE id = ?1 UNION ALL SELECT 1 FROM live_call WHERE call_id = ?1", (call_id,)
    ).fetchone():
        raise NotFound(N_("This call is not there any more."), N_("Your text was not saved."))
    old = read_comment(db, call_id)
    if old.revision != request.revision:
        raise Conflict(
            N_("{author} changed this comment meanwhile: {text}"), N_("Choose which text to keep."),
            text=old.text, author=old.author, at=old.at, revision=old.revision,
        )  # fmt: skip
    if text == old.text:
        return old
    comment = Comment(call_id=call_id, text=text, author=session.name, at=now, revision=old.revision + 1)
    if old.text:
        _keep_version(db, call_id, old.revision, old)
    _write(db, comment, session.employee_id)
    _mark(transaction, comment)
    return comment


def _keep_version(db: sqlite3.Connection, call_id: int, revision: int, old: Comment | CommentVersion) -> None:
    db.execute("INSERT INTO comment_version VALUES (?, ?, ?, ?, ?)", (call_id, revision, old.text, old.author, old.at))


def _write(db: sqlite3.Connection, comment: Comment, author_id: int | None) -> None:
    db.execute(
        "INSERT INTO comment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text,"
        " author_id = excluded.author_id, author = excluded.author, at = excluded.at, revision = excluded.revision",
        (comment.call_id, comment.text, author_id, comment.author, comment.at, comment.revision),
    )


def _mark(transaction: Transaction, comment: Comment) -> None:
    """The call bears the mark while its comment has a text; its day changed either way. One that runs has no row to
    bear it: its row will."""
    # The writer's modules, which reading a comment does without.
    from backend_client.sqlite.call_row import count, rows_by_id

    row = rows_by_id(transaction.db, [comment.call_id]).get(comment.call_id)
    if row is None:
        transaction.touch(Kind.LIVE)
        return
    marks = row.marks | Mark.COMMENT if comment.text else row.marks & ~Mark.COMMENT
    count(transaction, [(row, msgspec.structs.replace(row, marks=int(marks)))])
    transaction.db.execute("UPDATE call SET marks = ? WHERE id = ?", (int(marks), row.id))


def join_comments(db: sqlite3.Connection, kept: int, joined: int) -> None:
    """Two calls became one: the comment of `joined` and its earlier texts go over to `kept`; nothing is lost.

    Where both have a text, both stand in the comment while they fit, and each alone in the history.
    """
    authors = dict(
        db.execute("SELECT call_id, author_id FROM comment WHERE call_id IN (?, ?)", (kept, joined)).fetchall()
    )
    if joined not in authors:
        return
    ours, theirs = read_comment(db, kept), read_comment(db, joined)
    earlier = list(reversed(read_history(db, joined)))
    newest = max((comment for comment in (ours, theirs) if comment.text), key=lambda c: c.at, default=theirs)
    text = "\n".join(comment.text for comment in (ours, theirs) if comment.text)
    if len(text) > LONGEST:
        text = newest.text
    if ours.text and theirs.text:
        earlier += [CommentVersion(text=one.text, author=one.author, at=one.at) for one in (theirs, ours)]
    for revision, version in enumerate(earlier, ours.revision + 1):
        _keep_version(db, kept, revision, version)
    db.execute("DELETE FROM comment_version WHERE call_id = ?", (joined,))
    db.execute("DELETE FROM comment WHERE call_id = ?", (joined,))
    revision = ours.revision + len(earlier) + 1
    comment = Comment(call_id=kept, text=text, author=newest.author, at=newest.at, revision=revision)
    _write(db, comment, authors[newest.call_id])
