"""What PEFT and pyreft have trained is imported, judged like any other, and refused where it cannot be served."""

import json

import pytest
import torch
from typer.testing import CliRunner

from divisi.services.cli import cli
from divisi.services.config import Config
from divisi.services.errors import ConfigError
from divisi.services.importing import Wanted, import_specialist
from divisi.services.loading import load_section
from divisi.specialists.base import Base
from divisi.specialists.card import CARD, read_card
from divisi.specialists.errors import FormatError
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.store import save_specialist


@pytest.fixture
def config(tiny_base, tmp_path):
    return Config(base=str(tiny_base), device="cpu", threads=1, cache=tmp_path / "cache")


@pytest.fixture
def theirs(tiny_base, tmp_path):
    """Writes a folder as PEFT does: an aLoRA, or a plain LoRA."""

    def write(*, plain=False, std=0.3, folder="theirs"):
        base = Base.load(tiny_base)
        generator = torch.Generator().manual_seed(1)
        slots = lora_slots(base.model, "x", LoraOptions(2, 4.0), generator=generator)
        with torch.no_grad():
            for site in slots.sites.values():
                site.B.normal_(std=std, generator=generator)
        card = tmp_path / folder / CARD
        save_specialist(card.parent, slots, base=base, subtask=None, data_hash=None, metrics={})
        card.unlink()
        if plain:
            config = json.loads((card.parent / "adapter_config.json").read_text())
            (card.parent / "adapter_config.json").write_text(json.dumps({**config, "alora_invocation_tokens": None}))
        return card.parent

    return write


@pytest.fixture
def pyreft(tmp_path):
    folder = tmp_path / "reft" / "intervenable_model"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(
        json.dumps({"intervention_types": ["<class 'pyreft.interventions.LoreftIntervention'>"]})
    )
    rotation = torch.linalg.qr(torch.randn(32, 2, generator=torch.Generator().manual_seed(0))).Q
    tensors = {"weight": rotation.T + 0.5, "bias": torch.zeros(2), "rotate_layer": rotation}
    torch.save(tensors, folder / "intkey_layer_0_comp_block_output_unit_pos_nunit_1#0.bin")
    return folder.parent


def test_an_alora_is_served_after_its_import(config, theirs, tmp_path):
    finding, place = import_specialist(config, theirs(), tmp_path / "skills", Wanted("names"))
    assert (finding.accepted, place) == (True, tmp_path / "skills/names")
    section = load_section(config.model_copy(update={"specialists": (tmp_path / "skills",)}))
    assert [(one.name, one.kind) for one in section.player.residents] == [("names", "lora")]
    assert [path.name for path in (tmp_path / "skills").iterdir()] == ["names"]


def test_a_lora_that_was_awake_everywhere_is_refused_until_it_is_asked_for_as_such(config, theirs, tmp_path):
    folder = theirs(plain=True)
    with pytest.raises(FormatError, match="lora_everywhere"):
        import_specialist(config, folder, tmp_path / "skills", Wanted("names"))
    _, place = import_specialist(config, folder, tmp_path / "skills", Wanted("names", kind="lora_everywhere"))
    assert read_card(place).kind == "lora_everywhere"


def test_pyreft_becomes_a_loreft_in_safetensors(config, pyreft, tmp_path):
    _, place = import_specialist(config, pyreft, tmp_path / "skills", Wanted("reply", name="polite"))
    assert (read_card(place).kind, read_card(place).subtask, place.name) == ("loreft", "reply", "polite")
    assert {path.suffix for path in place.iterdir()} == {".json", ".safetensors"}


def test_without_a_test_it_takes_no_residents_place(config, theirs, tmp_path):
    import_specialist(config, theirs(), tmp_path / "skills", Wanted("names"))
    before = read_card(tmp_path / "skills/names").version
    finding, place = import_specialist(config, theirs(std=0.1, folder="more"), tmp_path / "skills", Wanted("names"))
    assert not finding.accepted
    assert place.parent.name == ".aside"
    assert read_card(tmp_path / "skills/names").version == before


def test_with_a_test_that_it_does_as_well_in_it_replaces_the_resident(config, theirs, tmp_path, weather):
    test = tmp_path / "test.jsonl"
    user = {"role": "user", "content": "Weather in Rome?"}
    line = {"messages": [user], "tools": [weather], "subtask": "names", "target": ["get_weather"]}
    test.write_text(json.dumps(line) + "\n")
    import_specialist(config, theirs(), tmp_path / "skills", Wanted("names"))
    wanted = Wanted("names", test=(str(test),))
    finding, place = import_specialist(config, theirs(folder="again"), tmp_path / "skills", wanted)
    assert (finding.accepted, finding.count, place.name) == (True, 1, "names")
    assert (place / "test.jsonl").is_file()


def test_a_trunk_that_it_was_not_trained_beside_is_no_place_for_it(config, theirs, tiny_base, tmp_path):
    base = Base.load(tiny_base)
    trunk = lora_slots(base.model, "trunk", LoraOptions(2), generator=torch.Generator(), kind="trunk")
    save_specialist(tmp_path / "skills/trunk", trunk, base=base, subtask=None, data_hash=None, metrics={})
    with pytest.raises(ConfigError, match="without a trunk"):
        import_specialist(config, theirs(), tmp_path / "skills", Wanted("names"))


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (Wanted("poems"), "no subtask is called 'poems'"),
        (Wanted("names", kind="svf"), "cannot become svf"),
        (Wanted("names", kind="loreft"), "written by PEFT"),
    ],
)
def test_what_it_cannot_become_is_refused(config, theirs, tmp_path, wanted, problem):
    with pytest.raises(ConfigError, match=problem):
        import_specialist(config, theirs(), tmp_path / "skills", wanted)


def test_a_folder_of_no_known_program_is_refused_by_the_command(tiny_base, tmp_path):
    told = CliRunner().invoke(cli, ["import", str(tmp_path), "--subtask", "names", "--base", str(tiny_base)])
    assert told.exit_code == 1
    assert "neither adapter_config.json" in told.output
