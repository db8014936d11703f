"""Tables and indexes of the local store, one migration a step (sqlite_utils.Migrations).

Imported only where a store is made or migrated: sqlite_utils costs 110 ms.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from struct import pack

from sqlite_utils import Database, Migrations

store = Migrations("pult")

_PEOPLE = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE employee (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, fold TEXT NOT NULL, sort_key TEXT NOT NULL,
  login TEXT NOT NULL DEFAULT '', department TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 1,
  roles TEXT NOT NULL DEFAULT '[]', found INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE UNIQUE INDEX employee_login ON employee(login) WHERE login <> '';
CREATE TABLE extension (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL, employee_id INTEGER NOT NULL REFERENCES employee(id),
  since INTEGER, until INTEGER) STRICT;
CREATE INDEX extension_number ON extension(number, since);
CREATE TABLE line (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE channel (id INTEGER PRIMARY KEY, did TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE region (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, names TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE result (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, active INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE client (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, fold TEXT NOT NULL, sort_key TEXT NOT NULL,
  kind INTEGER NOT NULL DEFAULT 0, responsible_id INTEGER REFERENCES employee(id),
  note TEXT NOT NULL DEFAULT '', since INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX client_responsible ON client(responsible_id) WHERE responsible_id IS NOT NULL;
CREATE VIRTUAL TABLE client_search USING fts5(fold, content='client', content_rowid='id', tokenize='trigram');
CREATE TABLE number (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, forms TEXT NOT NULL, region_id INTEGER REFERENCES region(id),
  client_id INTEGER REFERENCES client(id), known_since INTEGER, last_start INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX number_client ON number(client_id) WHERE client_id IS NOT NULL;
CREATE VIRTUAL TABLE number_search USING fts5(forms, content='number', content_rowid='id', tokenize='trigram');
"""
# number.forms: every way in which the number may be typed, separated by spaces: E.164 digits, national form,
# each form in which a source wrote it (digits only for telephone numbers, the folded address for SIP).
# employee.found: 0 made or edited by a person; else found by extension: 1 never named, more: named by the caller id
# of the call that started then (the latest one names).
# number.known_since: since when the client is known (0: always); NULL without a client.

_CALLS = """
CREATE TABLE system (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE call_key (
  system_id INTEGER NOT NULL REFERENCES system(id), key TEXT NOT NULL, call_id INTEGER NOT NULL,
  PRIMARY KEY (system_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE call_alias (id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL) STRICT;
CREATE TABLE facts (call_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE call (
  id INTEGER PRIMARY KEY, start INTEGER NOT NULL, answered INTEGER, ended INTEGER NOT NULL,
  day INTEGER NOT NULL, hour INTEGER NOT NULL, kind INTEGER NOT NULL, busy INTEGER NOT NULL DEFAULT 0,
  marks INTEGER NOT NULL DEFAULT 0, number_id INTEGER REFERENCES number(id), region_id INTEGER,
  line_id INTEGER, channel_id INTEGER, employees TEXT NOT NULL DEFAULT '', application TEXT NOT NULL DEFAULT '',
  wait INTEGER NOT NULL DEFAULT 0, queue_wait INTEGER, talk INTEGER NOT NULL DEFAULT 0,
  hung_up INTEGER NOT NULL DEFAULT 0, settled_by INTEGER, callback INTEGER,
  price INTEGER, currency TEXT NOT NULL DEFAULT '', result_id INTEGER) STRICT;
CREATE TABLE call_employee (
  employee_id INTEGER NOT NULL, start INTEGER NOT NULL, call_id INTEGER NOT NULL, talk INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (employee_id, start, call_id)) STRICT, WITHOUT ROWID;
CREATE INDEX call_start ON call(start, id, kind, number_id);
CREATE INDEX call_kind ON call(kind, start);
CREATE INDEX call_number ON call(number_id, start) WHERE number_id IS NOT NULL;
CREATE INDEX call_contact ON call(number_id, answered) WHERE number_id IS NOT NULL AND answered IS NOT NULL;
CREATE INDEX call_region ON call(region_id, start) WHERE region_id IS NOT NULL;
CREATE INDEX call_line ON call(line_id, start) WHERE line_id IS NOT NULL;
CREATE INDEX call_channel ON call(channel_id, start) WHERE channel_id IS NOT NULL;
CREATE INDEX call_result ON call(result_id, start) WHERE result_id IS NOT NULL;
CREATE INDEX call_first_contact ON call(start) WHERE (marks & 2) <> 0;
CREATE INDEX call_lost ON call(start) WHERE (marks & 4) <> 0;
CREATE INDEX call_attention ON call(start) WHERE (marks & 8) <> 0;
CREATE INDEX call_settles ON call(start) WHERE (marks & 16) <> 0;
CREATE INDEX call_comment ON call(start) WHERE (marks & 32) <> 0;
CREATE INDEX call_recording ON call(start) WHERE (marks & 64) <> 0;
CREATE INDEX call_by_hand ON call(start) WHERE (marks & 128) <> 0;
CREATE INDEX call_long ON call(start) WHERE talk >= 600;
CREATE INDEX call_settled ON call(settled_by) WHERE settled_by IS NOT NULL;
"""
# An index on a table with a rowid ends in it, so all these are in journal order (start, id) without naming id;
# call_start names it to hold more behind it: internal calls are hidden, and numbers found, without a look at the row.
# call.employees: "id:extension:talk" joined by "," in the order of decision 7; an internal call names its caller
# first. call_employee holds the same by employee, for own calls and filters.
# call.callback: seconds from a missed call to the talk that settled it.

_DEEDS = """
CREATE TABLE comment (
  call_id INTEGER PRIMARY KEY, text TEXT NOT NULL, author_id INTEGER, author TEXT NOT NULL, at INTEGER NOT NULL,
  revision INTEGER NOT NULL) STRICT;
CREATE TABLE comment_version (
  call_id INTEGER NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (call_id, revision)) STRICT, WITHOUT ROWID;
CREATE TABLE employee_state (
  employee_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (employee_id, kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE import_run (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, format TEXT NOT NULL, new INTEGER NOT NULL,
  updated INTEGER NOT NULL, unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL, finished INTEGER NOT NULL
) STRICT;
"""

_TALLIES = """
CREATE TABLE tally (
  dimension INTEGER NOT NULL, key INTEGER NOT NULL, kind INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (dimension, key, kind, day)) STRICT, WITHOUT ROWID;
CREATE TABLE tally_month (
  dimension INTEGER NOT NULL, key INTEGER NOT NULL, kind INTEGER NOT NULL, month INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (dimension, key, kind, month)) STRICT, WITHOUT ROWID;
CREATE TABLE change (number INTEGER NOT NULL) STRICT;
INSERT INTO change VALUES (1);
CREATE TABLE change_day (day INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;
CREATE INDEX change_day_number ON change_day(number);
CREATE TABLE change_kind (kind TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""
_CLIENTS = """
ALTER TABLE client ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN merged_into INTEGER REFERENCES client(id);
ALTER TABLE client ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX client_order ON client(archived, sort_key, id);
CREATE INDEX client_fold ON client(archived, fold);
CREATE INDEX client_merged ON client(merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE person (
  id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client(id), name TEXT NOT NULL) STRICT;
CREATE INDEX person_client ON person(client_id);
ALTER TABLE number ADD COLUMN person_id INTEGER REFERENCES person(id);
CREATE INDEX number_person ON number(person_id) WHERE person_id IS NOT NULL;
CREATE TABLE client_deed (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author_id INTEGER, author TEXT NOT NULL,
  kind TEXT NOT NULL, client_id INTEGER, body TEXT NOT NULL, undone INTEGER) STRICT;
CREATE INDEX client_deed_author ON client_deed(author, id);
"""
# client.merged_into: who has its numbers and people now; such a client is archived, and its id still finds the other.
# client.revision counts changes of the row. person: a contact person of a client; number.person_id: whose it is there.
# client_deed.body: the rows that a deed changed, before and after it (sqlite/clients/client_deeds.py); undone: when.

_ACCESS = """
CREATE TABLE account (
  employee_id INTEGER PRIMARY KEY REFERENCES employee(id), password TEXT NOT NULL DEFAULT '',
  disabled INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL) STRICT;
CREATE TABLE token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE,
  employee_id INTEGER NOT NULL REFERENCES account(employee_id), name TEXT NOT NULL DEFAULT '',
  only TEXT, created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER) STRICT;
CREATE INDEX token_employee ON token(employee_id);
CREATE TABLE written (
  key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX written_at ON written(at);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, employee_id INTEGER, deed TEXT NOT NULL,
  object_id INTEGER, amount INTEGER, hash BLOB NOT NULL) STRICT;
CREATE INDEX audit_employee ON audit(employee_id, id);
CREATE INDEX audit_deed ON audit(deed, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit is append-only'); END;
"""
# account: who may sign in to a server; login and roles are the employee's. password: an Argon2id hash, blank: none.
# token.digest: SHA-256 of the token; only: the permissions that it is narrowed to, as JSON, NULL: all of its owner's.
# written.key: the idempotency keys of writes that came over HTTP, kept for a day.
# audit.object_id: the call, client or employee that a deed was done to; audit.hash: see sqlite/access/audit.py.

_ERASURES = """
CREATE TABLE erased (
  key TEXT NOT NULL, hash TEXT NOT NULL, token TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (key, hash)) STRICT, WITHOUT ROWID;
ALTER TABLE number ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
"""
# erased: the ledger of sqlite/upkeep/ledger.py. number.earlier: calls of it were made anonymous, so that none that
# stands is its first.

_REPORTS = """
CREATE TABLE client_tally (
  client_id INTEGER NOT NULL, period INTEGER NOT NULL, accepted INTEGER NOT NULL, missed INTEGER NOT NULL,
  successful INTEGER NOT NULL, failed INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (client_id, period)) STRICT, WITHOUT ROWID;
CREATE INDEX client_tally_top ON client_tally(period, n DESC, client_id);
CREATE TABLE number_tallied (number_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL) STRICT;
UPDATE call SET marks = marks | 1024 WHERE settled_by IS NOT NULL
  AND (SELECT s.kind / 16 FROM call s WHERE s.id = call.settled_by) = 1;
"""
# client_tally.period: a local day, a month or all days together (sqlite/tallies.py); the index lists the most active
# clients of each. number_tallied: under whom the calls of a number are counted; number.client_id runs ahead of it until
# the end of a transaction.

_FOLLOWERS = """
CREATE TABLE follower (
  source TEXT PRIMARY KEY, format TEXT NOT NULL DEFAULT '', position TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL,
  event_at INTEGER NOT NULL DEFAULT 0, lag REAL NOT NULL DEFAULT 0, behind INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '', live INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE live_call (
  system TEXT NOT NULL, key TEXT NOT NULL, call_id INTEGER NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (system, key)) STRICT, WITHOUT ROWID;
ALTER TABLE import_run ADD COLUMN reasons TEXT NOT NULL DEFAULT '{}';
"""
# follower.position: what the source's own module reads; at: when the source was last looked at; live: it tells of
# running calls. live_call.body: a LiveCall as JSON; at: its last event. import_run.reasons: rejected records by reason.

_HISTOGRAMS = """
DROP INDEX tally_callback;
DELETE FROM tally;
DELETE FROM tally_month;
DELETE FROM client_tally;
CREATE TABLE histogram (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
INSERT OR IGNORE INTO number_tallied SELECT id, client_id FROM number WHERE client_id IS NOT NULL;
INSERT INTO setting SELECT 'recount', last + 1 FROM (SELECT max(day) last FROM call) WHERE last IS NOT NULL;
"""
# histogram.id packs what is counted and when, histogram.body the counts (sqlite/histograms.py). The setting "recount"
# is the first local day that has tallies: the days before it are counted by a job (sqlite/upkeep/recount.py).

# tally.kind is call.kind; month is local year × 12 + month − 1. Dimensions stand in derive/cells.py.

_PLAN = """
CREATE TABLE task (
  id INTEGER PRIMARY KEY, day INTEGER NOT NULL, minute INTEGER, plan_day INTEGER,
  operator_id INTEGER NOT NULL DEFAULT 0, manager_id INTEGER NOT NULL DEFAULT 0,
  client_id INTEGER REFERENCES client(id), number_id INTEGER REFERENCES number(id),
  person TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', order_number TEXT NOT NULL DEFAULT '',
  amount INTEGER, currency TEXT NOT NULL DEFAULT '', last_delivery INTEGER,
  state INTEGER NOT NULL DEFAULT 0, reason_id INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  postponed INTEGER NOT NULL DEFAULT 0, not_reached INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '', origin INTEGER NOT NULL DEFAULT 0, call_id INTEGER,
  created INTEGER NOT NULL, changed INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX task_report ON task(operator_id, state, day, manager_id, plan_day, calls);
CREATE INDEX task_day ON task(day, minute, id, operator_id, state);
CREATE INDEX task_plan ON task(plan_day, id) WHERE plan_day IS NOT NULL;
CREATE INDEX task_manager ON task(manager_id, day) WHERE manager_id <> 0;
CREATE INDEX task_client ON task(client_id, day) WHERE client_id IS NOT NULL;
CREATE INDEX task_number ON task(number_id, day) WHERE number_id IS NOT NULL;
CREATE TABLE task_away (
  task_id INTEGER NOT NULL, day INTEGER NOT NULL, operator_id INTEGER NOT NULL,
  PRIMARY KEY (task_id, day)) STRICT, WITHOUT ROWID;
CREATE INDEX task_away_day ON task_away(day, task_id);
CREATE TABLE task_history (
  task_id INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, author_id INTEGER, author TEXT NOT NULL,
  event INTEGER NOT NULL, from_state INTEGER, to_state INTEGER, from_day INTEGER, to_day INTEGER,
  from_operator INTEGER, to_operator INTEGER, reason_id INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (task_id, number)) STRICT, WITHOUT ROWID;
CREATE INDEX task_history_at ON task_history(at, event, task_id) WHERE event BETWEEN 3 AND 7;
CREATE INDEX task_history_day ON task_history(from_day, event, reason_id, task_id) WHERE event BETWEEN 4 AND 7;
CREATE TABLE task_reason (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, event INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1,
  UNIQUE (event, name)) STRICT;
CREATE TABLE client_address (
  id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client(id), fold TEXT NOT NULL, address TEXT NOT NULL,
  archived INTEGER NOT NULL, UNIQUE (client_id, fold)) STRICT;
CREATE TABLE attempt (
  operator_id INTEGER NOT NULL, start INTEGER NOT NULL, call_id INTEGER NOT NULL, task_id INTEGER NOT NULL,
  day INTEGER NOT NULL, PRIMARY KEY (operator_id, start, call_id, task_id)) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_task ON attempt(task_id);
CREATE INDEX attempt_start ON attempt(start, call_id);
CREATE INDEX attempt_call ON attempt(call_id);
"""
# task: days are days since 1970-01-01, minute is of the day; operator, manager and reason 0 are nobody and none;
# state, event and origin are places in the lists of sqlite/codes.py. task_away: contact dates that a task was moved
# away from, and whose it was then. task_history is only ever added to; events 3 to 7 are outcomes, 5 to 7 have reasons.
# client_address: addresses that fell away. attempt: calls attached to tasks (sqlite/plan/attempts.py), which task.calls
# counts.


@store()
def make_tables(db: Database) -> None:
    """The first schema."""
    for script in (_PEOPLE, _CALLS, _DEEDS, _TALLIES):
        _execute(db, script)


@store()
def add_client_deeds(db: Database) -> None:
    """Contact persons, merged clients, and what people did to clients, so that it can be undone."""
    _execute(db, _CLIENTS)


@store()
def add_access(db: Database) -> None:
    """Accounts and tokens of a server, writes that are done once, and the audit log."""
    _execute(db, _ACCESS)


@store()
def add_erasures(db: Database) -> None:
    """The ledger of numbers that were forgotten."""
    _execute(db, _ERASURES)


@store()
def add_report_tallies(db: Database) -> None:
    """Tallies of leads, handling, talk and clients. What calls there are, `add_histograms` has counted."""
    _execute(db, _REPORTS)


@store()
def add_followers(db: Database) -> None:
    """Followed sources with their positions, calls in progress, and why records of a run were rejected."""
    _execute(db, _FOLLOWERS)


@store()
def list_call_backs_by_day(db: Database) -> None:
    """Call-back times by day; `add_histograms` has them in a better place."""
    _execute(db, "CREATE INDEX tally_callback ON tally(day, key, kind, n) WHERE dimension = 10;\n")


@store()
def order_clients(db: Database) -> None:
    """The list of clients in its order, by kind and by who is responsible: without these a page reads all of them."""
    _execute(
        db,
        "CREATE INDEX client_kind ON client(archived, kind, sort_key, id);\n"
        "CREATE INDEX client_of ON client(archived, responsible_id, sort_key, id);\n",
    )


@store()
def add_tariffs(db: Database) -> None:
    """What calls cost by prefix of the outside number, and where the rejected records of a run lie."""
    _execute(
        db,
        "CREATE TABLE tariff (prefix TEXT PRIMARY KEY, name TEXT NOT NULL, per_minute INTEGER NOT NULL,"
        " step INTEGER NOT NULL, currency TEXT NOT NULL) STRICT, WITHOUT ROWID;\n"
        "ALTER TABLE import_run ADD COLUMN rejected_file TEXT NOT NULL DEFAULT '';\n",
    )


@store()
def list_endless_calls(db: Database) -> None:
    """The calls of more than twelve hours, which are doubtful: without this, finding them reads all calls."""
    _execute(db, "CREATE INDEX call_endless ON call(start) WHERE ended - start > 43200;\n")


@store()
def find_people_and_name_groups(db: Database) -> None:
    """Contact persons are found by name, and the numbers of queues and groups get names of their own."""
    from backend_client.model.text import fold

    _execute(
        db,
        "ALTER TABLE person ADD COLUMN fold TEXT NOT NULL DEFAULT '';\n"
        "CREATE INDEX person_fold ON person(fold);\n"
        "CREATE VIRTUAL TABLE person_search USING fts5(fold, content='person', content_rowid='id',"
        " tokenize='trigram');\n"
        "CREATE TABLE call_group (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,"
        " name TEXT NOT NULL DEFAULT '') STRICT;\n"
        "INSERT INTO call_group (number) SELECT DISTINCT substr(application, 7) FROM call"
        " WHERE application LIKE 'Queue _%';\n",
    )
    people = db.execute("SELECT id, name FROM person").fetchall()
    db.conn.executemany("UPDATE person SET fold = ? WHERE id = ?", [(fold(name), id) for id, name in people])
    db.execute("INSERT INTO person_search (person_search) VALUES ('rebuild')")


@store()
def add_histograms(db: Database) -> None:
    """Histograms of waits, talks, repeated calls and call-backs; all tallies are counted again, day by day."""
    _execute(db, _HISTOGRAMS)


# queue_state: the newest deeds to a number; each "upto" is the start of its newest missed call when that was done, and
# "upto" alone the newest of them. agent.address: an internal number, or the name that a queue knows; agent.place and
# agent.state are those of model/agent_event.py.
@store()
def add_missed_queue(db: Database) -> None:
    """Who takes care of which missed caller, and who of the employees is away (sqlite/queue/)."""
    _execute(
        db,
        "CREATE TABLE queue_state (number_id INTEGER PRIMARY KEY REFERENCES number(id), upto INTEGER NOT NULL,"
        " claimer_id INTEGER, claimer TEXT NOT NULL DEFAULT '', claimed_at INTEGER, claimed_upto INTEGER,"
        " snoozed_until INTEGER, snoozed_upto INTEGER,"
        " done_at INTEGER, done_by TEXT NOT NULL DEFAULT '', done_upto INTEGER,"
        " reason TEXT NOT NULL DEFAULT '') STRICT;\n"
        "CREATE INDEX queue_state_upto ON queue_state(upto);\n"
        "CREATE TABLE agent (system TEXT NOT NULL, address TEXT NOT NULL, place TEXT NOT NULL, source TEXT NOT NULL,"
        " state TEXT NOT NULL, since INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (system, address, place)) STRICT, WITHOUT ROWID;\n",
    )


@store()
def add_plan(db: Database) -> None:
    """The outbound plan: tasks, their history, reasons, and the calls attached to them."""
    _execute(db, _PLAN)


@store()
def list_open_tasks(db: Database) -> None:
    """Open tasks are few among all; without this the head's list of the day reads all of them."""
    _execute(db, "CREATE INDEX task_open ON task(day, operator_id) WHERE state < 4;\n")


@store()
def order_histograms_by_day(db: Database) -> None:
    """The rows of one day stand together: a call that comes touches few pages."""
    _execute(
        db,
        "CREATE TABLE ordered (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;\n"
        "INSERT INTO ordered SELECT (id >> 56 << 56) + ((id & 67108863) << 30) + (id >> 26 & 1073741823), body"
        " FROM histogram WHERE id & 67108863 < 20000000 ORDER BY 1;\n"
        "DROP TABLE histogram;\n"
        "ALTER TABLE ordered RENAME TO histogram;\n",
    )


@store()
def count_families_in_histograms(db: Database) -> None:
    """Histograms hold calls by family, and small counts as bytes; everything is counted again, day by day. Calls that
    the exchange placed, and those that were sent on, are read by other rules: all are derived again, too."""
    _execute(
        db,
        "DELETE FROM tally;\n"
        "DELETE FROM tally_month;\n"
        "DELETE FROM client_tally;\n"
        "DELETE FROM histogram;\n"
        "DELETE FROM setting WHERE name IN ('recount', 'rebuild');\n"
        "INSERT INTO setting SELECT 'recount', last + 1 FROM (SELECT max(day) last FROM call) WHERE last IS NOT NULL;\n"
        "INSERT INTO setting SELECT 'rebuild', '' WHERE EXISTS (SELECT 1 FROM facts);\n",
    )


# task_text: each address and order of tasks once, folded; task_word: the tasks that have it (sqlite/plan/words.py).
@store()
def find_tasks_by_words(db: Database) -> None:
    """Tasks are found by any part of an address or an order: without this a search reads all of them."""
    from backend_client.model.text import fold

    _execute(
        db,
        "CREATE TABLE task_text (id INTEGER PRIMARY KEY, fold TEXT NOT NULL UNIQUE) STRICT;\n"
        "CREATE TABLE task_word (text_id INTEGER NOT NULL, task_id INTEGER NOT NULL,"
        " PRIMARY KEY (text_id, task_id)) STRICT, WITHOUT ROWID;\n"
        "CREATE VIRTUAL TABLE task_search USING fts5(fold, content='task_text', content_rowid='id',"
        " tokenize='trigram');\n",
    )
    known: dict[str, int] = {}
    for task, *texts in db.execute("SELECT id, address, order_number FROM task"):
        for text in dict.fromkeys(filter(None, map(fold, texts))):
            known.setdefault(text, len(known) + 1)
            db.execute("INSERT INTO task_word VALUES (?, ?)", (known[text], task))
    db.conn.executemany("INSERT INTO task_text (id, fold) VALUES (?, ?)", [(id, text) for text, id in known.items()])
    db.execute("INSERT INTO task_search (task_search) VALUES ('rebuild')")


# task_away.day_now: the contact date that the task has.
@store()
def tell_where_tasks_were_moved(db: Database) -> None:
    """Most tasks are moved within the period of a report: without this each is looked up to see that."""
    _execute(
        db,
        "ALTER TABLE task_away ADD COLUMN day_now INTEGER NOT NULL DEFAULT 0;\n"
        "UPDATE task_away SET day_now = (SELECT day FROM task t WHERE t.id = task_id);\n"
        "DROP INDEX task_away_day;\n"
        "CREATE INDEX task_away_day ON task_away(day, task_id, day_now);\n",
    )


@store()
def count_tasks_by_plan_date(db: Database) -> None:
    """The report of some plan dates reads their tasks off this index, and no other."""
    _execute(
        db,
        "DROP INDEX task_plan;\n"
        "CREATE INDEX task_plan ON task(plan_day, day, operator_id, state, manager_id, calls)"
        " WHERE plan_day IS NOT NULL;\n",
    )


_COUNT_TASKS = """
CREATE TABLE task_tally (
  manager_id INTEGER NOT NULL, operator_id INTEGER NOT NULL, period INTEGER NOT NULL,
  planned INTEGER NOT NULL, not_reached INTEGER NOT NULL, postponed INTEGER NOT NULL, dropped INTEGER NOT NULL,
  done_order INTEGER NOT NULL, done INTEGER NOT NULL, refused INTEGER NOT NULL, dropped_confirmed INTEGER NOT NULL,
  uncalled INTEGER NOT NULL, calls INTEGER NOT NULL,
  PRIMARY KEY (manager_id, operator_id, period)) STRICT, WITHOUT ROWID;
CREATE TABLE reason_tally (
  manager_id INTEGER NOT NULL, operator_id INTEGER NOT NULL, period INTEGER NOT NULL, event INTEGER NOT NULL,
  reason_id INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (manager_id, operator_id, period, event, reason_id)) STRICT, WITHOUT ROWID;
INSERT INTO reason_tally SELECT manager_id, operator_id, day, event, reason_id, count(*) FROM (
    SELECT t.manager_id, t.operator_id, h.event, h.reason_id, max(h.from_day) AS day
    FROM task t JOIN task_history h ON h.task_id = t.id WHERE h.event IN (5, 6, 7) GROUP BY t.id, h.event, h.reason_id)
  GROUP BY 1, 2, 3, 4, 5;
CREATE TABLE reason_again (
  task_id INTEGER NOT NULL, event INTEGER NOT NULL, reason_id INTEGER NOT NULL, day INTEGER NOT NULL,
  following INTEGER NOT NULL, PRIMARY KEY (task_id, event, reason_id, day)) STRICT, WITHOUT ROWID;
CREATE INDEX reason_again_day ON reason_again(day, following);
INSERT INTO reason_again SELECT task_id, event, reason_id, from_day, following FROM (
    SELECT task_id, event, reason_id, from_day,
      lead(from_day) OVER (PARTITION BY task_id, event, reason_id ORDER BY from_day) AS following
    FROM task_history WHERE event IN (5, 6, 7))
  WHERE from_day < following;
CREATE INDEX task_work ON task(last_delivery IS NULL, last_delivery, day, minute IS NULL, minute) WHERE state < 4;
CREATE INDEX task_history_reason ON task_history(task_id, event, reason_id, from_day) WHERE event BETWEEN 4 AND 7;
CREATE TABLE task_trouble (
  manager_id INTEGER NOT NULL, day INTEGER NOT NULL, party INTEGER NOT NULL, task_id INTEGER NOT NULL,
  operator_id INTEGER NOT NULL, plan_day INTEGER, dropped INTEGER NOT NULL, refused INTEGER NOT NULL,
  missed INTEGER NOT NULL, moved INTEGER NOT NULL,
  PRIMARY KEY (manager_id, day, party, task_id)) STRICT, WITHOUT ROWID;
CREATE INDEX task_trouble_party
  ON task_trouble(party, day, operator_id, plan_day, dropped, refused, missed, moved);
INSERT INTO task_trouble
  SELECT manager_id, day, party, task_id, operator_id, plan_day, sum(dropped), sum(refused), sum(missed), sum(moved)
  FROM (
    SELECT manager_id, coalesce(client_id, -number_id, 0) AS party, id AS task_id, operator_id, plan_day, day,
      state IN (3, 7) AS dropped, state = 6 AS refused, 0 AS missed, 0 AS moved FROM task WHERE state IN (3, 6, 7)
    UNION ALL SELECT t.manager_id, coalesce(t.client_id, -t.number_id, 0), t.id, t.operator_id, t.plan_day, h.from_day,
      0, 0, h.event = 4, h.event = 5 FROM task_history h JOIN task t ON t.id = h.task_id WHERE h.event IN (4, 5))
  GROUP BY day, task_id;
CREATE TABLE party_trouble (
  manager_id INTEGER NOT NULL, party INTEGER NOT NULL, closed INTEGER NOT NULL, open INTEGER NOT NULL,
  PRIMARY KEY (manager_id, party)) STRICT, WITHOUT ROWID;
CREATE INDEX party_trouble_most ON party_trouble(manager_id, closed + open DESC, party DESC)
  WHERE closed > 0 OR open > 1;
INSERT INTO party_trouble SELECT manager_id, party, sum(dropped + refused), sum(missed + moved) FROM task_trouble
  GROUP BY manager_id, party;
INSERT INTO party_trouble SELECT -1, party, sum(closed), sum(open) FROM party_trouble GROUP BY party;
"""
_COUNTED = "planned, not_reached, postponed, dropped, done_order, done, refused, dropped_confirmed, uncalled, calls"
_MONTH = "strftime('%Y', period * 86400, 'unixepoch') * 12 + strftime('%m', period * 86400, 'unixepoch') - 1"
# task_tally and reason_tally: sqlite/plan/tallies.py; manager −1 and operator −1 are all together, period is a local
# day, a month or all days together. reason_again: a date on which a task had a reason that it has on a later one as
# well, and the next of them. task_trouble: what went wrong with a task, by contact date; party is a client, or minus a
# number that is nobody's. party_trouble: its sums, all days together: tasks dropped or refused, and how often any was
# not reached or postponed.


@store()
def count_tasks_by_day(db: Database) -> None:
    """The report of years reads tasks counted by day and month: without that it reads all of them and every attempt.
    And open tasks stand in the order of work: a page of a search ends where it is full."""
    _execute(db, _COUNT_TASKS)
    for manager in ("manager_id", "-1"):
        for operator in ("operator_id", "-1"):
            db.execute(
                f"INSERT INTO task_tally SELECT {manager}, {operator}, day, sum(state = 0), sum(state = 1),"
                " sum(state = 2), sum(state = 3), sum(state = 4), sum(state = 5), sum(state = 6), sum(state = 7),"
                " sum(state IN (4, 5) AND calls = 0), count(DISTINCT call_id) FROM ("
                " SELECT manager_id, operator_id, day, state, calls, NULL AS call_id FROM task UNION ALL"
                " SELECT t.manager_id, a.operator_id, a.day, -1, 0, a.call_id FROM attempt a"
                " JOIN task t ON t.id = a.task_id) GROUP BY 1, 2, 3"
            )
            if "-1" in (manager, operator):
                db.execute(
                    f"INSERT INTO reason_tally SELECT {manager}, {operator}, period, event, reason_id, sum(n)"
                    " FROM reason_tally WHERE manager_id >= 0 AND operator_id >= 0 GROUP BY 1, 2, 3, 4, 5"
                )
    counted = ", ".join(f"sum({name})" for name in _COUNTED.split(", "))
    for period in (f"10000000 + {_MONTH}", "20000000"):
        for table, kind, sums in (("task_tally", "", counted), ("reason_tally", ", event, reason_id", "sum(n)")):
            db.execute(
                f"INSERT INTO {table} SELECT manager_id, operator_id, {period} AS tier{kind}, {sums} FROM {table}"
                f" WHERE period < 10000000 GROUP BY manager_id, operator_id, tier{kind}"
            )


_PACK_TROUBLE = """
CREATE TABLE day_trouble (
  day INTEGER PRIMARY KEY, tasks BLOB NOT NULL, parties BLOB NOT NULL, operators BLOB NOT NULL, managers BLOB NOT NULL,
  plan_days BLOB NOT NULL, dropped BLOB NOT NULL, refused BLOB NOT NULL, missed BLOB NOT NULL, moved BLOB NOT NULL
) STRICT;
DROP TABLE task_trouble;
DROP TABLE party_trouble;
"""
_TROUBLE_IN_ORDER = """
SELECT day, task_id, party, operator_id, manager_id, coalesce(plan_day, -2147483648),
  min(dropped, 65535), min(refused, 65535), min(missed, 65535), min(moved, 65535)
FROM task_trouble ORDER BY day, task_id
"""


# day_trouble: the rows of task_trouble before it, a row a contact date: each column has the values of its tasks, in the
# order of the tasks, little-endian in 4 bytes, counts in 2 (sqlite/plan/trouble.py).
@store()
def pack_trouble(db: Database) -> None:
    """The problem clients of any days are added up from few large values: rows would have to be sorted by client."""
    rows = groupby(db.execute(_TROUBLE_IN_ORDER), key=itemgetter(0))
    days = [(day, *_packed(list(zip(*of_day, strict=True))[1:])) for day, of_day in rows]
    _execute(db, _PACK_TROUBLE)
    db.conn.executemany("INSERT INTO day_trouble VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", days)


def _packed(columns: list[tuple[int, ...]]) -> list[bytes]:
    return [pack(f"<{len(values)}{code}", *values) for code, values in zip("iiiiiHHHH", columns, strict=True)]


# call_number names the row's id to hold more behind it, as call_start does; call_slow: the contacts whose talk began
# more than ten minutes after the call, or before it (sqlite/neighbours.py).
@store()
def find_contacts_among_calls(db: Database) -> None:
    """The contacts of a number are found in the index of its calls: one of their own took a page more a call."""
    _execute(
        db,
        "DROP INDEX call_contact;\n"
        "DROP INDEX call_number;\n"
        "CREATE INDEX call_number ON call(number_id, start, id, answered) WHERE number_id IS NOT NULL;\n"
        "CREATE INDEX call_slow ON call(number_id, answered)"
        " WHERE number_id IS NOT NULL AND answered - start NOT BETWEEN 0 AND 600;\n",
    )


def _execute(db: Database, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)
