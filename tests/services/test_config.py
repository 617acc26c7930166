"""Settings from defaults, file, environment, command line."""

import pytest

from divisi.services.config import Config, read_config
from divisi.services.errors import ConfigError


def test_defaults():
    assert read_config(None, {}, {}) == Config()


def test_later_sources_win(tmp_path):
    file = tmp_path / "divisi.toml"
    file.write_text('port = 1\nhost = "file"\nmost_rows = 3\n')
    config = read_config(
        file, {"DIVISI_PORT": "2", "DIVISI_HOST": "environment", "OTHER": "x"}, {"port": 3, "base": None}
    )
    assert (config.port, config.host, config.most_rows) == (3, "environment", 3)


def test_lists_of_the_environment():
    assert [str(one) for one in read_config(None, {"DIVISI_SPECIALISTS": "a,b"}, {}).specialists] == ["a", "b"]
    assert [str(one) for one in read_config(None, {"DIVISI_SPECIALISTS": '["a"]'}, {}).specialists] == ["a"]


@pytest.mark.parametrize(
    ("text", "environment", "options", "message"),
    [
        ("prot = 1", {}, {}, r"divisi\.toml: prot = 1: .*known: host, port"),
        ("port = [", {}, {}, "cannot be read as TOML"),
        ("", {"DIVISI_PROT": "1"}, {}, "environment: prot"),
        ("", {"DIVISI_SPECIALISTS": "["}, {}, "not a JSON list"),
        ("", {}, {"port": 99999}, "command line: port = 99999"),
        ("", {}, {"dtype": "int4"}, "float32"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_source(tmp_path, text, environment, options, message):
    file = tmp_path / "divisi.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(file, environment, options)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "nothing.toml", {}, {})
