"""The database itself refuses to change or delete what is recorded.

One change is allowed: forgetting. After the record's life an event may lose who, what and salt; its digest
stays and then says nothing. Seals and purges never change. Installed after every `migrate`, on PostgreSQL and SQLite.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "the record is append-only"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ledger_event' THEN
        IF NEW.salt IS NULL AND NEW.actor = '' AND NEW.detail = '{{}}'::jsonb AND NEW.id = OLD.id
           AND NEW.about = OLD.about AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.digest = OLD.digest THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}';
END $$
"""
TABLES = ("ledger_event", "ledger_seal", "ledger_purge")


def _statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        made = [POSTGRES_FUNCTION]
        for table in TABLES:
            made += [
                (
                    f"CREATE OR REPLACE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}"
                    " FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
                ),
                (
                    f"CREATE OR REPLACE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
                ),
            ]
        return made
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    forgetting = (
        "NEW.salt IS NULL AND NEW.actor = '' AND NEW.detail = '{}' AND NEW.id = OLD.id AND NEW.about = OLD.about"
        " AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.digest = OLD.digest"
    )
    return [
        (
            f"CREATE TRIGGER IF NOT EXISTS ledger_event_update BEFORE UPDATE ON ledger_event"
            f" WHEN NOT ({forgetting}) {refuse}"
        ),
        *(f"CREATE TRIGGER IF NOT EXISTS {table}_update BEFORE UPDATE ON {table} {refuse}" for table in TABLES[1:]),
        *(f"CREATE TRIGGER IF NOT EXISTS {table}_delete BEFORE DELETE ON {table} {refuse}" for table in TABLES),
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the database refuse. May be repeated."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Let go, for tests that flush the database between each other. Nothing else calls this."""
    names = {"postgresql": ("rows", "truncate"), "sqlite": ("update", "delete")}[connection.vendor]
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in names:
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on_table}")


def after_migrate(sender, using: str, **kwargs) -> None:
    connection = connections[using]
    if set(TABLES) <= set(connection.introspection.table_names()):
        install(connection)
