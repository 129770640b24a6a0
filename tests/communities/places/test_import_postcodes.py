"""The operator loads postcode files that are too large for a browser, in an officer's name."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from communities.core.models import Event
from communities.places.models import Dataset, Postcode
from tests.communities.places.conftest import FILES


def run(path, **options):
    call_command("import_postcodes", str(path), **{"by": "carol@example.org", **options})


def test_the_directory_is_imported_in_the_officers_name(small, carol, capsys):
    run(FILES / "directory_2025.csv")
    assert "2 new" in capsys.readouterr().out
    dataset = Dataset.objects.get(kind="postcodes")
    assert (dataset.imported_by, dataset.rows, Postcode.objects.count()) == (carol, 2, 2)
    assert Event.objects.get(verb="dataset.import").actor == carol


def test_a_dry_run_writes_nothing(small, carol, capsys):
    run(FILES / "directory_2025.csv", dry_run=True)
    assert "2 new" in capsys.readouterr().out
    assert not Dataset.objects.exists()


def test_code_point_open_is_read_from_its_archive(small, carol, tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as packed:
        rows = (FILES / "code_point.csv").read_text().splitlines(keepends=True)
        packed.writestr("Data/CSV/co.csv", "".join(rows[:2]))
        packed.writestr("Data/CSV/ss.csv", "".join(rows[2:]))
        packed.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ\n")
    run(path, release="Code-Point Open 2025.4")
    assert Postcode.objects.count() == 4


def test_a_file_with_problems_is_refused_whole(small, carol, tmp_path, capsys):
    path = tmp_path / "part.csv"
    path.write_bytes((FILES / "directory_2025.csv").read_bytes().replace(b"SS15 5BP", b"?"))
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(path)
    assert "“?” is not a postcode." in capsys.readouterr().err
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"by": "nobody@example.org"}, "No such officer"), ({"by": "fiona@example.org"}, "right to import"),
     ({"release": "1066"}, "No such release")],
)  # fmt: skip
def test_a_wrong_name_or_release_is_said(small, carol, fiona, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(FILES / "directory_2025.csv", **options)


def test_a_file_that_is_no_table_is_said(small, carol, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(io.BytesIO("ä".encode("latin-1")).getvalue())
    with pytest.raises(CommandError, match="not UTF-8"):
        run(path)
