"""Third-party files are the ones that VENDOR.toml records, each with its licence."""

import tomllib

from tools import vendor


def test_every_stored_file_has_its_recorded_hash_and_licence():
    packages = tomllib.loads((vendor.VENDOR / "VENDOR.toml").read_text())["package"]

    assert list(vendor.differing(packages)) == []
    assert all(package["version"] and package["licence"] for package in packages)


def test_nothing_is_served_from_the_folder_that_is_not_recorded():
    packages = tomllib.loads((vendor.VENDOR / "VENDOR.toml").read_text())["package"]
    recorded = {(vendor.VENDOR / file["path"]).name for one in packages for file in one["files"]}

    served = {path.name for path in vendor.VENDOR.iterdir() if path.is_file()}

    assert served - recorded == {"VENDOR.toml"}


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(vendor, "VENDOR", tmp_path)
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences" / "some-tool.txt").write_text("Do what you like.")
    (tmp_path / "tool.js").write_text("changed")
    package = {"name": "some/tool", "files": [{"path": "tool.js", "sha256": "0" * 64}]}

    assert list(vendor.differing([package])) == ["some/tool: tool.js is not the recorded file"]
