"""What the site's own role may do in the database. Run by the owner after each migrate."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from communities.core.rights import statements


class Command(BaseCommand):
    """See the help text."""

    help = (
        "Give the site's and the reader's role their rights, and no others (PostgreSQL, as owner). Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The roles' names, and whether only to print."""
        parser.add_argument("--app", default="fund_app", help="the role that the site signs in as")
        parser.add_argument("--reader", default="fund_reader", help="the role that only reads: copies, checks")
        parser.add_argument("--print", action="store_true", dest="only_print", help="print the SQL, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing: at no moment does the site lack what it needs."""
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        said = list(statements(app=options["app"], reader=options["reader"]))
        if options["only_print"]:
            self.stdout.write(";\n".join(said) + ";")
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for each in said:
                cursor.execute(each)
        self.stdout.write(f"{options['app']} works with the tables, {options['reader']} reads them.")
