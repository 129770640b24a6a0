"""Style sheets and scripts are built once, and their absence is told."""

from django.conf import settings
from django.core.management import call_command

from communities.core import assets


def test_a_missing_build_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "BUILT", tmp_path)

    [warning] = assets.assets_are_there()

    assert warning.msg == "The style sheets and scripts have not been built."


def test_what_is_built_brings_no_crown_no_foreign_font_and_no_address(capsys):
    call_command("build_assets")

    style = (assets.BUILT / "site.css").read_text()
    assert "GDS Transport" not in style
    assert "url(" not in style
    assert "sourceMappingURL" not in "".join(file.read_text() for file in assets.BUILT.glob("*.js"))
    assert assets.assets_are_there() == []


def test_nothing_is_built_twice(monkeypatch):
    monkeypatch.setattr(assets, "build", lambda: (_ for _ in ()).throw(AssertionError("built again")))

    call_command("build_assets")


def test_the_lock_file_names_no_address():
    assert "resolved" not in (settings.BASE_DIR / "frontend/package-lock.json").read_text()
