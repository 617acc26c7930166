"""PEFT and we compute the same from the same files, in both directions.

PEFT is the reference for the aLoRA file: rows wake at the first token of the last invocation. Its forward pass looks
for the invocation in the tokens that it is given; `alora_offsets` says how many tokens from the end each row wakes.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.errors import FormatError
from divisi.specialists.joining import joined
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.slots import Slots
from divisi.specialists.store import import_peft, save_specialist

peft = pytest.importorskip("peft")

# PEFT 0.21 asks transformers 5.23 by an old name.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

ASKED = [{"role": "user", "content": "How warm is it in Paris?"}]

# Same matrix products, but PEFT scales after B where we scale before it: some float32 roundings of logits below 8.
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def prompt(base) -> tuple[Tensor, Tensor]:
    """The tokens of two rows, and where each is awake: from its invocation on. Both invocations are of one length."""
    prefix = base.prefix_ids(ASKED)
    rows = [prefix + base.invocation_ids(text, ASKED) + base.encode('["f"]') for text in ("names", "reply")]
    ids = torch.tensor(rows)
    awake = (torch.arange(ids.shape[1]) >= len(prefix)).float().expand(2, -1)
    return ids, awake


def learned(base: Base, name: str, rank: int, seed: int) -> Slots:
    generator = torch.Generator().manual_seed(seed)
    slots = lora_slots(base.model, name, LoraOptions(rank, 4.0), generator=generator)
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(std=0.3, generator=generator)
    return slots


def ours(base: Base, slots: list[Slots], rows: list[str | None], prompt: tuple[Tensor, Tensor]) -> Tensor:
    ids, awake = prompt
    bank = Bank(base.model)
    for each in slots:
        bank.add(each)
    with bank.playing(bank.field(rows, awake)), torch.no_grad():
        logits: Tensor = base.model(ids).logits
    for each in slots:
        bank.remove(each.name)
    return logits


def store(folder: Path, base: Base, slots: Slots) -> Path:
    save_specialist(folder, slots, base=base, subtask=None, data_hash=None, metrics={})
    return folder


def test_what_we_store_plays_the_same_in_peft_row_by_row(base, base_folder, tmp_path, prompt):
    slots = [learned(base, "a", 4, 1), learned(base, "b", 2, 2)]
    model = AutoModelForCausalLM.from_pretrained(base_folder)
    model = peft.PeftModel.from_pretrained(model, store(tmp_path / "a", base, slots[0]), adapter_name="a")
    model.load_adapter(store(tmp_path / "b", base, slots[1]), adapter_name="b")
    model.eval()
    offsets = [int(row.sum()) for row in prompt[1]]
    with torch.no_grad():
        theirs = model(prompt[0], adapter_names=["a", "b"], alora_offsets=offsets).logits
        found = model(prompt[0], adapter_names=["a", "b"]).logits
    mixed = ours(base, slots, ["a", "b"], prompt)
    assert not torch.allclose(mixed, ours(base, slots, [None, None], prompt), atol=0.1)
    torch.testing.assert_close(mixed, theirs, rtol=0, atol=TOLERANCE)
    # where PEFT itself finds the invocation is where ours begins
    assert torch.equal(found, theirs)


@pytest.mark.parametrize("rslora", [False, True], ids=["alpha/r", "alpha/sqrt(r)"])
def test_what_peft_stores_plays_the_same_here(base, base_folder, tmp_path, prompt, rslora):
    config = peft.LoraConfig(
        r=4,
        lora_alpha=12,
        use_rslora=rslora,
        target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={"layers.1.self_attn.q_proj": 2},
        alpha_pattern={"down_proj": 3},
        alora_invocation_tokens=list(base.invocation_start()),
        task_type="CAUSAL_LM",
    )
    model = peft.get_peft_model(AutoModelForCausalLM.from_pretrained(base_folder), config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.3)
        theirs = model(prompt[0]).logits
    model.save_pretrained(tmp_path)
    specialist = import_peft(tmp_path, base, name="theirs", subtask="names")
    mine = ours(base, [specialist.slots], ["theirs", "theirs"], prompt)
    assert not torch.allclose(mine, ours(base, [specialist.slots], [None, None], prompt), atol=0.1)
    torch.testing.assert_close(mine, theirs, rtol=0, atol=TOLERANCE)


def test_a_plain_lora_of_peft_plays_the_same_where_it_is_said_to_be_served_awake_everywhere(
    base, base_folder, tmp_path, prompt
):
    config = peft.LoraConfig(r=3, lora_alpha=7, target_modules=["q_proj", "up_proj"], task_type="CAUSAL_LM")
    model = peft.get_peft_model(AutoModelForCausalLM.from_pretrained(base_folder), config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.3)
        theirs = model(prompt[0]).logits
    model.save_pretrained(tmp_path / "theirs")
    specialist = import_peft(tmp_path / "theirs", base, name="plain", subtask="names", kind="lora_everywhere")
    mine = ours(base, [specialist.slots], ["plain", "plain"], prompt)
    torch.testing.assert_close(mine, theirs, rtol=0, atol=TOLERANCE)
    again = AutoModelForCausalLM.from_pretrained(base_folder)
    stored = peft.PeftModel.from_pretrained(again, store(tmp_path / "ours", base, specialist.slots)).eval()
    with torch.no_grad():
        torch.testing.assert_close(stored(prompt[0]).logits, theirs, rtol=0, atol=TOLERANCE)


def test_a_specialist_joined_with_its_trunk_plays_in_peft_as_both_play_here(
    base, base_folder, trained, tmp_path, prompt
):
    specialist, trunk = learned(base, "a", 3, 1), trained(base, "trunk", "trunk", rank=2, seed=4)
    some = Slots("a", "lora", {site: own for site, own in specialist.sites.items() if "q_proj" in site})
    folder = store(tmp_path / "a", base, joined(some, trunk))
    theirs = peft.PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base_folder), folder).eval()
    bank = Bank(base.model)
    bank.add(some)
    bank.set_trunk(trunk)
    with torch.no_grad():
        with bank.playing(bank.field(["a", "a"], prompt[1])):
            mine = base.model(prompt[0]).logits
        bank.set_trunk(None)
        bank.remove("a")
        torch.testing.assert_close(theirs(prompt[0]).logits, mine, rtol=0, atol=TOLERANCE)


def test_kinds_that_peft_does_not_know_are_not_joined(base, trained):
    with pytest.raises(FormatError, match="is a svf"):
        joined(trained(base, "svf", "one"), trained(base, "trunk", "trunk"))


def test_an_alora_is_not_served_awake_everywhere(base, tmp_path):
    folder = store(tmp_path / "a", base, learned(base, "a", 2, 1))
    with pytest.raises(FormatError, match="trained asleep on its prefix"):
        import_peft(folder, base, name="a", subtask="names", kind="lora_everywhere")


@pytest.mark.parametrize("kind", ["loreft", "svf"])
def test_peft_refuses_the_kinds_that_it_does_not_know(base, base_folder, trained, tmp_path, kind):
    folder = store(tmp_path / kind, base, trained(base, kind, kind))
    with pytest.raises((KeyError, ValueError), match=f"DIVISI_{kind.upper()}"):
        peft.PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base_folder), folder)


def test_a_plain_lora_of_peft_is_refused_with_what_to_do(base, base_folder, tmp_path):
    config = peft.LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(AutoModelForCausalLM.from_pretrained(base_folder), config).save_pretrained(tmp_path)
    with pytest.raises(FormatError, match="train it as aLoRA"):
        import_peft(tmp_path, base, name="plain", subtask="names")
